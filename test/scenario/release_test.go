package scenario

import (
	"testing"
	"time"

	"sluice/shared/rollout"
)

// The ways through the state machine that the stories below assert.
const (
	began = "Plan Admit "
	step  = "Shift Judge "
	back  = "Rollback Settle"
	ends  = "Settle"
)

func TestGoodReleaseClimbsAndIsPromoted(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		w.Traffic(30)
		id := w.Requested("2")
		r := w.Ended(id)
		w.Then(r, rollout.Succeeded, began+step+step+step+step+ends, "2")
		if got, budget := w.Transitions(r), rollout.Transitions(4); got > budget {
			t.Errorf("%d transitions, the budget of 4 steps is %d", got, budget)
		}
		if took := r.Ended.Sub(r.Started); took < 30*time.Minute || took > 31*time.Minute {
			t.Errorf("three bakes of ten minutes took %v", took)
		}
		want := []string{"started", "shifted", "shifted", "shifted", "shifted", "succeeded"}
		if got := w.Told(id); !equal(got, want) {
			t.Errorf("told %v, want %v", got, want)
		}
	})
}

func TestEachStrategyReachesItsEnd(t *testing.T) {
	for name, test := range map[string]struct{ strategy, path string }{
		"all at once": {`{"allAtOnce":{"bake":"5m"}}`, step},
		"linear":      {`{"linear":{"step":50,"bake":"1m"}}`, step + step},
		"exponential": {`{"exponential":{"start":10,"factor":4,"bake":"1m"}}`, step + step + step},
		"blue/green":  {`{"blueGreen":{"test":{"payload":{"ping":true}},"bake":"5m"}}`, step + step},
	} {
		t.Run(name, func(t *testing.T) {
			RunWith(t, Options{Edit: WithTests}, func(w *World) {
				w.Given(with(Canary, `{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":25,"bake":"10m"},{"weight":50,"bake":"10m"}]}}`, test.strategy))
				w.Then(w.Ended(w.Requested("2")), rollout.Succeeded, began+test.path+ends, "2")
			})
		})
	}
}

func TestBlueGreenCandidateThatFailsItsTestGetsNoTraffic(t *testing.T) {
	RunWith(t, Options{Edit: WithTests}, func(w *World) {
		w.Given(with(Canary, `{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":25,"bake":"10m"},{"weight":50,"bake":"10m"}]}}`, `{"blueGreen":{"test":{},"bake":"5m"}}`))
		w.Breaks("2", 1)
		r := w.Ended(w.Requested("2"))
		w.Then(r, rollout.RolledBack, began+step+back, "1")
		if r.Cause.Kind != rollout.ByCheck {
			t.Errorf("cause %+v, want the failed test", r.Cause)
		}
	})
}

func TestAlarmTakesTheReleaseBackAtEachStep(t *testing.T) {
	for at := range 4 {
		Run(t, func(w *World) {
			w.Given(with(Canary, `"revertWindow":"1h"`, `"revertWindow":"0s"`, `{"weight":50,"bake":"10m"}`, `{"weight":50,"bake":"10m"},{"weight":100,"bake":"10m"}`))
			id := w.Requested("2")
			w.AtStep(id, at)
			w.AlarmRed(Alarm)
			w.Pass(time.Second)
			if got := w.Serves(); got != "1" {
				t.Errorf("step %d: a second after the alarm the alias serves %s", at, got)
			}
			path := began
			for range at + 1 {
				path += step
			}
			r := w.Ended(id)
			w.Then(r, rollout.RolledBack, path+back, "1")
			if r.Cause.Kind != rollout.ByAlarm || r.Cause.By != Alarm {
				t.Errorf("cause %+v, want alarm %s", r.Cause, Alarm)
			}
		})
	}
}

func TestGuardNeedsThreeCallsFromAlarmToStable(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.AtStep(id, 1)
		w.AlarmRed(Alarm)
		w.Ended(id)
		calls := w.CallsUntil("guard", "lambda:UpdateAlias")
		if len(calls) != 3 || calls[0].Operation != "dynamodb:Query" || calls[1].Operation != "dynamodb:UpdateItem" {
			t.Errorf("guard called %+v, want query, fence, restore first", calls)
		}
	})
}

func TestBadReleaseIsTakenBackByRealTraffic(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		w.Breaks("2", 0.9)
		w.Traffic(600)
		r := w.Ended(w.Requested("2"))
		w.Then(r, rollout.RolledBack, began+step+back, "1")
	})
}

func TestTwoDaysOfBakingAreOneStepEach(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(with(Canary, `{"weight":5,"bake":"10m"}`, `{"weight":5,"bake":"48h"}`))
		r := w.Ended(w.Requested("2"))
		w.Then(r, rollout.Succeeded, began+step+step+step+step+ends, "2")
		if got, budget := w.Transitions(r), rollout.Transitions(4); got > budget {
			t.Errorf("%d transitions, the budget is %d", got, budget)
		}
	})
}

func TestCeilingFailsAndInconclusiveExtends(t *testing.T) {
	checked := with(Canary, `"guard"`, `"checks":{"ceilings":[{"percent":5,"errors":3,"requests":20}],"whenInconclusive":{"extend":1,"then":"rollBack"}},"guard"`)
	t.Run("a candidate above the ceiling goes back at the end of the bake", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(checked)
			w.Breaks("2", 0.5)
			w.Traffic(30) // 5 % of it: too few errors a minute for the alarm
			r := w.Ended(w.Requested("2"))
			w.Then(r, rollout.RolledBack, began+step+back, "1")
			if r.Cause.Kind != rollout.ByCheck {
				t.Errorf("cause %+v, want the ceiling", r.Cause)
			}
		})
	})
	t.Run("without traffic the step bakes again, then the policy decides", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(checked)
			r := w.Ended(w.Requested("2"))
			w.Then(r, rollout.RolledBack, began+step+step+back, "1")
		})
	})
	t.Run("or goes on, if the definition says so", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(with(checked, `"then":"rollBack"`, `"then":"goOn"`))
			r := w.Ended(w.Requested("2"))
			w.Then(r, rollout.Succeeded, began+step+step+step+step+step+step+step+ends, "2")
		})
	})
	t.Run("a good candidate passes on its counts", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(checked)
			w.Traffic(120)
			w.Then(w.Ended(w.Requested("2")), rollout.Succeeded, began+step+step+step+step+ends, "2")
		})
	})
}
