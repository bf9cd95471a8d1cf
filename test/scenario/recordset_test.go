package scenario_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/smithy-go"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// named is a canary by DNS, compared by what the endpoints count. All clients of a resolver meet one pool, so what one cause may do is said.
const named = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":10,"bake":"15m"},{"weight":50,"bake":"15m"}]}},"checks":{"errors":[{"cluster":3}]},
	"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

func byName(t *testing.T, story func(w *scenario.World, s *scenario.Surfers)) {
	t.Helper()
	scenario.RunWith(t, scenario.Options{Kind: scenario.Records{}}, func(w *scenario.World) {
		w.Given(named)
		story(w, w.Surf(100))
	})
}

func TestAGoodPoolIsPromotedByName(t *testing.T) {
	byName(t, func(w *scenario.World, s *scenario.Surfers) {
		r := w.Ended(w.Requested("green"))
		ends(w, r, rollout.Succeeded, "green")
		if harmed, of := s.Harmed(); harmed > 0 || of < 10000 {
			w.T.Error(s)
		}
		w.Pass(2 * time.Minute)
		if _, last := s.Met("blue"); time.Since(last) < time.Minute {
			w.T.Errorf("two minutes after the end blue has served %v ago", time.Since(last))
		}
		ends(w, w.Ended(w.Requested("blue")), rollout.Succeeded, "blue") // its record is made again from the definition
	})
}

// Hours in which people were asked are no hours in which the traffic moved.
func TestAMoveIsNotGivenUpBecauseAQuestionTookHours(t *testing.T) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.Records{}}, func(w *scenario.World) {
		w.Given(strings.Replace(scenario.Asking, `"within":"4h"`, `"within":"12h"`, 1))
		id := w.Requested("green")
		w.Asks(id, 3)
		w.Pass(9 * time.Hour)
		w.Answered(id, "grace", events.Approve)
		ends(w, w.Ended(id), rollout.Succeeded, "green")
	})
}

func TestABadPoolIsSeenByWhatItsEndpointsCount(t *testing.T) {
	byName(t, func(w *scenario.World, s *scenario.Surfers) {
		w.Breaks("green", 0.5)
		r := w.Ended(w.Requested("green"))
		ends(w, r, rollout.RolledBack, "blue")
		if r.Cause == nil || r.Cause.Kind != rollout.ByCheck {
			w.T.Errorf("the cause is %+v; its story:\n%s", r.Cause, scenario.Story(r))
		}
		w.Pass(5 * time.Minute)
		if harmed, of := s.Harmed(); harmed == 0 || harmed > of/10 {
			w.T.Error(s)
		}
	})
}

// From the alarm to Route 53 it is three calls; clients follow when the change is everywhere and the TTL is over.
func TestARedAlarmTakesAPoolOutOfTheName(t *testing.T) {
	byName(t, func(w *scenario.World, s *scenario.Surfers) {
		id := w.Requested("green")
		w.Pass(10*time.Minute + 30*time.Second) // at a full minute watch would hand the alarm to a second guard
		if n, _ := s.Met("green"); n == 0 {
			w.T.Error("nobody met green")
		}
		began := time.Now()
		w.AlarmRed("checkout-errors")
		r := w.Ended(id)
		ends(w, r, rollout.RolledBack, "blue")
		if took := r.Ended.Sub(began); took < time.Minute || took > 3*time.Minute {
			w.T.Errorf("it ended %v after the alarm, and the name servers took a minute; its story:\n%s", took, scenario.Story(r))
		}
		if !strings.Contains(scenario.Story(r), "Going back takes up to 2m.") {
			w.T.Errorf("nobody was told how long the way back takes; its story:\n%s", scenario.Story(r))
		}
		w.Pass(10 * time.Minute)
		if _, last := s.Met("green"); last.Sub(began) > 2*time.Minute+10*time.Second {
			w.T.Errorf("green served until %v after the alarm, want the TTL and a minute", last.Sub(began))
		}
		if calls := w.CallsUntil("guard-record-set", "route53:ChangeResourceRecordSets"); len(calls) != 3 {
			w.T.Errorf("guard called %+v", calls)
		}
	})
}

func TestAPromotedPoolIsTakenBackToOneWhoseRecordIsGone(t *testing.T) {
	byName(t, func(w *scenario.World, s *scenario.Surfers) {
		id := w.Requested("green")
		ends(w, w.Ended(id), rollout.Succeeded, "green")
		w.Pass(10 * time.Minute)
		w.AlarmRed("checkout-errors")
		w.Pass(20 * time.Minute)
		r, _ := w.Recorded(id)
		ends(w, r, rollout.RolledBack, "blue")
		if _, last := s.Met("green"); time.Since(last) < 15*time.Minute {
			w.T.Errorf("green served %v ago", time.Since(last))
		}
	})
}

func TestSomebodyElsesWeightsAreNoticed(t *testing.T) {
	byName(t, func(w *scenario.World, _ *scenario.Surfers) {
		id := w.Requested("green")
		w.Pass(10 * time.Minute)
		w.Weighs(map[string]int64{"blue": 3, "green": 1})
		r := w.Ended(id)
		ends(w, r, rollout.RolledBack, "blue")
		if r.Cause == nil || r.Cause.Kind != rollout.ByIntruder {
			w.T.Errorf("the cause is %+v; its story:\n%s", r.Cause, scenario.Story(r))
		}
	})
}

// Both weights are somebody's, and the larger one says nothing.
func TestTwoPoolsOfWhichNobodyKnowsTheStableOneAreRefused(t *testing.T) {
	byName(t, func(w *scenario.World, _ *scenario.Surfers) {
		w.Weighs(map[string]int64{"blue": 150, "green": 50})
		r := w.Ended(w.Requested("green"))
		if r.End != rollout.Rejected || !strings.Contains(r.Rejection.Reason, "which of the two is stable") {
			w.T.Errorf("it ended %q: %+v", r.End, r.Rejection)
		}
	})
}

func TestAPoolThatTheDefinitionDoesNotHaveIsRejected(t *testing.T) {
	byName(t, func(w *scenario.World, _ *scenario.Surfers) {
		r := w.Ended(w.Requested("red"))
		if r.End != rollout.Rejected || !strings.Contains(r.Rejection.Reason, "no pool red") {
			w.T.Errorf("it ended %q: %+v", r.End, r.Rejection)
		}
	})
}

// Whoever has the role of a function that moves records may move those of the target, and nothing else in their zone.
func TestAThiefWithTheRoleOfRecordsMovesNoOtherName(t *testing.T) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.Records{}}, func(w *scenario.World) {
		w.Given(scenario.Canary)
		for _, function := range []string{"shift", "rollback", "settle", "guard"} {
			cfg, err := w.Sandbox.ConfigFor("sluice-sandbox-" + function + "-record-set")
			if err != nil {
				w.T.Fatal(err)
			}
			client := route53.NewFromConfig(cfg)
			change := func(action types.ChangeAction, name string, of types.RRType) types.Change {
				return types.Change{Action: action, ResourceRecordSet: &types.ResourceRecordSet{
					Name: &name, Type: of, TTL: aws.Int64(60), ResourceRecords: []types.ResourceRecord{{Value: aws.String("192.0.2.66")}},
				}}
			}
			own := change("CREATE", "checkout.example.com", "A")
			for what, batch := range map[string][]types.Change{
				"makes another name":                   {change("CREATE", "www.example.com", "A")},
				"makes another name beside its own":    {own, change("CREATE", "www.example.com", "A")},
				"makes another type of its name":       {change("CREATE", "checkout.example.com", "TXT")},
				"overwrites without saying what it is": {change("UPSERT", "checkout.example.com", "A")},
			} {
				_, err := client.ChangeResourceRecordSets(w.T.Context(), &route53.ChangeResourceRecordSetsInput{HostedZoneId: aws.String("Z0000000000001"), ChangeBatch: &types.ChangeBatch{Changes: batch}})
				var refused smithy.APIError
				if !errors.As(err, &refused) || refused.ErrorCode() != "AccessDenied" && refused.ErrorCode() != "AccessDeniedException" {
					w.T.Errorf("whoever has %s %s: %v, want AccessDenied", function, what, err)
				}
			}
			_, err = client.ChangeResourceRecordSets(w.T.Context(), &route53.ChangeResourceRecordSetsInput{HostedZoneId: aws.String("Z0000000000001"), ChangeBatch: &types.ChangeBatch{Changes: []types.Change{own}}})
			var invalid *types.InvalidChangeBatch
			if !errors.As(err, &invalid) { // IAM lets it pass; the name has weighted records already
				w.T.Errorf("its own name: %v", err)
			}
		}
	})
}
