package decide_test

import (
	"strings"
	"testing"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

// known is grace, and every name by which she is known.
var known = map[string]string{
	rollout.BySlack: "T0SANDBOX/U0GRACE", rollout.ByMail: "grace@example.com", rollout.ByCodePipeline: "arn:aws:iam::123456789012:user/grace", rollout.ByIAM: "arn:aws:iam::123456789012:user/grace", rollout.ByEvent: "grace",
}

func everywhere() string {
	return strings.Replace(scenario.Canary, `{"grace":{"event":"grace"}}`,
		`{"grace":{"event":"grace","mail":"grace@example.com","slack":"T0SANDBOX/U0GRACE","aws":"arn:aws:iam::123456789012:user/grace"}}`, 1)
}

// Whoever has the credentials of one function that speaks for people would speak for them in every other way, too.
func TestWordCountsOnlyThroughTheFunctionThatRecognisesPeopleThatWay(t *testing.T) {
	counts := map[string]string{
		"decide:button": "slack", "decide:console": "slack mail", "decide:pipeline": "codepipeline", "decide:command": "iam", "decide": "", "decide:$LATEST": "",
	}
	for through, ways := range counts {
		for how, by := range known {
			t.Run(through+" by "+how, func(t *testing.T) {
				byhand.RunWith(t, scenario.Options{}, everywhere(), func(w *byhand.World) {
					r := w.Baking("2")
					w.Does(through, events.Spoken{Word: &events.Word{Release: r.ID, Do: events.Promote, How: how, By: by}})
					trail := w.Trail(r.ID)
					want := strings.Contains(" "+ways+" ", " "+how+" ")
					if got := w.Lease().Promote != ""; got != want {
						t.Errorf("it counts: %v, want %v\n%s", got, want, trail)
					}
					if strings.Contains(trail, "turned away") == want {
						t.Errorf("whoever reads the trail is misled:\n%s", trail)
					}
					if n := w.Metric("TurnedAway", "Environment", "sandbox"); (n == 0) != want {
						t.Errorf("%v were counted, and nobody hears of a thief", n)
					}
				})
			})
		}
	}
}

// Events count without anybody having recognised who sent them: a function that hands on words says none.
func TestEventThroughTheAliasOfASpeakerDoesNotCount(t *testing.T) {
	for speaker := range rollout.Speakers {
		byhand.Run(t, func(w *byhand.World) {
			r := w.Baking("2")
			w.Does("decide:"+speaker, promote(r))
			w.Does("decide:"+speaker, abort(r, "grace", ""))
			if l := w.Lease(); l.Promote != "" || l.Fence != nil {
				t.Errorf("through %s: promote %q, fence %+v", speaker, l.Promote, l.Fence)
			}
		})
	}
}

// What is turned away is not tried again: from the dead-letter queue a person would send it through the alias of the way that it claims.
func TestWordThatIsTurnedAwayLeavesNoDeadLetter(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		for _, release := range []string{"checkout-000000000000", "no release at all"} {
			w.Does("decide:button", events.Spoken{Word: &events.Word{Release: release, Do: events.Promote, How: rollout.ByMail, By: "grace@example.com"}})
		}
	})
}
