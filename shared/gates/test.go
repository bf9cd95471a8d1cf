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
func Untested(t rollout.Job, others []rollout.Gate) rollout.Gate {
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
	return shut(t.Gate(), "It runs when the other gates are open.", until)
}

// Tested judges a test that was started. A test that takes longer than it may has failed; the caller has stopped it.
func Tested(t rollout.Job, run rollout.Run, p Progress, now time.Time) rollout.Gate {
	g := pass(t.Gate(), fmt.Sprintf("It passed in %s.", took(run, now)))
	switch end := run.Since.Add(t.Within.Std()); {
	case p.Failed != "":
		g = fail(t.Gate(), sentence(p.Failed))
	case !p.Ended && TooLong(t, run, now):
		g = fail(t.Gate(), fmt.Sprintf("It took longer than %s and was stopped.", t.Within))
	case !p.Ended:
		g = shut(t.Gate(), fmt.Sprintf("It runs, and has to end by %s.", moment(end.UTC())), end)
	}
	g.Run = &run
	return g
}

// TooLong says whether a test has used up its time.
func TooLong(t rollout.Job, run rollout.Run, now time.Time) bool {
	return !now.Before(run.Since.Add(t.Within.Std()))
}

// Unstarted is the gate of a test that can never be started, with the service's reason.
func Unstarted(t rollout.Job, why string) rollout.Gate { return fail(t.Gate(), sentence(why)) }

func took(run rollout.Run, now time.Time) rollout.Duration {
	return rollout.Duration(now.Sub(run.Since).Round(time.Second))
}

// Hooked judges a hook that was started.
func Hooked(h rollout.Hook, run rollout.Run, p Progress, now time.Time) rollout.Ran {
	return ran(h, Tested(h.Job, run, p, now), now)
}

// Unhooked is a hook that can never be started, with the service's reason.
func Unhooked(h rollout.Hook, why string, now time.Time) rollout.Ran {
	return ran(h, Unstarted(h.Job, why), now)
}

// ran is how a hook stands whose job would be such a gate.
func ran(h rollout.Hook, g rollout.Gate, now time.Time) rollout.Ran {
	r := rollout.Ran{Name: h.Name, Verdict: g.Verdict, Why: g.Why, Until: g.Until, Run: g.Run}
	if !r.Runs() {
		r.Ended = now
	}
	return r
}
