// Package build makes the revision of a release: it starts the build, and lets the end of the build wake the release.
package build

import (
	"context"
	"fmt"

	"sluice/events"
	"sluice/shared/builds"
	"sluice/shared/codebuild"
	"sluice/shared/codepipeline"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/start"
	"sluice/shared/stepfunctions"
	"sluice/shared/traffic"
	"sluice/shared/traffic/kinds"
)

type config struct {
	Kind  string `env:"SLUICE_KIND"` // of its targets
	Table string `env:"SLUICE_TABLE"`
	Bus   string `env:"SLUICE_BUS"`
}

type handler struct {
	start.World
	store     store
	makers    builds.Makers
	publisher traffic.Publisher
	registrar traffic.Registrar
	machine   *stepfunctions.Machine
	bus       *eventbridge.Bus
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
		World: w, store: dynamo.New(w.AWS, c.Table), makers: builds.Makers{CodeBuild: codebuild.New(w.AWS), CodePipeline: codepipeline.NewRuns(w.AWS)}, publisher: ports.Publisher, registrar: ports.Registrar,
		machine: stepfunctions.New(w.AWS, ""), bus: eventbridge.New(w.AWS, c.Bus),
	}
	return start.Handle(w, "build", h.handle), nil
}

// handle judges nothing: Plan does that, as soon as the release is woken.
func (h *handler) handle(ctx context.Context, t stepfunctions.Task) (struct{}, error) {
	r, err := h.store.Release(ctx, t.Release)
	if err != nil {
		return struct{}{}, err
	}
	over, err := h.makes(ctx, r, t.Token)
	if dynamo.IsConflict(err) { // it has ended
		return struct{}{}, nil
	}
	if err != nil || !over {
		return struct{}{}, rollout.Bare(err)
	}
	return struct{}{}, h.machine.GoOn(ctx, t.Token)
}

// makes starts the build, publishes the object or registers the image, and says whether there is nothing to wait for.
func (h *handler) makes(ctx context.Context, r rollout.Release, token string) (over bool, err error) {
	switch {
	case r.Abort != nil || r.Rejection != nil || !r.Unbuilt():
		return true, nil
	case r.Building != nil && r.Building.S3 != nil:
		return true, h.publish(ctx, r)
	case r.Building != nil && r.Building.Image != "":
		return true, h.register(ctx, r)
	case r.Building == nil:
		if r, over, err = h.start(ctx, r); err != nil || over {
			return over, err
		}
	}
	if err := h.tell(ctx, r); err != nil {
		return false, err
	}
	return h.await(ctx, r, token)
}

// start begins the build. It gives the build the release's name, so that a second try finds the build of the first.
func (h *handler) start(ctx context.Context, r rollout.Release) (_ rollout.Release, over bool, err error) {
	source := r.Definition.Source
	if source == nil || source.Build == nil {
		return r, true, h.reject(ctx, r, "the definition names no build", "add source.build to infra/services/"+r.Service+".yaml and deploy, or ask for a release of a version")
	}
	b, err := h.makers.Of(*source.Build).Start(ctx, builds.Order{
		By: *source.Build, Commit: r.Revision.Commit, Token: r.ID, Variables: map[string]string{rollout.ReleaseVariable: r.ID, rollout.ServiceVariable: r.Service},
	})
	if builds.IsRefused(err) {
		return r, true, h.reject(ctx, r, err.Error(), "look at what source.build names: "+source.Build.String())
	}
	if err != nil {
		return r, false, err
	}
	r.Building = &rollout.Building{Build: b.Handle, Page: b.Page, Since: h.Now()}
	return r, false, h.store.Building(ctx, r, h.line(making(r)))
}

// making says who builds what.
func making(r rollout.Release) string {
	return rollout.Sentence(fmt.Sprintf("%s builds %s.", r.Definition.Source.Build, r.Candidate()))
}

// tell says once that the revision is being built. It writes last that it said so: after a crash in between it says so again, and not never.
func (h *handler) tell(ctx context.Context, r rollout.Release) error {
	if r.State == rollout.StateBuild {
		return nil
	}
	if err := h.bus.Tell(ctx, events.ReleaseBuilding, eventbridge.Detail(r, rollout.None, making(r), h.Now())); err != nil {
		return err
	}
	return h.store.ToldOfBuild(ctx, r.ID)
}

// await stores the token first and looks afterwards, so that one of the two sides sees whatever happens in between.
func (h *handler) await(ctx context.Context, r rollout.Release, token string) (over bool, err error) {
	if err := h.store.RunsFor(ctx, r.Building.Build, r.ID, h.Now()); err != nil {
		return false, err
	}
	if rung, err := h.store.Await(ctx, r.ID, token, h.Now()); err != nil || rung {
		return rung, err
	}
	if runs, err := h.makers.Of(*r.Definition.Source.Build).Running(ctx, r.Building.Build); err != nil || !runs {
		return true, err
	}
	again, err := h.store.Release(ctx, r.ID)
	return again.Abort != nil, err
}

// publish makes a version of an object. When nothing has changed, Lambda answers with the version that exists.
func (h *handler) publish(ctx context.Context, r rollout.Release) error {
	version, why, err := h.publisher.Publish(ctx, r.Definition.Target, *r.Building.S3, r.Building.ID)
	if err != nil {
		return err
	}
	if why != nil {
		return h.reject(ctx, r, why.Reason, why.Remedy)
	}
	r.Revision.Version = version
	return h.store.Built(ctx, r, h.line(fmt.Sprintf("Published s3://%s/%s as %s.", r.Building.S3.Bucket, r.Building.S3.Key, r.Candidate())))
}

// register makes a revision of an image. The lease says which revision is stable, of which it differs by the image alone.
func (h *handler) register(ctx context.Context, r rollout.Release) error {
	target := r.Definition.Target
	if h.registrar == nil || !target.Image(r.Building.Image) { // its definition has changed since it was asked for
		return h.reject(ctx, r, "no image becomes a revision of "+target.ID(), "name the images in the definition, and release it again")
	}
	l, err := h.store.Lease(ctx, target.ID())
	if err != nil {
		return err
	}
	image := r.Candidate()
	revision, why, err := h.registrar.Register(ctx, target, r.Building.Image, l.Left())
	if err != nil {
		return err
	}
	if why != nil {
		return h.reject(ctx, r, why.Reason, why.Remedy)
	}
	r.Revision.Version = revision
	return h.store.Built(ctx, r, h.line(fmt.Sprintf("Made %s of %s.", r.Candidate(), image)))
}

func (h *handler) reject(ctx context.Context, r rollout.Release, reason, remedy string) error {
	return h.store.Rejected(ctx, r.ID, *rollout.Because(reason, remedy), h.line(reason))
}

func (h *handler) line(what string) rollout.Line {
	return rollout.Line{At: h.Now(), Who: "build", What: what}
}
