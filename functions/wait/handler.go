// Package wait makes a release wakeable that stands in a queue or before its gates: it stores the task token that ends the wait.
package wait

import (
	"context"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
	"sluice/shared/start"
	"sluice/shared/stepfunctions"
)

type config struct {
	Table string `env:"SLUICE_TABLE"`
}

type handler struct {
	start.World
	store   *dynamo.Store
	machine *stepfunctions.Machine
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	h := &handler{World: w, store: dynamo.New(w.AWS, c.Table), machine: stepfunctions.New(w.AWS, "")}
	return start.Handle(w, "wait", h.handle), nil
}

// handle stores the token first and looks afterwards, so that whatever happens in between is seen by one of the two sides.
// A release that is not in the queue waits for news of its gates, or for its time-out.
func (h *handler) handle(ctx context.Context, t stepfunctions.Task) (struct{}, error) {
	r, err := h.store.Release(ctx, t.Release)
	if err != nil {
		return struct{}{}, err
	}
	w, err := h.store.Await(ctx, r.Definition.Target.ID(), r, t.Token)
	over := false
	switch {
	case dynamo.IsConflict(err):
		over, err = h.news(ctx, r, t.Token)
	case err == nil:
		over, err = h.over(ctx, r, w)
	}
	if err != nil || !over {
		return struct{}{}, err
	}
	return struct{}{}, h.machine.Wake(ctx, t.Token)
}

// news says whether something happened since the release looked at its gates.
func (h *handler) news(ctx context.Context, r rollout.Release, token string) (bool, error) {
	rung, err := h.store.Listen(ctx, r.ID, token, h.Now())
	if err != nil || rung {
		return rung, err
	}
	again, err := h.store.Release(ctx, r.ID)
	return again.Abort != nil, err
}

// over says whether what the release waits for has come already.
func (h *handler) over(ctx context.Context, r rollout.Release, w rollout.Waiting) (bool, error) {
	if w.SupersededBy != "" {
		return true, nil
	}
	again, err := h.store.Release(ctx, r.ID)
	if err != nil || again.Abort != nil {
		return true, err
	}
	l, err := h.store.Lease(ctx, r.Definition.Target.ID())
	return l.Phase != rollout.Held, err
}
