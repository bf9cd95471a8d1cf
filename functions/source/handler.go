// Package source tells Sluice's bus, in Sluice's words, what AWS's own services say of commits and artifacts.
package source

import (
	"context"
	"errors"

	"sluice/events"
	"sluice/shared/eventbridge"
	"sluice/shared/start"
)

type config struct {
	Bus string `env:"SLUICE_BUS"`
}

type handler struct {
	start.World
	bus *eventbridge.Bus
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	h := &handler{World: w, bus: eventbridge.New(w.AWS, c.Bus)}
	return start.Handle(w, "source", h.handle), nil
}

// handle says what an event means, under the same name each time that the event comes. It passes over an event that means nothing, and
// one that cannot be read: AWS would send the same again.
func (h *handler) handle(ctx context.Context, e events.Raw) (detailType string, err error) {
	if e.ReplayName != "" {
		return "", nil
	}
	detailType, detail, err := events.FromAWS(e)
	var malformed *events.Malformed
	if errors.As(err, &malformed) {
		h.Log.WarnContext(ctx, "passed over an event that cannot be read", "source", e.Source, "event", e.ID, "field", malformed.Field, "wrong", malformed.Wrong)
		return "", nil
	}
	if err != nil || detailType == "" {
		return "", err
	}
	return detailType, h.bus.Put(ctx, detailType, detail)
}
