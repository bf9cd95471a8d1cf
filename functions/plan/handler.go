// Package plan reads the definition and the target, has a missing revision built, refuses what cannot be released, and pins the steps.
package plan

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"sluice/shared/builds"
	"sluice/shared/cloudwatchlogs"
	"sluice/shared/codebuild"
	"sluice/shared/codepipeline"
	"sluice/shared/dynamo"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/ssm"
	"sluice/shared/start"
	"sluice/shared/traffic"
	"sluice/shared/traffic/kinds"
	"sluice/shared/traffic/rivals"
)

type config struct {
	Kind        string `env:"SLUICE_KIND"` // of its targets
	Table       string `env:"SLUICE_TABLE"`
	Definitions string `env:"SLUICE_DEFINITIONS"`
}

type handler struct {
	start.World
	store       store
	definitions *ssm.Definitions
	mover       *traffic.Mover
	inspector   traffic.Inspector
	rivals      rivals.Finder
	maker       traffic.Maker
	previewer   traffic.Previewer
	makers      builds.Makers
	logs        *cloudwatchlogs.Logs
	values      *ssm.Values
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	ports, err := kinds.Of(kind.ID(c.Kind), w.AWS)
	if err != nil {
		return nil, err
	}
	h := &handler{
		World: w, store: dynamo.New(w.AWS, c.Table), definitions: ssm.New(w.AWS, c.Definitions),
		mover: traffic.Over(ports), inspector: ports.Inspector, rivals: rivals.Of(kind.ID(c.Kind), w.AWS), maker: ports.Maker, previewer: ports.Previewer,
		makers: builds.Makers{CodeBuild: codebuild.New(w.AWS), CodePipeline: codepipeline.NewRuns(w.AWS)}, logs: cloudwatchlogs.New(w.AWS), values: ssm.NewValues(w.AWS),
	}
	return start.Handle(w, "plan", h.handle), nil
}

func (h *handler) handle(ctx context.Context, c rollout.Cursor) (rollout.Cursor, error) {
	if c.Next != rollout.Undecided && c.Next != rollout.NextBuild { // a new execution took the release over: the way back needs no plan
		return c.Go(c.Next), nil
	}
	r, err := h.store.Release(ctx, c.Release)
	if err != nil {
		return c, err
	}
	if r.Abort != nil || r.Rejection != nil { // decided while the revision was made
		return c.Go(rollout.NextSettle), h.abandon(ctx, r)
	}
	if r.Building == nil || len(r.Steps) == 0 { // not while it is built: the plan stands
		var why *rollout.Rejection
		if r, why, err = h.pin(ctx, r); why != nil {
			return h.reject(ctx, c, r, why)
		} else if err != nil {
			return c, err
		}
	}
	if r.Unbuilt() {
		if r, c, err = h.made(ctx, c, r); err != nil || c.Next != rollout.Undecided {
			return c, err
		}
	}
	if h.maker != nil {
		var why *rollout.Rejection
		if r, why, err = h.make(ctx, r); why != nil {
			return h.reject(ctx, c, r, why)
		} else if err != nil {
			return c, err
		}
	}
	found, err := h.examine(ctx, r)
	switch {
	case err != nil:
		return c, err
	case found.Served:
		return c.Go(rollout.NextSettle), h.store.Served(ctx, r.ID, h.line(rollout.Sentence(r.Candidate())+" serves all traffic already."))
	case found.Rejection != nil:
		return h.reject(ctx, c, r, found.Rejection)
	}
	if why, err := h.carries(ctx, r); why != nil {
		return h.reject(ctx, c, r, why)
	} else if err != nil {
		return c, err
	}
	return c.Go(rollout.Undecided), nil
}

// pin writes the definition and the steps into the record, so that a definition that is deployed later changes only later releases.
func (h *handler) pin(ctx context.Context, r rollout.Release) (rollout.Release, *rollout.Rejection, error) {
	var err error
	if r.Definition, err = h.definitions.Definition(ctx, r.Service); err != nil {
		return r, ssm.Rejection(err), err
	}
	if r.Definition.Target.Kind() != r.Kind && r.Kind != "" {
		return r, rollout.Because(fmt.Sprintf("the target was a %s when the release was asked for, and is a %s now", kind.Of(r.Kind).Title, r.Definition.Target.Facts().Title), "release it again"), nil
	}
	if why := r.Strangers(); why != nil {
		return r, why, nil
	}
	r.Steps = r.Definition.Steps()
	return r, nil, h.store.Planned(ctx, r, h.line(strings.TrimSpace(planned(r)+" "+h.caution(ctx, r))))
}

// caution is what may undo the release later. What cannot be read is none: examine finds out why.
func (h *handler) caution(ctx context.Context, r rollout.Release) string {
	wary, is := h.inspector.(traffic.Wary)
	if !is {
		return ""
	}
	said, err := wary.Caution(ctx, r.Definition.Target)
	if err != nil {
		h.Log.WarnContext(ctx, "what may undo the release cannot be read", "release", r.ID, "error", err)
	}
	return said
}

// planned says what was planned and, where going back takes its time, how much.
func planned(r rollout.Release) string {
	steps := "steps"
	if len(r.Steps) == 1 {
		steps = "step"
	}
	said := fmt.Sprintf("Planned %d %s (%s).", len(r.Steps), steps, r.Definition.Strategy.Name())
	l, lingers := r.Definition.Target.Spec().(kind.Lingering)
	if !lingers {
		return said
	}
	said += fmt.Sprintf(" Going back takes up to %s.", rollout.Duration(l.WayBack()))
	if caution := l.Caution(); caution != "" {
		said += " " + rollout.Sentence(caution) + "."
	}
	return said
}

func (h *handler) reject(ctx context.Context, c rollout.Cursor, r rollout.Release, why *rollout.Rejection) (rollout.Cursor, error) {
	return c.Go(rollout.NextSettle), h.store.Rejected(ctx, r.ID, *why, h.line(why.Reason))
}

func (h *handler) line(what string) rollout.Line {
	return rollout.Line{At: h.Now(), Who: "plan", What: what}
}

// examine finds what would make AWS refuse the shift later, and whether there is anything to do. There is nothing to do when the version serves
// everything already, no release holds the target that might take it back, and the service moves no traffic.
func (h *handler) examine(ctx context.Context, r rollout.Release) (rollout.Admission, error) {
	now, err := h.mover.Read(ctx, r.Definition.Target)
	if o := traffic.ObstacleOf(err); o != nil {
		return rollout.Admission{Rejection: rollout.Because(o.What, o.Remedy)}, nil
	}
	if err != nil {
		return rollout.Admission{}, err
	}
	if now.Plain().Serves(r.Revision.Version) {
		l, err := h.store.Lease(ctx, r.Definition.Target.ID())
		return rollout.Admission{Served: l.Phase != rollout.Held && now.Moving == ""}, err
	}
	if h.inspector == nil {
		return rollout.Admission{}, nil
	}
	why, err := h.inspector.Inspect(ctx, r.Definition.Target, r.Revision.Version, now.Stable)
	if why != nil || err != nil {
		return rollout.Admission{Rejection: why}, err
	}
	if h.previewer != nil && now.Unrest() == "" {
		if why, err := h.preview(ctx, r); why != nil || err != nil {
			return rollout.Admission{Rejection: why}, err
		}
	}
	return h.alone(ctx, r)
}

// alone refuses a target that somebody else moves, too.
func (h *handler) alone(ctx context.Context, r rollout.Release) (rollout.Admission, error) {
	why, unseen, err := h.rivals.Find(ctx, r.Definition.Target)
	if unseen != "" && err == nil {
		err = h.store.Note(ctx, r.ID, h.line(unseen))
	}
	return rollout.Admission{Rejection: why}, err
}

// preview writes what the release will change. What cannot be seen now, because the target is not at rest or its service takes longer, is seen when the release is admitted: there
// it is looked at in any case.
func (h *handler) preview(ctx context.Context, r rollout.Release) (*rollout.Rejection, error) {
	seen, why, err := traffic.Foresee(ctx, h.previewer, r)
	soon := new(rollout.NotReady)
	switch {
	case traffic.IsMoved(err), errors.As(err, &soon):
		return nil, nil
	case why != nil || err != nil:
		return why, err
	}
	r.Preview = &seen
	return nil, h.store.Previewed(ctx, r, h.line(seen.Summary()))
}
