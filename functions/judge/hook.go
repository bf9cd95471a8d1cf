package judge

import (
	"context"

	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// broken takes a release back whose hook failed.
func (h *handler) broken(ctx context.Context, c rollout.Cursor, r rollout.Release, l rollout.Lease) (rollout.Cursor, error) {
	_, err := h.store.Raise(ctx, l.Target, l.Owner, l.Epoch, *r.Broken(h.Now()))
	return c.Go(rollout.NextBack), err
}

// due has the hook seen to that has to run before the release goes on. A freeze holds one that has not begun, as it holds a step.
func (h *handler) due(ctx context.Context, c rollout.Cursor, r rollout.Release, hook rollout.Hook) (rollout.Cursor, error) {
	if r.Ran(hook.Name) == nil {
		all, err := h.store.Freezes(ctx)
		if err != nil {
			return c, err
		}
		if f := r.FrozenBy(all, h.Now()); f != nil {
			return h.stays(c, r, *f), nil
		}
	}
	return c.Hooks(hook, r, h.Now()), nil
}

// hooked lets a release go on whose hooks have ended. A guard alarm may have gone red while they ran, and its event never came.
func (h *handler) hooked(ctx context.Context, c rollout.Cursor, r rollout.Release, l rollout.Lease) (rollout.Cursor, error) {
	if err := h.impatient(c, r); err != nil {
		return c, err
	}
	states, err := h.watcher.Alarms(ctx, l.Alarms)
	if err != nil {
		return c, err
	}
	if worst := judge.Worst(judge.Alarms(l, states, h.Now())...); worst.Verdict == judge.Fail {
		f := rollout.Fence{Kind: rollout.ByAlarm, By: worst.By, Reason: worst.Why, At: h.Now()}
		_, err := h.store.Raise(ctx, l.Target, l.Owner, l.Epoch, f)
		return c.Go(rollout.NextBack), err
	}
	return c.To(r, c.Step), nil
}
