package gates

import (
	"fmt"
	"time"

	"sluice/shared/rollout"
)

// Progress is how far a test is.
type Progress struct {
	Ended  bool
	Failed string // what went wrong; empty: nothing, so far
}

// Untested is the gate of a test that has not begun. It runs when all other gates are open, so that nothing is run for a release
// that is not let in, and so that it tests what is there when the release begins. others are the gates that are shut.
func Untested(t rollout.GateTest, others []rollout.Gate) rollout.Gate {
	var until time.Time
	for _, o := range others {
		if o.Until.IsZero() {
			until = time.Time{}
			break
		}
		if o.Until.After(until) {
			until = o.Until
		}
	}
	return shut(t.Name(), "It runs when the other gates are open.", until)
}

// Tested judges a test that was started. A test that takes longer than it may has failed; the caller has stopped it.
func Tested(t rollout.GateTest, run rollout.Run, p Progress, now time.Time) rollout.Gate {
	g := pass(t.Name(), fmt.Sprintf("It passed in %s.", took(run, now)))
	switch end := run.Since.Add(t.Within.Std()); {
	case p.Failed != "":
		g = fail(t.Name(), sentence(p.Failed))
	case !p.Ended && TooLong(t, run, now):
		g = fail(t.Name(), fmt.Sprintf("It took longer than %s and was stopped.", t.Within))
	case !p.Ended:
		g = shut(t.Name(), fmt.Sprintf("It runs, and has to end by %s.", moment(end.UTC())), end)
	}
	g.Run = &run
	return g
}

// TooLong says whether a test has used up its time.
func TooLong(t rollout.GateTest, run rollout.Run, now time.Time) bool {
	return !now.Before(run.Since.Add(t.Within.Std()))
}

// Unstarted is the gate of a test that can never be started, with the service's reason.
func Unstarted(t rollout.GateTest, why string) rollout.Gate { return fail(t.Name(), sentence(why)) }

func took(run rollout.Run, now time.Time) rollout.Duration {
	return rollout.Duration(now.Sub(run.Since).Round(time.Second))
}
