package gates

import (
	"context"
	"errors"
	"time"

	"sluice/shared/gates"
	"sluice/shared/jobs"
	"sluice/shared/rollout"
)

// tests says how each test stands. A test that has ended is not run again for this release. The others start as soon as nothing
// else is shut.
func (h *handler) tests(ctx context.Context, r rollout.Release, others []rollout.Gate) ([]rollout.Gate, error) {
	beside := r
	beside.Gates = others
	shut := beside.Shut()
	var found []rollout.Gate
	for _, t := range r.Definition.Gates.Tests {
		g := former(r, t.Gate())
		var err error
		switch {
		case g.Runs():
			g, err = h.watch(ctx, t, *g.Run)
		case g.Run != nil || g.Verdict == rollout.GateFail, r.Overridden(t.Gate(), time.Time{}) != nil:
		case len(shut) > 0:
			g = gates.Untested(t, shut)
		default:
			g, err = h.begin(ctx, r, t)
		}
		if err != nil {
			return nil, err
		}
		found = append(found, g)
	}
	return found, nil
}

// former is how a gate stood at the last look.
func former(r rollout.Release, name string) rollout.Gate {
	for _, g := range r.Gates {
		if g.Name == name {
			return g
		}
	}
	return rollout.Gate{Name: name, Verdict: rollout.GateWait}
}

// begin starts a test. Its key is made of the release and the test, so that a second try finds the run of the first. A function and an
// endpoint have no such key: a second try asks them again, with the same release.
func (h *handler) begin(ctx context.Context, r rollout.Release, t rollout.Job) (rollout.Gate, error) {
	run, e := rollout.Run{Since: h.Now()}, r.JobEvent(t)
	if t.Answers() {
		run, p, err := h.runner.Invoke(ctx, t, e, run)
		return gates.Tested(t, run, p, h.Now()), err
	}
	run, err := h.runner.Start(ctx, t, r.ID+" "+t.Gate(), e, run)
	if jobs.IsRefused(err) {
		return gates.Unstarted(t, err.Error()), nil
	}
	if err != nil {
		return rollout.Gate{}, err
	}
	if err := h.store.RunsFor(ctx, run.Handle, r.ID, h.Now()); err != nil {
		return rollout.Gate{}, err
	}
	return h.watch(ctx, t, run) // it may have ended before anybody knew which release to wake
}

// watch looks at a test that runs, and stops it when its time is over.
func (h *handler) watch(ctx context.Context, t rollout.Job, run rollout.Run) (rollout.Gate, error) {
	p, err := h.runner.Progress(ctx, t, run.Handle)
	if err != nil {
		return rollout.Gate{}, err
	}
	now := h.Now()
	if !p.Ended && gates.TooLong(t, run, now) {
		if err := h.runner.Stop(ctx, t, run.Handle); err != nil {
			return rollout.Gate{}, err
		}
	}
	return gates.Tested(t, run, p, now), nil
}

// abandon stops the tests of a release that does not need them any more.
func (h *handler) abandon(ctx context.Context, r rollout.Release) error {
	var failed []error
	if r.Definition.Gates == nil {
		return nil
	}
	for _, t := range r.Definition.Gates.Tests {
		if g := former(r, t.Gate()); g.Runs() {
			failed = append(failed, h.runner.Stop(ctx, t, g.Run.Handle))
		}
	}
	return errors.Join(failed...)
}
