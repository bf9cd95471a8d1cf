// Package hook sees to the hooks of a release: it runs the one that is due, and looks at it until it has ended. The state that called it then waits by
// task token until the service tells of the end, somebody has news, or it is time to look. It moves no traffic.
package hook

import (
	"context"
	"fmt"

	"sluice/events"
	"sluice/shared/codepipeline"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/jobs"
	"sluice/shared/rollout"
	"sluice/shared/ssm"
	"sluice/shared/start"
	"sluice/shared/stepfunctions"
)

type config struct {
	Table string `env:"SLUICE_TABLE"`
	Bus   string `env:"SLUICE_BUS"`
}

type handler struct {
	start.World
	store   store
	machine *stepfunctions.Machine
	bus     *eventbridge.Bus
	runner  *jobs.Runner
	values  *ssm.Values
	stages  *codepipeline.Stages
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	h := &handler{World: w, store: dynamo.New(w.AWS, c.Table), machine: stepfunctions.New(w.AWS, ""), bus: eventbridge.New(w.AWS, c.Bus), runner: jobs.New(w), values: ssm.NewValues(w.AWS), stages: codepipeline.NewStages(w.AWS)}
	return start.Handle(w, "hook", h.handle), nil
}

// handle can be repeated at any point. When there is nothing to wait for, Judge goes on at once and finds out why.
func (h *handler) handle(ctx context.Context, t stepfunctions.Task) (struct{}, error) {
	if t.PastEnd() {
		return struct{}{}, rollout.Bare(h.afterEnd(ctx, t))
	}
	standing, err := h.store.Standing(ctx, t.Release)
	if err != nil {
		return struct{}{}, err
	}
	waits, err := h.see(ctx, standing, t)
	if err != nil || waits {
		return struct{}{}, rollout.Bare(err)
	}
	return struct{}{}, h.machine.GoOn(ctx, t.Token)
}

// see sees to the hook that is due. While the release runs, it prolongs the lease first, on the condition that the fence is down: so nothing begins to
// run for a release that goes back.
func (h *handler) see(ctx context.Context, s rollout.Standing, t stepfunctions.Task) (waits bool, err error) {
	r, l := s.Release, s.Lease
	due := r.Due(t.Step)
	if r.Decided() || !l.HeldBy(r) || l.Fence != nil || due == nil {
		return false, nil
	}
	if ran := r.Ran(due.Name); ran != nil && !ran.Open() { // it failed, and the release goes back
		return false, nil
	} else if ran == nil {
		if frozen, err := h.frozen(ctx, r); err != nil || frozen { // Judge has it wait for that
			return false, err
		}
	}
	l.Expires = h.Now().Add(t.Lasts() + rollout.Margin)
	if _, err := h.store.Renew(ctx, l); dynamo.IsConflict(err) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	return h.run(ctx, r, *due, t)
}

// frozen says whether somebody's freeze holds the release where it is.
func (h *handler) frozen(ctx context.Context, r rollout.Release) (bool, error) {
	all, err := h.store.Freezes(ctx)
	return r.FrozenBy(all, h.Now()) != nil, err
}

// afterEnd stops what nobody waits for any more, and sees to the hooks that come after the end, one after the other. A promotion that goes back
// meanwhile has another execution for its hooks, after that.
func (h *handler) afterEnd(ctx context.Context, t stepfunctions.Task) error {
	r, err := h.store.Release(ctx, t.Release)
	if err != nil {
		return err
	}
	if !r.Decided() {
		return h.machine.GoOn(ctx, t.Token)
	}
	if _, err := h.store.LookAnew(ctx, r.Bell(), h.Now()); err != nil {
		return err
	}
	for _, stray := range r.Strays() {
		if r, err = h.stop(ctx, r, stray); err != nil {
			return err
		}
	}
	due := r.DueAfterEnd()
	if due == nil {
		return h.machine.GoOn(ctx, t.Token)
	}
	if waits, err := h.run(ctx, r, *due, t); err != nil || waits {
		return err
	}
	return h.machine.SeeOn(ctx, t.Token)
}

// run starts a hook, or looks at it. It stores the token before it looks for the last time, so that one of the two sides sees an end that comes meanwhile.
func (h *handler) run(ctx context.Context, r rollout.Release, hook rollout.Hook, t stepfunctions.Task) (waits bool, err error) {
	r, err = h.look(ctx, r, hook)
	if err != nil || !r.Waits(hook) || hook.After == "" && r.Decided() {
		return false, err
	}
	rung, err := h.store.Await(ctx, r.Bell(), t.Token, h.Now())
	if err != nil || rung {
		return false, err
	}
	r, err = h.look(ctx, r, hook)
	return r.Waits(hook), err
}

// look starts a hook, or looks at one that runs, and writes what is new.
func (h *handler) look(ctx context.Context, r rollout.Release, hook rollout.Hook) (rollout.Release, error) {
	before := r.Ran(hook.Name)
	var now rollout.Ran
	var err error
	switch {
	case len(hook.Carry) > 0 && hook.After == "" && (before == nil || before.Runs()):
		r, now, err = h.carry(ctx, r, hook)
	case before == nil:
		now, err = h.begin(ctx, r, hook)
	case before.Runs():
		now, err = h.watch(ctx, hook, *before.Run)
	default:
		return h.tell(ctx, r, hook, *before)
	}
	if err != nil || before != nil && now.Runs() { // it runs on
		return r, err
	}
	return h.write(ctx, r, hook, now)
}

// write keeps how a hook stands now.
func (h *handler) write(ctx context.Context, r rollout.Release, hook rollout.Hook, now rollout.Ran) (rollout.Release, error) {
	err := h.store.Hooked(ctx, r.With(now), h.line(r.Says(hook, now)))
	if dynamo.IsConflict(err) {
		return h.overtaken(ctx, r, hook, now, err)
	}
	if err != nil {
		return r, err
	}
	r = r.With(now)
	r.Hooked++
	return h.tell(ctx, r, hook, now)
}

// tell tells people of a hook that failed, and writes last that it did so: after a crash in between it tells them again, and not never.
func (h *handler) tell(ctx context.Context, r rollout.Release, hook rollout.Hook, now rollout.Ran) (rollout.Release, error) {
	if !now.Untold() {
		return r, nil
	}
	if err := h.bus.Tell(ctx, events.ReleaseHookFailed, eventbridge.Detail(r, r.At(r.Step).Weight, r.Says(hook, now), h.Now())); err != nil {
		return r, err
	}
	now.Told = true
	told := r.With(now)
	if err := h.store.Hooked(ctx, told); dynamo.IsConflict(err) {
		return h.overtaken(ctx, r, hook, now, err)
	} else if err != nil {
		return r, err
	}
	told.Hooked++
	return told, nil
}

// overtaken finds out why how a hook stands could not be written. Somebody who wrote something else is met again at the next try.
func (h *handler) overtaken(ctx context.Context, r rollout.Release, hook rollout.Hook, now rollout.Ran, conflict error) (rollout.Release, error) {
	kept, err := h.store.Release(ctx, r.ID)
	if err != nil {
		return r, err
	}
	if kept.Decided() == r.Decided() {
		return r, conflict
	}
	if now.Runs() {
		return kept, h.runner.Stop(ctx, hook.Job, now.Run.Handle)
	}
	return kept, nil
}

func (h *handler) line(what string) rollout.Line {
	return rollout.Line{At: h.Now(), Who: "hook", What: what}
}

func key(r rollout.Release, hook rollout.Hook) string {
	return fmt.Sprintf("%s hook %s", r.ID, hook.Name)
}
