// Package trigger turns a release.requested event into a release: a record and an execution that leads it.
package trigger

import (
	"context"
	"fmt"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/rollout"
	"sluice/shared/ssm"
	"sluice/shared/start"
	"sluice/shared/stepfunctions"
)

type config struct {
	Table        string `env:"SLUICE_TABLE"`
	Bus          string `env:"SLUICE_BUS"`
	StateMachine string `env:"SLUICE_STATE_MACHINE"`
	Definitions  string `env:"SLUICE_DEFINITIONS"`
}

type handler struct {
	start.World
	store       *dynamo.Store
	definitions *ssm.Definitions
	machine     *stepfunctions.Machine
	bus         *eventbridge.Bus
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	h := &handler{
		World: w, store: dynamo.New(w.AWS, c.Table), definitions: ssm.New(w.AWS, c.Definitions),
		machine: stepfunctions.New(w.AWS, c.StateMachine), bus: eventbridge.New(w.AWS, c.Bus),
	}
	return start.Handle(w, "trigger", h.handle), nil
}

// handle is idempotent: the same event makes the same release id and the same execution name.
func (h *handler) handle(ctx context.Context, e events.Envelope[events.ReleaseRequest]) (release string, err error) {
	if e.ReplayName != "" {
		h.Log.InfoContext(ctx, "ignored a replayed request", "event", e.ID)
		return "", nil
	}
	r := h.release(e)
	switch _, err := h.definitions.Definition(ctx, r.Service); {
	case ssm.IsUnknown(err):
		return r.ID, h.reject(ctx, r)
	case err != nil:
		return r.ID, err
	}
	if err := h.store.Create(ctx, r); err != nil && !dynamo.IsConflict(err) {
		return r.ID, err
	}
	_, err = h.machine.Start(ctx, r.ID, rollout.Cursor{Release: r.ID, Seconds: 1})
	return r.ID, err
}

func (h *handler) release(e events.Envelope[events.ReleaseRequest]) rollout.Release {
	d, now := e.Detail, h.Now()
	by := d.Requester
	if by == "" {
		by = e.Source
	}
	id := events.ReleaseID(d.Service, d.Revision, e.ID)
	return rollout.Release{
		ID: id, Service: d.Service, Revision: rollout.Revision{Version: d.Revision, Commit: d.Commit, Author: d.Author},
		Reason: d.Reason, By: by, Event: e.ID, State: rollout.StatePlan, Created: now,
		Execution: h.machine.Execution(id), Machines: 1,
		Audit: []rollout.Line{{At: now, Who: "trigger", What: fmt.Sprintf("Requested by %s: version %s of %s.", by, d.Revision, d.Service)}},
	}
}

// reject ends a release before there is anything that could lead it.
func (h *handler) reject(ctx context.Context, r rollout.Release) error {
	r.Rejection = rollout.Because(fmt.Sprintf("no service is called %q", r.Service),
		"add infra/services/<service>.yaml and deploy, or correct detail.service")
	r.End, r.Ended, r.Execution = rollout.Rejected, h.Now(), ""
	r.Audit = append(r.Audit, rollout.Line{At: r.Ended, Who: "trigger", What: r.Rejection.Reason})
	if err := h.store.Create(ctx, r); err != nil && !dynamo.IsConflict(err) {
		return err
	}
	return h.bus.Tell(ctx, events.ReleaseRejected, eventbridge.Detail(r, rollout.None, rollout.Rejected.Sentence(), r.Ended))
}
