// Package wait has a release wait in a queue or before its gates: it stores the task token that ends the wait.
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
	store   store
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

// handle stores the token first and looks afterwards, so that one of the two sides sees whatever happens in between.
func (h *handler) handle(ctx context.Context, t stepfunctions.Task) (struct{}, error) {
	r, err := h.store.Release(ctx, t.Release)
	if err != nil {
		return struct{}{}, err
	}
	over, err := h.store.Await(ctx, r.ID, t.Token, h.Now())
	if err == nil && !over {
		over, err = h.over(ctx, r.ID)
	}
	if err != nil || !over {
		return struct{}{}, err
	}
	return struct{}{}, h.machine.GoOn(ctx, t.Token)
}

// over says whether what the release waits for has come already. A release that is in no queue waits for news of its gates, or for its time-out.
func (h *handler) over(ctx context.Context, release string) (bool, error) {
	r, err := h.store.Release(ctx, release)
	if err != nil || r.Abort != nil {
		return true, err
	}
	target := r.Definition.Target.ID()
	place, err := h.store.Queued(ctx, target, r)
	switch {
	case dynamo.IsNotFound(err):
		return false, nil
	case err != nil || place.SupersededBy != "":
		return true, err
	}
	l, err := h.store.Lease(ctx, target)
	return l.Phase != rollout.Held, err
}
