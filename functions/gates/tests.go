package gates

import (
	"context"
	"errors"
	"time"

	"sluice/shared/codebuild"
	"sluice/shared/gates"
	"sluice/shared/rollout"
	"sluice/shared/ssm"
)

// tests says how each test stands. A test that has ended is not run again for this release. The others start as soon as nothing
// else is shut.
func (h *handler) tests(ctx context.Context, r rollout.Release, others []rollout.Gate) ([]rollout.Gate, error) {
	beside := r
	beside.Gates = others
	shut := beside.Shut()
	var found []rollout.Gate
	for _, t := range r.Definition.Gates.Tests {
		g := former(r, t.Name())
		var err error
		switch {
		case g.Runs():
			g, err = h.watch(ctx, t, *g.Run)
		case g.Run != nil || g.Verdict == rollout.GateFail, r.Overridden(t.Name(), time.Time{}) != nil:
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

// begin starts a test. Its key is made of the release and the test, so that a second try finds the run of the first. A function has no
// such key: a second try invokes it again, with the same release.
func (h *handler) begin(ctx context.Context, r rollout.Release, t rollout.GateTest) (rollout.Gate, error) {
	run := rollout.Run{Since: h.Now()}
	if t.Lambda != "" {
		p, err := h.tester.Test(ctx, t.Lambda, event(r, t), t.Within.Std())
		run.Handle = t.Lambda
		if err == nil && !p.Ended {
			run.Since = run.Since.Add(-t.Within.Std()) // its time is over, whatever the clock says
		}
		return gates.Tested(t, run, p, h.Now()), err
	}
	var err error
	if run.Handle, run.Page, err = h.start(ctx, r, t); codebuild.IsRefused(err) || ssm.IsRefused(err) {
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

func (h *handler) start(ctx context.Context, r rollout.Release, t rollout.GateTest) (handle, page string, err error) {
	if t.Automation != "" {
		handle, err = h.automations.Start(ctx, t.Automation, r.ID+" "+t.Name(), t.Parameters)
		return handle, "", err
	}
	b, err := h.builds.Start(ctx, t.CodeBuild, "", r.ID+"-test", map[string]string{
		rollout.ReleaseVariable: r.ID, rollout.ServiceVariable: r.Service, rollout.RevisionVariable: r.Revision.Version,
	})
	return b.ARN, b.Page, err
}

func event(r rollout.Release, t rollout.GateTest) rollout.GateTestEvent {
	return rollout.GateTestEvent{
		Release: r.ID, Service: r.Service, Target: r.Definition.Target.ID(), Revision: r.Revision.Version, Commit: r.Revision.Commit, Payload: t.Payload,
	}
}

// watch looks at a test that runs, and stops it when its time is over.
func (h *handler) watch(ctx context.Context, t rollout.GateTest, run rollout.Run) (rollout.Gate, error) {
	p, err := h.progress(ctx, t, run.Handle)
	if err != nil {
		return rollout.Gate{}, err
	}
	now := h.Now()
	if !p.Ended && gates.TooLong(t, run, now) {
		if err := h.stop(ctx, t, run.Handle); err != nil {
			return rollout.Gate{}, err
		}
	}
	return gates.Tested(t, run, p, now), nil
}

func (h *handler) progress(ctx context.Context, t rollout.GateTest, handle string) (gates.Progress, error) {
	if t.Automation != "" {
		return h.automations.Progress(ctx, handle)
	}
	b, err := h.builds.Build(ctx, handle)
	switch {
	case err != nil || b.Status == codebuild.Running:
		return gates.Progress{}, err
	case b.Status == codebuild.Failed:
		return gates.Progress{Ended: true, Failed: b.Why}, nil
	}
	return gates.Progress{Ended: true}, nil
}

func (h *handler) stop(ctx context.Context, t rollout.GateTest, handle string) error {
	if t.Automation != "" {
		return h.automations.Stop(ctx, handle)
	}
	return h.builds.Stop(ctx, handle)
}

// abandon stops the tests of a release that does not need them any more.
func (h *handler) abandon(ctx context.Context, r rollout.Release) error {
	var failed []error
	if r.Definition.Gates == nil {
		return nil
	}
	for _, t := range r.Definition.Gates.Tests {
		if g := former(r, t.Name()); g.Runs() {
			failed = append(failed, h.stop(ctx, t, g.Run.Handle))
		}
	}
	return errors.Join(failed...)
}
