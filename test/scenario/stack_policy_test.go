package scenario_test

import (
	"strings"
	"testing"
	"time"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// settingStays is a policy that somebody set before: the setting may not be replaced.
const settingStays = `{"Statement":[{"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"*"},{"Effect":"Deny","Action":"Update:Replace","Principal":"*","Resource":"LogicalResourceId/Setting"}]}`

func onProtectedStack(t *testing.T, before string, story func(w *scenario.World)) {
	t.Helper()
	scenario.RunWith(t, scenario.Options{Kind: scenario.Protected{}}, func(w *scenario.World) {
		w.Given(unasked)
		w.Subscribe()
		w.Shoppers(60)
		if before != "" {
			w.SetsStackPolicy(before)
		}
		story(w)
	})
}

// protectsOrders says whether the stack has the policy of the definition.
func protectsOrders(w *scenario.World) bool {
	return !w.StackPolicy().Allows("Update:Replace", "Orders")
}

func TestPolicyOfTheDefinitionIsSetAndStaysWithAPromotion(t *testing.T) {
	onProtectedStack(t, settingStays, func(w *scenario.World) {
		r := w.Ended(w.Requested("2"))
		ends(w, r, rollout.Succeeded, w.Revision("2"))
		if !protectsOrders(w) || !strings.Contains(scenario.Story(r), "It changes 3 of its resources") {
			w.T.Errorf("the policy is %s; its story:\n%s", w.StackPolicy().Text(), scenario.Story(r))
		}
		r = w.Ended(w.RequestedRevision(w.Template("3", "order")))
		if r.End != rollout.Rejected || !strings.Contains(r.Rejection.Reason, "policy forbids Update:Replace of Orders") {
			w.T.Errorf("what the policy forbids ended %q: %+v", r.End, r.Rejection)
		}
	})
}

// Whether CloudFormation takes the update back or an update to stable does, the stack has the policy again that somebody had set. A stack that had none
// has one that allows everything: CloudFormation takes no policy away.
func TestPolicyIsPutBackWhenTheReleaseGoesBack(t *testing.T) {
	for name, story := range map[string]struct {
		before string
		after  time.Duration
	}{
		"in the monitoring time":   {settingStays, 10 * time.Minute},
		"inside the revert window": {settingStays, time.Hour},
		"of a stack without one":   {"", 10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			onProtectedStack(t, story.before, func(w *scenario.World) {
				before := w.StackPolicy()
				id := w.Requested("2")
				w.Pass(story.after)
				if !protectsOrders(w) {
					w.T.Errorf("after %v the policy is %s", story.after, w.StackPolicy().Text())
				}
				w.AlarmRed("checkout-errors")
				w.Pass(10 * time.Minute)
				r, _ := w.Recorded(id)
				ends(w, r, rollout.RolledBack, w.Revision("1"))
				if got := w.StackPolicy(); !got.Same(before) {
					w.T.Errorf("the policy is %s, want %s; its story:\n%s", got.Text(), before.Text(), scenario.Story(r))
				}
			})
		})
	}
}

// Nobody but people may change what somebody has set by hand meanwhile.
func TestPolicyThatSomebodySetDuringAReleaseStays(t *testing.T) {
	onProtectedStack(t, "", func(w *scenario.World) {
		id := w.Requested("2")
		w.Pass(10 * time.Minute)
		w.SetsStackPolicy(settingStays)
		w.Aborted(id)
		ends(w, w.Ended(id), rollout.Aborted, w.Revision("1"))
		hand, err := kind.ReadStackPolicy(settingStays)
		if got := w.StackPolicy(); err != nil || !got.Same(hand) {
			w.T.Errorf("the policy is %s, %v", got.Text(), err)
		}
	})
}
