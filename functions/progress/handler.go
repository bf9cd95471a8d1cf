// Package progress wakes releases whose build has ended.
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

// handle believes nothing of the event but which build it is about: Plan looks at the build itself.
func (h *handler) handle(ctx context.Context, e events.Envelope[events.Build]) (struct{}, error) {
	token, err := h.store.BuildToken(ctx, e.Detail.Build)
	if err != nil {
		return struct{}{}, err
	}
	if token == "" {
		h.Log.InfoContext(ctx, "nobody waits for this build", "build", e.Detail.Build)
	}
	return struct{}{}, h.machine.Wake(ctx, token)
}
