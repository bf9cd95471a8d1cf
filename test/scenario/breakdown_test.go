package scenario

import (
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
)

func TestDeadMachineIsFoundAndItsReleaseTakenBack(t *testing.T) {
	t.Run("by the event of its failure", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(Canary)
			id := w.Requested("2")
			w.AtStep(id, 1)
			w.Killed(id)
			w.Pass(time.Minute)
			r := w.Ended(id)
			w.Then(r, rollout.RolledBack, began+step+"Shift Plan Admit "+back, "1")
		})
	})
	t.Run("by the schedule when the event is lost", func(t *testing.T) {
		RunWith(t, Options{Edit: WithoutFailureEvents}, func(w *World) {
			w.Given(Canary)
			id := w.Requested("2")
			w.AtStep(id, 1)
			w.Killed(id)
			r := w.Ended(id)
			w.Then(r, rollout.RolledBack, began+step+"Shift Plan Admit "+back, "1")
			if late := r.Ended.Sub(r.BakeUntil.Add(-9 * time.Minute)); late > 6*time.Minute {
				t.Errorf("it was finished %v after its death, sweep looks every 5 minutes", late)
			}
		})
	})
}

func TestReleaseThatWasNeverStartedIsStartedBySweep(t *testing.T) {
	failing := true
	RunWith(t, Options{Middleware: fail("trigger", "states:StartExecution", func() bool { return failing })}, func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.GivesUp("trigger")
		w.Pass(4 * time.Minute) // Lambda's own two retries fail, too
		failing = false
		if r := w.Ended(id); r.End != rollout.Succeeded {
			t.Errorf("ended %s:\n%s", r.End, Story(r))
		}
	})
}

func TestErrorInAForwardStepTakesTheReleaseBack(t *testing.T) {
	for _, call := range []string{"shift lambda:UpdateAlias", "shift dynamodb:UpdateItem", "judge cloudwatch:DescribeAlarms", "judge dynamodb:GetItem"} {
		function, operation, _ := strings.Cut(call, " ")
		t.Run(call, func(t *testing.T) {
			RunWith(t, Options{Middleware: fail(function, operation, always)}, func(w *World) {
				w.Given(Canary)
				id := w.Requested("2")
				r := w.Ended(id)
				if r.End != rollout.RolledBack || w.Serves() != "1" || r.Cause.Kind != rollout.ByBreakdown {
					t.Errorf("ended %s because of %+v, serves %s:\n%s", r.End, r.Cause, w.Serves(), Story(r))
				}
			})
		})
	}
}

func TestRollbackIsTriedForLongAndThenPagesSomebody(t *testing.T) {
	denied := true
	RunWith(t, Options{Middleware: fail("rollback", "lambda:*", func() bool { return denied })}, func(w *World) {
		w.Given(Canary)
		w.Subscribe()
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.Killed(id) // nobody but rollback brings it back
		begun := time.Now()
		r := w.Ended(id)
		w.Then(r, rollout.Stuck, began+"Shift Plan Admit "+back, "1 95 %, 2 5 %")
		if tried := time.Since(begun); tried < time.Hour {
			t.Errorf("it gave up after %v", tried)
		}
		w.Pass(time.Minute)
		if mail := w.Mail(); !strings.Contains(mail, "STUCK") {
			t.Errorf("nobody was paged; the mail says:\n%s", mail)
		}
		denied = false // the next release repairs what is left
		w.Then(w.Ended(w.Requested("3")), rollout.Succeeded, full, "3")
	})
}

func TestRollbackOutlastsAThrottledService(t *testing.T) {
	left := 20
	throttled := func() bool { left--; return left > 0 }
	RunWith(t, Options{Middleware: fail("rollback", "lambda:UpdateAlias", throttled)}, func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.Aborted(id)
		w.Then(w.Ended(id), rollout.Aborted, began+step+back, "1")
	})
}

// The end is written and then the bus is out of order for longer than settle is tried: people hear of it in the end, and
// the target is free for the next release.
func TestReleaseWhoseSettlingDiedHalfwayIsSettledByANewMachine(t *testing.T) {
	down := true
	RunWith(t, Options{Middleware: fail("settle", "events:PutEvents", func() bool { return down })}, func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.Pass(36 * time.Hour)
		down = false
		if r := w.Ended(id); r.End != rollout.Succeeded {
			t.Errorf("ended %s", r.End)
		}
		w.Pass(time.Minute)
		if told := w.Told(id); told[len(told)-1] != string(rollout.Succeeded) || len(w.Open()) != 0 || w.Serves() != "2" {
			t.Errorf("people were told %v, open %v, serves %s:\n%s", told, w.Open(), w.Serves(), w.Trail(id))
		}
		w.Then(w.Ended(w.Requested("3")), rollout.Succeeded, full, "3")
	})
}

func TestSomebodyElsesMoveIsNotBuiltOn(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(with(Canary, `"alarms":["checkout-errors"]`, `"alarms":["checkout-errors"],"whenMoved":"rollBack"`))
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.Split("1", "3", 0.5)
		r := w.Ended(id)
		w.Then(r, rollout.RolledBack, began+step+step+back, "1")
		if r.Cause.Kind != rollout.ByIntruder {
			t.Errorf("cause %+v, want the intruder", r.Cause)
		}
	})
}

func TestOwnCandidateThatIsHalfShiftedIsAdopted(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		w.Split("1", "2", 0.10)
		r := w.Ended(w.Requested("2"))
		w.Then(r, rollout.Succeeded, began+step+step+step+ends, "2")
		if !strings.Contains(Story(r), "Adopted") {
			t.Errorf("the audit trail does not tell of the adoption:\n%s", Story(r))
		}
	})
}

func TestMissingPermissionFailsWithTheDeniedActionNamed(t *testing.T) {
	RunWith(t, Options{Edit: Without("Shift", "lambda:UpdateAlias")}, func(w *World) {
		w.Given(Canary)
		r := w.Ended(w.Requested("2"))
		if r.End != rollout.RolledBack || !strings.Contains(r.Cause.Reason, "not authorized to perform: lambda:UpdateAlias") {
			t.Errorf("ended %s because of %+v", r.End, r.Cause)
		}
	})
}
