package hook

import (
	"context"
	"fmt"
	"time"

	"sluice/shared/gates"
	"sluice/shared/jobs"
	"sluice/shared/rollout"
)

// begin starts a hook. Its key is made of the release and the hook, so that a second try finds the run of the first. A function and an endpoint have
// no such key: a second try asks them again, with the same event.
func (h *handler) begin(ctx context.Context, r rollout.Release, hook rollout.Hook) (rollout.Ran, error) {
	switch {
	case len(hook.Carry) > 0:
		return h.putBack(ctx, r, hook)
	case hook.Stage != nil:
		return h.takeBack(ctx, r, hook)
	}
	run, e := rollout.Run{Since: h.Now()}, r.HookEvent(hook)
	if hook.Answers() {
		run, p, err := h.runner.Invoke(ctx, hook.Job, e, run)
		return gates.Hooked(hook, run, p, h.Now()), err
	}
	run, err := h.runner.Start(ctx, hook.Job, key(r, hook), e, run)
	if jobs.IsRefused(err) {
		return gates.Unhooked(hook, err.Error(), h.Now()), nil
	}
	if err != nil {
		return rollout.Ran{}, err
	}
	if err := h.store.RunsFor(ctx, run.Handle, r.Bell(), h.Now()); err != nil {
		return rollout.Ran{}, err
	}
	return gates.Hooked(hook, run, gates.Progress{}, h.Now()), nil
}

// watch looks at a hook that runs, and stops it when its time is over.
func (h *handler) watch(ctx context.Context, hook rollout.Hook, run rollout.Run) (rollout.Ran, error) {
	if hook.Stage != nil {
		return h.takenBack(ctx, hook, run)
	}
	p, err := h.runner.Progress(ctx, hook.Job, run.Handle)
	if err != nil {
		return rollout.Ran{}, err
	}
	now := h.Now()
	if !p.Ended && gates.TooLong(hook.Job, run, now) {
		if err := h.runner.Stop(ctx, hook.Job, run.Handle); err != nil {
			return rollout.Ran{}, err
		}
	}
	return gates.Hooked(hook, run, p, now), nil
}

// stop ends a hook that nobody waits for. What it has done by then stays. Parameters are put back once nobody can write them any more: until then the
// state tries again.
func (h *handler) stop(ctx context.Context, r rollout.Release, hook rollout.Hook) (rollout.Release, error) {
	ran := *r.Ran(hook.Name)
	switch {
	case !ran.Writes():
		if err := h.runner.Stop(ctx, hook.Job, ran.Run.Handle); err != nil {
			return r, err
		}
	case h.Now().Before(ran.Until):
		return r, fmt.Errorf("hook %s of %s may write until %s", hook.Name, r.ID, ran.Until.UTC().Format(time.TimeOnly))
	}
	ran.Verdict, ran.Why, ran.Ended = rollout.GateFail, "It was stopped, because the release had ended.", h.Now()
	return h.write(ctx, r, hook, ran)
}
