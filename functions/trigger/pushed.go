package trigger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/pushed"
	"sluice/shared/rollout"
	"sluice/shared/ssm"
)

// pushed makes a release for each service whose definition wants the push.
func (h *handler) pushed(ctx context.Context, e events.Raw) error {
	p, err := events.ReadPush(e)
	if err != nil {
		return err
	}
	push := pushed.Of(p)
	return h.each(ctx, e, push.Repository, func(d rollout.Definition) (rollout.Release, bool) {
		why := d.Source.Declines(push)
		if why != "" {
			h.Log.InfoContext(ctx, "passed over a push", "service", d.Service, "commit", p.Commit, "why", why)
		}
		return h.brought(d, p, push, e), why == ""
	})
}

// brought is the release of a push, for one service.
func (h *handler) brought(d rollout.Definition, p events.Push, push rollout.Push, e events.Raw) rollout.Release {
	by := first(p.Pusher, p.Author, p.Host)
	r := h.newRelease(d.Service, events.ReleaseID(d.Service, p.Commit, p.Delivery), e.ID)
	r.Revision, r.Reason, r.By = rollout.Revision{Repository: push.Repository, Commit: p.Commit, Author: p.Author}, p.Message, by
	r.Authors, r.Unlisted = push.Authors, push.Unlisted
	r.Audit[0].What = fmt.Sprintf("Pushed by %s: %s of %s is at %s.", by, p.Ref, push.Repository, r.Candidate())
	if p.Workflow != "" {
		r.Audit[0].What += fmt.Sprintf(" Its workflow %q has succeeded.", p.Workflow)
	}
	var refusal *rollout.Rejection
	if r.Fixes, refusal = d.Mends(push, e.Source == events.Source); refusal != nil {
		r.Audit = append(r.Audit, rollout.Line{At: r.Created, Who: "trigger", What: fmt.Sprintf("It begins as any other: %s; %s.", refusal.Reason, refusal.Remedy)})
	}
	return r
}

// published makes a release for each service whose definition wants the artifact.
func (h *handler) published(ctx context.Context, e events.Raw) error {
	a, err := events.ReadArtifact(e)
	if err != nil {
		return err
	}
	return h.each(ctx, e, a.Kind+"/"+a.Name, func(d rollout.Definition) (rollout.Release, bool) {
		r := h.newRelease(d.Service, events.ReleaseID(d.Service, a.Key+a.Version, a.Delivery), e.ID)
		r.By = first(a.By, a.Kind)
		if a.Kind == events.Function {
			r.Revision.Version = a.Version
			r.Audit[0].What = fmt.Sprintf("Published by %s: version %s of %s.", r.By, a.Version, a.Name)
			return r, true
		}
		if a.Kind == events.Image {
			r.Building = &rollout.Building{Image: a.Name + "@" + a.Version, Since: r.Created}
			r.Audit[0].What = fmt.Sprintf("Pushed to %s: %s.", a.Name, r.Candidate())
			return r, d.Source.Published
		}
		r.Building = &rollout.Building{S3: &rollout.Object{Bucket: a.Name, Key: a.Key}, ID: a.Version, Since: r.Created}
		r.Audit[0].What = fmt.Sprintf("Written by %s: s3://%s/%s.", r.By, a.Name, a.Key)
		return r, d.Source.S3 != nil && d.Source.S3.Holds(a.Key)
	})
}

func (h *handler) newRelease(service, id, event string) rollout.Release {
	now := h.Now()
	return rollout.Release{
		ID: id, Service: service, Place: h.place, Event: event, State: rollout.StatePlan, Created: now,
		Execution: h.machine.Execution(id), Machines: 1, Page: h.page(id), Audit: []rollout.Line{{At: now, Who: "trigger"}},
	}
}

// each looks at every service that is released from a source. A service that fails does not hold up the others. Lambda tries all of
// them again, which changes nothing for those that are done.
func (h *handler) each(ctx context.Context, e events.Raw, source string, of func(rollout.Definition) (rollout.Release, bool)) error {
	services, err := h.sources.Services(ctx, source)
	if err != nil {
		return err
	}
	if len(services) == 0 {
		h.Log.InfoContext(ctx, "nothing is released from this source", "source", source, "event", e.ID)
	}
	var failed []error
	for _, service := range services {
		d, err := h.definitions.Definition(ctx, service)
		switch {
		case ssm.IsUnknown(err): // the definition was taken away since
		case err != nil:
			failed = append(failed, err)
		case strings.EqualFold(d.SourceName(), source):
			if r, wanted := of(d); wanted {
				r.Kind = d.Target.Kind()
				failed = append(failed, h.begin(ctx, r, d.Source.WhenPushed, e.Time))
			}
		}
	}
	return errors.Join(failed...)
}

// begin starts a release, and ends the one whose place it takes. A push that comes in after a newer one is ended before it begins.
func (h *handler) begin(ctx context.Context, r rollout.Release, policy rollout.WhenPushed, at time.Time) error {
	var older, newer string
	var err error
	if policy == rollout.Newest {
		if older, newer, err = h.store.Newest(ctx, r.Service, r.ID, at); err != nil {
			return err
		}
	}
	if newer != "" {
		r.Abort = h.displacement(newer)
		r.Audit = append(r.Audit, rollout.Line{At: h.Now(), Who: "trigger", What: r.Abort.Reason})
	}
	if err := h.store.Create(ctx, r); err != nil && !dynamo.IsConflict(err) {
		return err
	}
	if _, err := h.machine.Start(ctx, r.ID, r.Cursor()); err != nil {
		return err
	}
	if policy != rollout.Newest {
		return nil
	}
	if err := h.displace(ctx, older, r.ID); err != nil {
		return err
	}
	// A push that came in meanwhile may have looked for this release before there was a record of it.
	if _, newer, err = h.store.Newest(ctx, r.Service, r.ID, at); err != nil || newer == "" {
		return err
	}
	return h.displace(ctx, r.ID, newer)
}

// displace ends a release that has not begun. One that has begun is left to whenRunning.
func (h *handler) displace(ctx context.Context, older, newer string) error {
	if older == "" {
		return nil
	}
	f := h.displacement(newer)
	err := h.store.Displaced(ctx, older, *f, rollout.Line{At: f.At, Who: "trigger", What: f.Reason})
	if err != nil && !dynamo.IsConflict(err) { // a conflict may be this function's own first try
		return err
	}
	r, err := h.store.Release(ctx, older)
	if dynamo.IsNotFound(err) { // the older one looks again when there is a record of it
		return nil
	}
	if err != nil || r.Abort == nil {
		return err
	}
	return h.machine.Wake(ctx, h.store, r.ID, h.Now())
}

func (h *handler) displacement(newer string) *rollout.Fence {
	return &rollout.Fence{Kind: rollout.ByNewer, By: newer, Reason: "Release " + newer + " of a newer push takes its place.", At: h.Now()}
}

func first(names ...string) string {
	for _, n := range names {
		if n != "" {
			return n
		}
	}
	return ""
}
