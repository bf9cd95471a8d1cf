package scenario_test

import (
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

func onInstances(t *testing.T, story func(w *scenario.World, rule scenario.Instances)) {
	t.Helper()
	rule := scenario.Instances{}
	scenario.RunWith(t, scenario.Options{Kind: rule}, func(w *scenario.World) {
		w.Given(scenario.Canary)
		w.Pass(5 * time.Minute) // blue's instances are there
		story(w, rule)
	})
}

// Sluice has the idle group launch the version, with as many instances as stable has; nobody has to fill a pool.
func TestInstancesComeUpBeforeTheyGetTraffic(t *testing.T) {
	onInstances(t, func(w *scenario.World, rule scenario.Instances) {
		first, second := w.Revision("1"), rule.Pushed(w)
		id := w.Requested(second)
		w.Pass(20 * time.Second)
		r, _ := w.Recorded(id)
		if got := rule.Answers(w, 20); got[first] != 20 || r.Step != 0 {
			t.Errorf("while its instances start, clients meet %v, at step %d", got, r.Step)
		}
		w.Pass(6 * time.Minute)
		if got := w.Serves(); got != first+" 95 %, "+second+" 5 %" {
			r, _ = w.Recorded(id)
			t.Errorf("after six minutes the rule serves %s; its story:\n%s", got, scenario.Story(r))
		}
		ends(w, w.Ended(id), rollout.Succeeded, second)
		if got := rule.Answers(w, 50); got[second] != 50 {
			t.Errorf("after the promotion clients meet %v", got)
		}
	})
}

// Stable's instances stay up until the revert window ends, so going back launches none.
func TestPromotedInstancesAreTakenBackAtOnce(t *testing.T) {
	onInstances(t, func(w *scenario.World, rule scenario.Instances) {
		first := w.Revision("1")
		id := w.Requested(rule.Pushed(w))
		ends(w, w.Ended(id), rollout.Succeeded, w.Revision("2"))
		w.Pass(10 * time.Minute)
		rule.NoCapacity(w, 1)
		w.AlarmRed(scenario.Alarm)
		w.Pass(time.Second)
		if got := rule.Answers(w, 50); got[first] != 50 {
			t.Errorf("a second after the alarm clients meet %v", got)
		}
		w.Pass(20 * time.Minute)
		r, _ := w.Recorded(id)
		ends(w, r, rollout.RolledBack, first)
	})
}

func TestImageThatDoesNotExistIsSaidSo(t *testing.T) {
	onInstances(t, func(w *scenario.World, rule scenario.Instances) {
		id := w.Requested(rule.PushedWithoutImage(w))
		began := time.Now()
		doesNotComeUp(w, w.Ended(id), w.Revision("1"), "0 of 2 instances of checkout-green are in service: The image id ")
		if took := time.Since(began); took > 15*time.Minute {
			t.Errorf("it was given up after %v", took)
		}
		// The next release launches another version at once, and is not held to what failed before.
		good := rule.Pushed(w)
		ends(w, w.Ended(w.Requested(good)), rollout.Succeeded, good)
	})
}

func TestMissingCapacityIsSaidSo(t *testing.T) {
	onInstances(t, func(w *scenario.World, rule scenario.Instances) {
		rule.NoCapacity(w, 3)
		doesNotComeUp(w, w.Ended(w.Requested(rule.Pushed(w))), w.Revision("1"), "1 of 2 instances of checkout-green are in service: We currently do not have sufficient")
	})
}

// A group that gets another version keeps the instances that it has: those leave before any of the candidate's is launched.
func TestInstancesOfAnOlderVersionLeaveFirst(t *testing.T) {
	onInstances(t, func(w *scenario.World, rule scenario.Instances) {
		for range 2 { // the second meets blue within the revert window, with its instances
			next := rule.Pushed(w)
			ends(w, w.Ended(w.Requested(next)), rollout.Succeeded, next)
			if got := rule.Answers(w, 50); got[next] != 50 {
				t.Errorf("after the promotion of %s clients meet %v", next, got)
			}
		}
	})
}

func TestVersionThatIsNotThereIsRejected(t *testing.T) {
	onInstances(t, func(w *scenario.World, _ scenario.Instances) {
		first := w.Revision("1")
		for asked, why := range map[string]string{
			strings.TrimSuffix(first, "1") + "9": "Could not find the specified version 9",
			"lt-00000000000000000:1":             "is no version of launch template",
		} {
			r := w.Ended(w.Requested(asked))
			ends(w, r, rollout.Rejected, first)
			if r.Rejection == nil || !strings.Contains(r.Rejection.Reason, why) {
				t.Errorf("%s: the rejection is %+v", asked, r.Rejection)
			}
		}
	})
}

func TestInstanceRefreshIsNotReleasedInto(t *testing.T) {
	onInstances(t, func(w *scenario.World, rule scenario.Instances) {
		rule.Refreshes(w, "checkout-green")
		r := w.Ended(w.Requested(rule.Pushed(w)))
		ends(w, r, rollout.Rejected, w.Revision("1"))
		if r.Rejection == nil || !strings.Contains(r.Rejection.Reason, "an instance refresh of group checkout-green is InProgress") {
			t.Errorf("the rejection is %+v", r.Rejection)
		}
	})
}

func TestIdleGroupIsRetiredAndFilledAgain(t *testing.T) {
	onInstances(t, func(w *scenario.World, rule scenario.Instances) {
		first, second := w.Revision("1"), rule.Pushed(w)
		id := w.Requested(second)
		ends(w, w.Ended(id), rollout.Succeeded, second)
		w.Pass(50 * time.Minute)
		if got, _ := rule.Sizes(w, "checkout-blue"); got != 2 {
			t.Errorf("inside the revert window blue wants %d instances: going back would meet none", got)
		}
		w.Pass(15 * time.Minute)
		if got, least := rule.Sizes(w, "checkout-blue"); got != 0 || least != 0 {
			t.Errorf("after it blue wants %d instances, and %d at least", got, least)
		}
		r, _ := w.Recorded(id)
		if got := scenario.Story(r); strings.Count(got, "The pool that does not serve is retired: group checkout-blue has no instances any more.") != 1 {
			t.Errorf("its story:\n%s", got)
		}
		ends(w, w.Ended(w.Requested(first)), rollout.Succeeded, first)
		if got, least := rule.Sizes(w, "checkout-blue"); got != 2 || least != 1 || rule.Answers(w, 20)[first] != 20 {
			t.Errorf("filled again, blue wants %d instances, and %d at least", got, least)
		}
	})
}
