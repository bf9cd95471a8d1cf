// Package stage is Sluice as a part of somebody's pipeline. CodePipeline invokes it for an action, or for a rule of a condition, and the pipeline
// goes on when the release has succeeded, or fails when it has not. For an action that waits for days, a state machine does (infra/stage.asl.json).
//
// It asks for a release by an event, as any job of CI may, and reads the record. It is called again and again until it answers with an end, so nothing
// waits here.
package stage

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/events"
	"sluice/shared/codepipeline"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/rollout"
	"sluice/shared/start"
)

type config struct {
	Table string `env:"SLUICE_TABLE"`
	Bus   string `env:"SLUICE_BUS"`
}

type handler struct {
	start.World
	store store
	bus   *eventbridge.Bus
	jobs  *codepipeline.Jobs
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	h := &handler{World: w, store: dynamo.New(w.AWS, c.Table), bus: eventbridge.New(w.AWS, c.Bus), jobs: codepipeline.NewJobs(w.AWS)}
	return start.Handle(w, "stage", h.handle), nil
}

// An invocation is a job of CodePipeline, or a turn of the state machine for stages.
type invocation struct {
	events.JobEvent
	events.TurnEvent
}

// handle answers a job with what it says to people, so that the log has it, and a turn with what the state machine does next. A failure of its own is tried
// again, by Lambda with the same job, by the machine with the same turn.
func (h *handler) handle(ctx context.Context, in invocation) (any, error) {
	if in.Turn != nil {
		return h.turn(ctx, *in.Turn)
	}
	return h.job(ctx, in.Job)
}

func (h *handler) job(ctx context.Context, j events.Job) (says string, err error) {
	if !j.Known() {
		h.Log.WarnContext(ctx, "passed over an event that is no job of CodePipeline")
		return "", nil
	}
	wanted, wrong := j.Reads()
	now := h.Now()
	a, err := h.answer(ctx, course{wanted: wanted, followed: follows(j, now), patience: ofJob, now: now}, wrong)
	if err != nil {
		return "", err
	}
	return a.Says, h.jobs.Answer(ctx, j.ID, a)
}

// answer looks for the release, asks for it where it is not there, and says how it stands; or what is wrong with what was asked for.
func (h *handler) answer(ctx context.Context, c course, wrong error) (_ codepipeline.Answer, err error) {
	var malformed *events.Malformed
	if errors.As(wrong, &malformed) {
		return codepipeline.Answer{Failure: types.FailureTypeConfigurationError, Says: malformed.Error()}, nil
	}
	if c.release, err = h.find(ctx, c); err != nil {
		return codepipeline.Answer{}, err
	}
	if c.asks() {
		if err := h.bus.Ask(ctx, events.StageSource, c.request()); err != nil {
			return codepipeline.Answer{}, err
		}
	}
	return c.answer(), nil
}

// recent is how many releases of a service stage looks at, to find one that is not its own.
const recent = 20

// find finds the release that the stage waits for; nil while there is none.
func (h *handler) find(ctx context.Context, c course) (*rollout.Release, error) {
	if id := c.id(); id != "" {
		r, err := h.store.Release(ctx, id)
		switch {
		case err == nil:
			return &r, nil
		case !dynamo.IsNotFound(err):
			return nil, err
		case c.followed.Release != "": // it was found before, or asked for
			return nil, nil
		}
	}
	newest, err := h.store.Recent(ctx, c.wanted.Service, recent)
	if err != nil {
		return nil, err
	}
	listed := c.among(newest)
	if listed == nil {
		return nil, nil
	}
	r, err := h.store.Release(ctx, listed.ID)
	return &r, err
}
