package scenario_test

import (
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

func onRule(t *testing.T, definition string, story func(w *scenario.World, rule scenario.External)) {
	t.Helper()
	rule := scenario.External{Green: "2"}
	scenario.RunWith(t, scenario.Options{Kind: rule}, func(w *scenario.World) {
		w.Given(definition)
		story(w, rule)
	})
}

// The candidate's target group is healthy before it has any traffic, and all of it goes through a load balancer that really forwards.
func TestRuleShiftsBetweenItsTargetGroups(t *testing.T) {
	onRule(t, scenario.Canary, func(w *scenario.World, rule scenario.External) {
		id := w.Requested("2")
		w.Pass(5 * time.Second)
		if r, _ := w.Recorded(id); r.Step != 0 || w.Serves() != "1" {
			t.Errorf("five seconds after the start it is at step %d and the rule serves %s, want step 0 until green is healthy:\n%s", r.Step, w.Serves(), scenario.Story(r))
		}
		w.Pass(5 * time.Minute)
		if got := w.Serves(); got != "1 95 %, 2 5 %" {
			t.Errorf("after five minutes the rule serves %s", got)
		}
		ends(w, w.Ended(id), rollout.Succeeded, "2")
		if got := rule.Answers(w, 50); got["2"] != 50 {
			t.Errorf("after the promotion clients meet %v", got)
		}
	})
}

func TestRedAlarmTakesARulesTrafficBack(t *testing.T) {
	onRule(t, scenario.Canary, func(w *scenario.World, rule scenario.External) {
		id := w.Requested("2")
		w.Pass(16 * time.Minute)
		w.AlarmRed(scenario.Alarm)
		w.Pass(time.Second)
		if got := rule.Answers(w, 50); got["1"] != 50 {
			t.Errorf("a second after the alarm clients meet %v", got)
		}
		ends(w, w.Ended(id), rollout.RolledBack, "1")
	})
}

// The next release goes from green to blue.
func TestTargetGroupsTakeTurns(t *testing.T) {
	onRule(t, scenario.Canary, func(w *scenario.World, rule scenario.External) {
		ends(w, w.Ended(w.Requested("2")), rollout.Succeeded, "2")
		w.Pass(2 * time.Hour)
		rule.Holds(w, "blue", "3")
		id := w.Requested("3")
		w.Pass(16 * time.Minute)
		w.AlarmRed(scenario.Alarm)
		ends(w, w.Ended(id), rollout.RolledBack, "2")
	})
}

func TestPromotedRuleIsTakenBack(t *testing.T) {
	onRule(t, scenario.Canary, func(w *scenario.World, _ scenario.External) {
		id := w.Requested("2")
		ends(w, w.Ended(id), rollout.Succeeded, "2")
		w.Pass(10 * time.Minute)
		w.AlarmRed(scenario.Alarm)
		w.Pass(20 * time.Minute)
		r, _ := w.Recorded(id)
		ends(w, r, rollout.RolledBack, "1")
	})
}

// compared asks whether the candidate fails more often than stable.
const comparedOnRule = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":20,"bake":"30m"}]}},"checks":{"errors":[{}],"whenInconclusive":{"then":"goOn"}}}`

// No alarm: the numbers of the two target groups over the same minutes are enough. A candidate that refuses connections has no 5XX of its own.
func TestCandidateThatRefusesConnectionsIsComparedByTargetGroup(t *testing.T) {
	onRule(t, comparedOnRule, func(w *scenario.World, rule scenario.External) {
		rule.Traffic(w, 600)
		id := w.Requested("2")
		w.Pass(3 * time.Minute)
		rule.Refuses(w, "green")
		r := w.Ended(id)
		ends(w, r, rollout.RolledBack, "1")
		if r.Cause == nil || r.Cause.Kind != rollout.ByCheck || !strings.Contains(r.Cause.Reason, "requests failed since the step began") {
			t.Errorf("the cause is %+v", r.Cause)
		}
		if !strings.Contains(r.Cause.Reason, "the load balancer answered ") { // it answers 502 for them
			t.Errorf("nothing is said of what the load balancer answered by itself: %s", r.Cause.Reason)
		}
	})
}

func TestRevisionThatStandsNowhereIsRejected(t *testing.T) {
	onRule(t, scenario.Canary, func(w *scenario.World, _ scenario.External) {
		r := w.Ended(w.Requested("7"))
		ends(w, r, rollout.Rejected, "1")
		if r.Rejection == nil || !strings.Contains(r.Rejection.Reason, "7 stands in no target group") || !strings.Contains(r.Rejection.Remedy, "sluice:revision") {
			t.Errorf("the rejection is %+v", r.Rejection)
		}
	})
}

func TestCandidateThatDoesNotComeUpGetsNoTraffic(t *testing.T) {
	onRule(t, scenario.Canary, func(w *scenario.World, rule scenario.External) {
		rule.Refuses(w, "green")
		id := w.Requested("2")
		w.Pass(10 * time.Minute)
		r, _ := w.Recorded(id)
		if w.Serves() != "1" || r.Step != 0 || !r.BakeUntil.IsZero() {
			t.Errorf("the rule serves %s; its story:\n%s", w.Serves(), scenario.Story(r))
		}
		doesNotComeUp(w, w.Ended(id), "1", "0 of 2 targets are healthy (Target.FailedHealthChecks")
	})
}

// doesNotComeUp asks for the end of a release whose candidate got no traffic: it says what its pool was waiting for.
func doesNotComeUp(w *scenario.World, r rollout.Release, stable, says string) {
	w.T.Helper()
	ends(w, r, rollout.Rejected, stable)
	if r.Rejection == nil || !strings.Contains(r.Rejection.Reason, says) || !strings.HasPrefix(r.Rejection.Reason, "The candidate does not come up: ") {
		w.T.Errorf("the rejection is %+v", r.Rejection)
	}
	if got := scenario.Story(r); !strings.Contains(got, "No traffic has moved") || !strings.Contains(got, r.Ending()) || r.Unseen {
		w.T.Errorf("its story:\n%s", got)
	}
	if got := w.Told(r.ID); got[len(got)-1] != "rejected" {
		w.T.Errorf("people were told %v", got)
	}
}

func TestSecondWriterOfARuleIsNoticed(t *testing.T) {
	onRule(t, scenario.Canary, func(w *scenario.World, rule scenario.External) {
		id := w.Requested("2")
		w.Pass(8 * time.Minute)
		rule.Holds(w, "green", "9") // a stack update, say, with weights and revision of its own
		rule.Divided(w, 50, 50)
		r := w.Ended(id)
		if r.End != rollout.Stuck || !r.ByHand || w.Serves() != "1 50 %, 9 50 %" {
			t.Errorf("it ended %q, the rule serves %s; its story:\n%s", r.End, w.Serves(), scenario.Story(r))
		}
	})
}

func onTasks(t *testing.T, story func(w *scenario.World, rule scenario.Tasks)) {
	t.Helper()
	rule := scenario.Tasks{}
	scenario.RunWith(t, scenario.Options{Kind: rule}, func(w *scenario.World) {
		w.Given(scenario.Canary)
		w.Pass(5 * time.Minute) // blue's tasks are there
		story(w, rule)
	})
}

// Sluice has the idle service run the task definition, with as many tasks as stable has; nobody has to fill a pool.
func TestTasksComeUpBeforeTheyGetTraffic(t *testing.T) {
	onTasks(t, func(w *scenario.World, rule scenario.Tasks) {
		id := w.Requested(rule.Pushed(w))
		w.Pass(20 * time.Second)
		r, _ := w.Recorded(id)
		if got := rule.Answers(w, 20); got["checkout:1"] != 20 || r.Step != 0 {
			t.Errorf("while its tasks start, clients meet %v, at step %d", got, r.Step)
		}
		w.Pass(6 * time.Minute)
		if got := w.Serves(); got != "checkout:1 95 %, checkout:2 5 %" {
			r, _ = w.Recorded(id)
			t.Errorf("after six minutes the rule serves %s; its story:\n%s", got, scenario.Story(r))
		}
		ends(w, w.Ended(id), rollout.Succeeded, "checkout:2")
		if got := rule.Answers(w, 50); got["checkout:2"] != 50 {
			t.Errorf("after the promotion clients meet %v", got)
		}
	})
}

// Stable's tasks stay up until the revert window ends, so going back starts none.
func TestPromotedTasksAreTakenBackAtOnce(t *testing.T) {
	onTasks(t, func(w *scenario.World, rule scenario.Tasks) {
		id := w.Requested(rule.Pushed(w))
		ends(w, w.Ended(id), rollout.Succeeded, "checkout:2")
		w.Pass(10 * time.Minute)
		w.AlarmRed(scenario.Alarm)
		w.Pass(time.Second)
		if got := rule.Answers(w, 50); got["checkout:1"] != 50 {
			t.Errorf("a second after the alarm clients meet %v", got)
		}
		w.Pass(20 * time.Minute)
		r, _ := w.Recorded(id)
		ends(w, r, rollout.RolledBack, "checkout:1")
	})
}

// The pool of the revision that an alarm would bring back is filled with the next candidate. When that one goes back, too, nothing is there to bring
// back: an alarm must not end in a page about a target that people cannot mend.
func TestReleaseThatTakesThePoolOfAPromotionEndsItsWayBack(t *testing.T) {
	onTasks(t, func(w *scenario.World, rule scenario.Tasks) {
		first := w.Ended(w.Requested(rule.Pushed(w)))
		ends(w, first, rollout.Succeeded, "checkout:2")
		later := w.Requested(rule.Pushed(w))
		w.Pass(10 * time.Minute)
		w.AlarmRed(scenario.Alarm)
		w.Pass(20 * time.Second)
		w.AlarmGreen(scenario.Alarm)
		ends(w, w.Ended(later), rollout.RolledBack, "checkout:2")
		w.AlarmRed(scenario.Alarm)
		w.Pass(10 * time.Minute)
		r, _ := w.Recorded(first.ID)
		if r.End != rollout.Succeeded || w.Serves() != "checkout:2" || !strings.Contains(scenario.Story(r), "brings checkout:3 up where checkout:1 stood") {
			t.Errorf("%s serves, and the promotion before ended %s; its story:\n%s", w.Serves(), r.End, scenario.Story(r))
		}
	})
}

func TestImageThatCannotBePulledIsSaidSo(t *testing.T) {
	onTasks(t, func(w *scenario.World, rule scenario.Tasks) {
		id := w.Requested(rule.PushedWithoutImage(w))
		doesNotComeUp(w, w.Ended(id), "checkout:1", "CannotPullContainerError")
	})
}

func TestTaskDefinitionThatIsNotThereIsRejected(t *testing.T) {
	onTasks(t, func(w *scenario.World, _ scenario.Tasks) {
		r := w.Ended(w.Requested("checkout:9"))
		ends(w, r, rollout.Rejected, "checkout:1")
		if r.Rejection == nil || !strings.Contains(r.Rejection.Reason, "no active task definition checkout:9") {
			t.Errorf("the rejection is %+v", r.Rejection)
		}
	})
}

// Somebody deploys to the service that serves: that is not Sluice's to turn round, and what serves afterwards is stable.
func TestReleaseWaitsForADeploymentOfTheServiceThatServes(t *testing.T) {
	onTasks(t, func(w *scenario.World, rule scenario.Tasks) {
		other, candidate := rule.Pushed(w), rule.Pushed(w)
		rule.Deploys(w, "checkout-blue", other)
		id := w.Requested(candidate)
		w.Pass(20 * time.Second)
		if r, _ := w.Recorded(id); r.Epoch != 0 || !strings.Contains(scenario.Story(r), "has come to rest: ") {
			t.Errorf("it has begun while somebody deploys; its story:\n%s", scenario.Story(r))
		}
		r := w.Ended(id)
		ends(w, r, rollout.Succeeded, candidate)
		if r.Stable != other {
			t.Errorf("it would have come back to %s, want %s, which somebody had deployed", r.Stable, other)
		}
	})
}
