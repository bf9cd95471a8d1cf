// Package wait makes a queued release wakeable: it stores the task token that ends the wait.
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
	store   *dynamo.Store
	machine *stepfunctions.Machine
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	h := &handler{store: dynamo.New(w.AWS, c.Table), machine: stepfunctions.New(w.AWS, "")}
	return start.Handle(w, "wait", h.handle), nil
}

// handle stores the token first and looks afterwards, so that whatever happens in between is seen by one of the two sides.
// A release that is not in the queue waits for its time-out.
func (h *handler) handle(ctx context.Context, t stepfunctions.Task) (struct{}, error) {
	r, err := h.store.Release(ctx, t.Release)
	if err != nil {
		return struct{}{}, err
	}
	w, err := h.store.Await(ctx, r.Definition.Target.ID(), r, t.Token)
	if dynamo.IsConflict(err) {
		return struct{}{}, nil
	}
	if err != nil {
		return struct{}{}, err
	}
	over, err := h.over(ctx, r, w)
	if err != nil || !over {
		return struct{}{}, err
	}
	return struct{}{}, h.machine.Wake(ctx, t.Token)
}

// over says whether what the release waits for has come already.
func (h *handler) over(ctx context.Context, r rollout.Release, w dynamo.Waiting) (bool, error) {
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
