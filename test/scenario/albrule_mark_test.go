package scenario_test

import (
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// marked gives marked requests to the candidate for ten minutes, before any other.
const marked = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":0,"marked":true,"bake":"10m"},{"weight":20,"bake":"10m"}]}},
	"guard":{"alarms":["checkout-errors"]},"whenRunning":"queue","queueLimit":"3h","revertWindow":"30m"}`

func onMarks(t *testing.T, definition string, story func(w *scenario.World, rule scenario.External)) {
	t.Helper()
	rule := scenario.External{Green: "2", Marked: true}
	scenario.RunWith(t, scenario.Options{Kind: rule, Edit: scenario.MayMark}, func(w *scenario.World) {
		w.Given(definition)
		story(w, rule)
	})
}

func TestMarkedRequestsMeetTheCandidateFirst(t *testing.T) {
	onMarks(t, marked, func(w *scenario.World, rule scenario.External) {
		id := w.Requested("2")
		w.Pass(8 * time.Minute)
		if all, some := rule.Answers(w, 50), rule.MarkedAnswers(w, 50); all["1"] != 50 || some["2"] != 50 {
			r, _ := w.Recorded(id)
			t.Errorf("in the step of marked requests, users meet %v, and those with marked requests %v:\n%s", all, some, scenario.Story(r))
		}
		w.Pass(6 * time.Minute)
		if some := rule.MarkedAnswers(w, 200); w.Serves() != "1 80 %, 2 20 %" || some["1"] == 0 {
			t.Errorf("in the step after it, the rule serves %s, and marked requests meet %v", w.Serves(), some)
		}
		r := w.Ended(id)
		ends(w, r, rollout.Succeeded, "2")
		if story := scenario.Story(r); !strings.Contains(story, "Revision 2 gets requests with the header X-Canary: 1 alone; step 2 of 4 bakes 10m.") {
			t.Errorf("its story:\n%s", story)
		}
	})
}

func TestRedAlarmTakesMarkedRequestsBack(t *testing.T) {
	onMarks(t, marked, func(w *scenario.World, rule scenario.External) {
		id := w.Requested("2")
		w.Pass(8*time.Minute + 20*time.Second) // off the full minutes, at which alarms are evaluated
		before := len(w.Calls("guard-alb"))
		w.AlarmRed(scenario.Alarm)
		w.Pass(time.Second)
		if some := rule.MarkedAnswers(w, 50); some["1"] != 50 {
			t.Errorf("a second after the alarm marked requests meet %v", some)
		}
		var made []string
		for _, c := range w.Calls("guard-alb")[before:] {
			if made = append(made, c.Operation); c.Operation == "elasticloadbalancing:DeleteRule" {
				break
			}
		}
		if len(made) != 3 {
			t.Errorf("it took the calls %v", made)
		}
		ends(w, w.Ended(id), rollout.RolledBack, "1")
	})
}

// Whoever deletes the rule takes what the step was to show.
func TestRuleForMarkedRequestsThatIsDeletedIsNoticed(t *testing.T) {
	onMarks(t, marked, func(w *scenario.World, rule scenario.External) {
		id := w.Requested("2")
		w.Pass(8 * time.Minute)
		rule.Unmarks(w)
		r := w.Ended(id)
		ends(w, r, rollout.RolledBack, "1")
		if r.Cause == nil || r.Cause.Kind != rollout.ByIntruder {
			t.Errorf("the cause is %+v", r.Cause)
		}
	})
}

const markedAndCounted = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":0,"marked":true,"bake":"30m"},{"weight":20,"bake":"30m"}]}},
	"checks":{"errors":[{}],"whenInconclusive":{"then":"goOn"}}}`

// Marked requests are judged by themselves, each minute; and what they showed is compared with nobody's later.
func TestMarkedRequestsThatFailEndTheRelease(t *testing.T) {
	onMarks(t, markedAndCounted, func(w *scenario.World, rule scenario.External) {
		rule.Traffic(w, 600)
		rule.MarkedTraffic(w, 60)
		rule.Breaks(w, "2")
		id := w.Requested("2")
		w.Pass(15 * time.Minute)
		r, _ := w.Recorded(id)
		ends(w, r, rollout.RolledBack, "1")
		if r.Cause == nil || r.Cause.Kind != rollout.ByCheck || !strings.Contains(r.Cause.Reason, "marked requests failed since the step began") {
			t.Errorf("the cause is %+v; its story:\n%s", r.Cause, scenario.Story(r))
		}
	})
}

func TestMarkedRequestsThatPassAreCalledWeak(t *testing.T) {
	onMarks(t, markedAndCounted, func(w *scenario.World, rule scenario.External) {
		rule.Traffic(w, 600)
		rule.MarkedTraffic(w, 60)
		r := w.Ended(w.Requested("2"))
		ends(w, r, rollout.Succeeded, "2")
		if story := scenario.Story(r); !strings.Contains(story, "marked requests failed (0 %). This verdict is weak") {
			t.Errorf("its story:\n%s", story)
		}
	})
}

func TestMarkedStepWithoutMarkedRequestsIsNoGoodNews(t *testing.T) {
	onMarks(t, strings.Replace(markedAndCounted, "goOn", "rollBack", 1), func(w *scenario.World, rule scenario.External) {
		rule.Traffic(w, 600)
		r := w.Ended(w.Requested("2"))
		ends(w, r, rollout.RolledBack, "1")
		if r.Cause == nil || !strings.Contains(r.Cause.Reason, "No marked request was seen") {
			t.Errorf("the cause is %+v", r.Cause)
		}
	})
}
