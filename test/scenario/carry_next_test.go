package scenario

import (
	"sync/atomic"
	"testing"
	"time"

	"sluice/shared/rollout"
)

// The older release creates the parameter while the newer one, which was planned before that, waits in the queue. The newer one goes back before it has
// carried anything: what the older one created is not its to delete.
func TestWhatAnotherReleaseCarriedIsNotPutBack(t *testing.T) {
	RunWith(t, Options{Edit: WithHooks}, func(w *World) {
		w.Given(carrying(`"before":"promotion"`, staged))
		w.Flag(staged, "20")
		older := w.Requested("2")
		w.Pass(time.Minute)
		newer := w.Requested("3")
		w.Ended(older)
		w.AtStep(newer, 0)
		w.Aborted(newer)
		w.Ended(newer)
		w.Pass(time.Minute)
		if got := w.Parameter(produced); got != "20 at version 1" {
			t.Errorf("the parameter is %s\n%s", got, Story(w.asItIs(newer)))
		}
		w.wantRan(newer, "limits-back", rollout.GatePass, produced+" is left as it is: this release has not written it.")
	})
}

// While parameters are put back, the next release that carries some does not begin: it would find what will not be there.
func TestNextReleaseWaitsUntilParametersArePutBack(t *testing.T) {
	var away atomic.Bool
	RunWith(t, Options{Edit: WithHooks, Middleware: fail("hook", "ssm:*", away.Load)}, func(w *World) {
		w.Given(carrying(`"before":"first"`, staged))
		w.Flag(staged, "20")
		w.Flag(produced, "10")
		id := w.Requested("2")
		w.AtStep(id, 0)
		away.Store(true)
		w.AlarmRed(Alarm)
		w.Ended(id)
		w.AlarmGreen(Alarm)
		w.Pass(time.Minute)
		next := w.Requested("3")
		w.Pass(4 * time.Minute)
		if r := w.asItIs(next); !r.Started.IsZero() || w.Parameter(produced) != "20 at version 2" {
			t.Fatalf("it began at %v, the parameter is %s\n%s", r.Started, w.Parameter(produced), Story(r))
		}
		away.Store(false)
		w.Pass(10 * time.Minute)
		if r := w.asItIs(next); r.Started.IsZero() || w.Parameter(produced) == "20 at version 2" {
			t.Errorf("it began at %v, the parameter is %s\n%s", r.Started, w.Parameter(produced), Story(r))
		}
	})
}
