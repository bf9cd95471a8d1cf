// Package progress wakes releases whose build or test has ended, and those whose target was moved by its service.
package progress

import (
	"context"

	"sluice/events"
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
	return start.Handle(w, "progress", h.handle), nil
}

// handle reads from the event only which build or test it is about: Plan looks at the build itself, and Gates at the test.
func (h *handler) handle(ctx context.Context, e events.Raw) (struct{}, error) {
	if events.Moves(e) {
		return struct{}{}, h.moved(ctx, e)
	}
	ended, err := events.ReadEnded(e)
	if err != nil {
		return struct{}{}, err
	}
	release, err := h.store.ReleaseOf(ctx, ended)
	if err != nil {
		return struct{}{}, err
	}
	if release == "" {
		h.Log.InfoContext(ctx, "nobody waits for this", "ended", ended)
		return struct{}{}, nil
	}
	return struct{}{}, h.machine.Wake(ctx, h.store, release, h.Now())
}

// moved wakes the release that waits for a target's service, on its way forward or back: it looks at the target itself. While a step bakes, and while a
// promoted release is armed, nobody waits for the service.
func (h *handler) moved(ctx context.Context, e events.Raw) error {
	target, err := events.ReadMoved(e)
	if err != nil {
		return err
	}
	l, err := h.store.Lease(ctx, target)
	if err != nil {
		return err
	}
	if l.Phase == rollout.Free || l.Moving == "" && l.Fence == nil {
		h.Log.InfoContext(ctx, "nobody waits for this", "target", target)
		return nil
	}
	return h.machine.Wake(ctx, h.store, l.Owner, h.Now())
}
