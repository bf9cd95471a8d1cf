package plan

import (
	"context"
	"fmt"
	"time"

	"sluice/shared/builds"
	"sluice/shared/rollout"
)

// between is how long plan waits for a build before it looks at it: the event of a build's end is best effort
// (https://docs.aws.amazon.com/eventbridge/latest/ref/event-delivery-level.html).
const between = rollout.Duration(5 * time.Minute)

// made has a revision built where the release has none. While there is none yet, the cursor says where to go. When the cursor is
// undecided, the release has its revision.
func (h *handler) made(ctx context.Context, c rollout.Cursor, r rollout.Release) (rollout.Release, rollout.Cursor, error) {
	if r.Building == nil || r.Building.Build == "" {
		return r, c.Build(between), nil
	}
	if _, err := h.store.LookAnew(ctx, r.ID, h.Now()); err != nil {
		return r, c, err
	}
	source := *r.Definition.Source.Build
	b, err := h.makers.Of(source).Build(ctx, r.Building.Build)
	if err != nil {
		return r, c, err
	}
	switch b.Status {
	case builds.Running:
		return h.patience(ctx, c, r)
	case builds.Failed:
		return h.broken(ctx, c, r, b)
	}
	version := b.Exported[rollout.RevisionVariable]
	if f := r.Definition.Target.Facts(); !f.Reads(version) {
		c, err = h.reject(ctx, c, r, rollout.Because(fmt.Sprintf("the build of %s exported %.60q as %s, which is no %s", r.Candidate(), version, rollout.RevisionVariable, f.Revision.Word),
			source.Exports()))
		return r, c, err
	}
	said := fmt.Sprintf("Built %s from %s in %s.", r.Names(version), r.Candidate(), h.Now().Sub(r.Building.Since).Round(time.Second))
	r.Revision.Version = version
	return r, c.Go(rollout.Undecided), h.store.Built(ctx, r, h.line(said))
}

// make has the revision made or found that a release asks for by another word, such as an API as it is now, or a label.
func (h *handler) make(ctx context.Context, r rollout.Release) (rollout.Release, *rollout.Rejection, error) {
	version, why, err := h.maker.Make(ctx, r.Definition.Target, r.Revision.Version, r.ID)
	if why != nil || err != nil || version == r.Revision.Version {
		return r, why, rollout.Bare(err)
	}
	asked := r.Candidate()
	r.Revision.Version = version
	return r, nil, h.store.Built(ctx, r, h.line(fmt.Sprintf("%s is %s.", rollout.Sentence(asked), r.Candidate())))
}

// patience waits on until the build has taken too long, then stops it and rejects the release.
func (h *handler) patience(ctx context.Context, c rollout.Cursor, r rollout.Release) (rollout.Release, rollout.Cursor, error) {
	source := *r.Definition.Source.Build
	left := source.Within.Std() - h.Now().Sub(r.Building.Since)
	if left > 0 {
		return r, c.Build(min(between, rollout.Duration(left))), nil
	}
	if err := h.makers.Of(source).Stop(ctx, r.Building.Build); err != nil {
		return r, c, err
	}
	c, err := h.reject(ctx, c, r, rollout.Because(fmt.Sprintf("the build of %s took longer than %s", r.Candidate(), source.Within),
		"look at the build's log and push again, or give it longer in source.build.within"))
	return r, c, err
}

// broken rejects the release and keeps the end of the build's log: most people need no more. A pipeline has none.
func (h *handler) broken(ctx context.Context, c rollout.Cursor, r rollout.Release, b builds.Build) (rollout.Release, rollout.Cursor, error) {
	log, err := h.logs.Tail(ctx, b.Group, b.Stream)
	if err != nil { // a log that cannot be read is no reason to leave the release where it is
		h.Log.WarnContext(ctx, "the log of a build cannot be read", "release", r.ID, "error", err)
	}
	if r.Building.Log = log; len(log) > 0 {
		if err := h.store.Building(ctx, r); err != nil {
			return r, c, err
		}
	}
	c, err = h.reject(ctx, c, r, rollout.Because(fmt.Sprintf("the build of %s failed: %s", r.Candidate(), b.Why), "mend it and push again"))
	return r, c, err
}

// abandon stops a build that nobody waits for any more.
func (h *handler) abandon(ctx context.Context, r rollout.Release) error {
	if !r.Unbuilt() || r.Building == nil || r.Building.Build == "" {
		return nil
	}
	return h.makers.Of(*r.Definition.Source.Build).Stop(ctx, r.Building.Build)
}
