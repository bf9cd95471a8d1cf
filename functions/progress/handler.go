// Package progress wakes releases whose build or test has ended.
package progress

import (
	"context"

	"sluice/events"
	"sluice/shared/dynamo"
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
	return start.Handle(w, "progress", h.handle), nil
}

// handle believes nothing of the event but what it is about: Plan looks at a build itself, and inspect at a test.
func (h *handler) handle(ctx context.Context, e events.Raw) (struct{}, error) {
	ended, err := events.ReadEnded(e)
	if err != nil {
		return struct{}{}, err
	}
	token, err := h.store.BuildToken(ctx, ended)
	if err == nil && token == "" {
		token, err = h.tested(ctx, ended)
	}
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.machine.Wake(ctx, token)
}

// tested rings for the release that a test ran for. Its token is empty when it does not wait yet: it hears of it when it does.
func (h *handler) tested(ctx context.Context, handle string) (token string, err error) {
	release, err := h.store.Tested(ctx, handle)
	if err != nil {
		return "", err
	}
	if release == "" {
		h.Log.InfoContext(ctx, "nobody waits for this", "ended", handle)
		return "", nil
	}
	return h.store.Ring(ctx, release, h.Now())
}
