// Package trigger turns a request, a push or an artifact into a release: a record and an execution that leads it.
package trigger

import (
	"context"
	"errors"
	"fmt"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/ssm"
	"sluice/shared/start"
	"sluice/shared/stepfunctions"
)

type config struct {
	Place        string `env:"SLUICE_PLACE"`
	Table        string `env:"SLUICE_TABLE"`
	Bus          string `env:"SLUICE_BUS"`
	StateMachine string `env:"SLUICE_STATE_MACHINE"`
	Definitions  string `env:"SLUICE_DEFINITIONS"`
	Sources      string `env:"SLUICE_SOURCES"`
	Console      string `env:"SLUICE_CONSOLE" optional:"there are Regions where functions have no addresses"`
}

type handler struct {
	start.World
	place       rollout.Place
	store       store
	definitions *ssm.Definitions
	sources     *ssm.Sources
	machine     *stepfunctions.Machine
	bus         *eventbridge.Bus
	console     string
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	place, err := rollout.ParsePlace(c.Place)
	if err != nil {
		return nil, err
	}
	h := &handler{
		World: w, place: place, store: dynamo.New(w.AWS, c.Table), definitions: ssm.New(w.AWS, c.Definitions), sources: ssm.NewSources(w.AWS, c.Sources),
		machine: stepfunctions.New(w.AWS, c.StateMachine), bus: eventbridge.New(w.AWS, c.Bus), console: c.Console,
	}
	return start.Handle(w, "trigger", h.handle), nil
}

// handle is idempotent: the same event makes the same release id and the same execution name.
func (h *handler) handle(ctx context.Context, e events.Raw) (release string, err error) {
	if e.ReplayName != "" {
		h.Log.InfoContext(ctx, "ignored a replayed request", "event", e.ID)
		return "", nil
	}
	switch e.DetailType {
	case events.CommitPushed:
		return "", h.pushed(ctx, e)
	case events.ArtifactPublished:
		return "", h.published(ctx, e)
	}
	return h.requested(ctx, e)
}

// requested makes the release that somebody asks for.
func (h *handler) requested(ctx context.Context, e events.Raw) (release string, err error) {
	if e.ID == "" { // the release's id is made from it: without one each try would make another release
		return "", &events.Malformed{Field: "id", Wrong: "is missing", Remedy: "ask by the command sluice release, or send the request to Sluice's bus"}
	}
	request, err := events.ReadRequest(e)
	r := h.release(request, e.ID)
	var why *rollout.Rejection
	imaged := false
	if err == nil {
		var d rollout.Definition
		d, err = h.definitions.Definition(ctx, r.Service)
		r.Kind, imaged = d.Target.Kind(), d.Target.Image(r.Revision.Version)
		r.Audit[0].What = asked(request, d.Target.Facts())
		if f := d.Target.Facts(); err == nil && !f.Reads(r.Revision.Version) {
			why = rollout.Because(fmt.Sprintf("detail.revision is %.60q, which is not a %s", r.Revision.Version, f.Revision.Word), f.Revision.Remedy)
		}
	}
	if err != nil {
		why = rejection(r, err)
	}
	if imaged && why == nil {
		r.Building, r.Revision.Version = &rollout.Building{Image: r.Revision.Version, Since: r.Created}, ""
	}
	if why != nil {
		return r.ID, h.reject(ctx, r, why)
	}
	if err != nil {
		return r.ID, err
	}
	if err := h.store.Create(ctx, r); err != nil && !dynamo.IsConflict(err) {
		return r.ID, err
	}
	_, err = h.machine.Start(ctx, r.ID, r.Cursor())
	return r.ID, err
}

// rejection is what the sender has to mend; nil for an error that another try may not meet.
func rejection(r rollout.Release, err error) *rollout.Rejection {
	var malformed *events.Malformed
	switch {
	case errors.As(err, &malformed):
		return rollout.Because(malformed.Field+" "+malformed.Wrong, malformed.Remedy)
	case ssm.IsUnknown(err):
		return rollout.Because(fmt.Sprintf("no service is called %q", r.Service), "add infra/services/<service>.yaml and deploy, or correct detail.service")
	}
	return ssm.Rejection(err)
}

func (h *handler) release(d events.ReleaseRequest, event string) rollout.Release {
	now, id := h.Now(), d.ID(event)
	return rollout.Release{
		ID: id, Parent: d.Parent, Service: d.Service, Place: h.place, Revision: rollout.Revision{Version: d.Revision, Repository: d.Repository, Commit: d.Commit, Author: d.Author},
		Reason: d.Reason, Fixes: d.Fixes, By: d.Requester, Event: event, State: rollout.StatePlan, Created: now,
		Execution: h.machine.Execution(id), Machines: 1, Page: h.page(id),
		Audit: []rollout.Line{{At: now, Who: "trigger", What: asked(d, kind.Facts{})}},
	}
}

// asked is the first line of a release's story. What its revision is called depends on the service, which may not exist.
func asked(d events.ReleaseRequest, f kind.Facts) string {
	return fmt.Sprintf("Requested by %s: %s of %s.", d.Requester, f.Names(d.Revision), d.Service)
}

// page is the address of a release's page; empty where functions have no addresses. The address lets nobody in by itself, so it may stand in
// records, logs of jobs and statuses.
func (h *handler) page(id string) string {
	if h.console == "" {
		return ""
	}
	return h.console + "releases/" + id
}

// reject ends a release before there is anything that could lead it.
func (h *handler) reject(ctx context.Context, r rollout.Release, why *rollout.Rejection) error {
	r.Rejection, r.End, r.Ended, r.Execution = why, rollout.Rejected, h.Now(), ""
	r.Audit = append(r.Audit, rollout.Line{At: r.Ended, Who: "trigger", What: why.Reason})
	if err := h.store.Create(ctx, r); err != nil && !dynamo.IsConflict(err) {
		return err
	}
	return h.bus.Tell(ctx, events.ReleaseRejected, eventbridge.Detail(r, rollout.None, rollout.Rejected.Sentence(), r.Ended))
}
