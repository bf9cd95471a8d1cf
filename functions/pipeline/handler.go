// Package pipeline joins questions with manual approval actions of CodePipeline: what somebody says in an action answers the question,
// and what is decided about the question is put into the action that waits.
//
// An action and a question belong together when the execution in the action's stage carries the release's commit. Like button and
// console, this function finds out who said something; decide says whether it counts.
package pipeline

import (
	"context"
	"encoding/json"
	"errors"

	"sluice/events"
	"sluice/shared/codepipeline"
	"sluice/shared/dynamo"
	"sluice/shared/lambda"
	"sluice/shared/rollout"
	"sluice/shared/ssm"
	"sluice/shared/start"
)

type config struct {
	Table   string `env:"SLUICE_TABLE"`
	Sources string `env:"SLUICE_SOURCES"`
	Decide  string `env:"SLUICE_DECIDE"`
}

type handler struct {
	start.World
	store     store
	sources   *ssm.Sources
	approvals *codepipeline.Approvals
	decide    *lambda.Function
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	h := &handler{
		World: w, store: dynamo.New(w.AWS, c.Table), sources: ssm.NewSources(w.AWS, c.Sources),
		approvals: codepipeline.New(w.AWS), decide: lambda.New(w.AWS, c.Decide),
	}
	return start.Handle(w, "pipeline", h.handle), nil
}

func (h *handler) handle(ctx context.Context, e events.Raw) (struct{}, error) {
	if e.ReplayName != "" {
		return struct{}{}, nil
	}
	if e.Source == events.Source {
		return struct{}{}, h.happened(ctx, e.Detail)
	}
	said, waits, err := events.FromPipeline(e)
	var malformed *events.Malformed
	switch {
	case errors.As(err, &malformed): // AWS would send the same again
		h.Log.WarnContext(ctx, "passed over an event that cannot be read", "event", e.ID, "field", malformed.Field, "wrong", malformed.Wrong)
		return struct{}{}, nil
	case err != nil:
		return struct{}{}, err
	case said != nil:
		return struct{}{}, h.said(ctx, *said)
	case waits != nil:
		return struct{}{}, h.waits(ctx, action(waits.PipelineAction), waits.Execution)
	}
	return struct{}{}, nil
}

// happened looks whether a question of a release is decided for which an action may wait.
func (h *handler) happened(ctx context.Context, detail json.RawMessage) error {
	var d events.Release
	if err := events.Decode(detail, "detail", &d); err != nil {
		return err
	}
	r, err := h.store.Release(ctx, d.Release)
	if dynamo.IsNotFound(err) { // it was not let in, and asked nobody
		return nil
	}
	if err != nil {
		return err
	}
	var failed []error
	for _, a := range r.Definition.Approvals {
		if a.Pipeline == nil {
			continue
		}
		if decision, _ := r.Decision(a); decision != rollout.Open {
			failed = append(failed, h.decided(ctx, *a.Pipeline))
		}
	}
	return errors.Join(failed...)
}

// decided answers the action of a question that is decided, if the action waits.
func (h *handler) decided(ctx context.Context, p rollout.Pipeline) error {
	state, err := h.look(ctx, p)
	if err != nil {
		return err
	}
	return h.carry(ctx, p, state)
}

// waits answers an action that an execution reached after its question was decided.
func (h *handler) waits(ctx context.Context, p rollout.Pipeline, execution string) error {
	state, err := h.look(ctx, p)
	if err != nil || state.Execution != execution {
		return err
	}
	return h.carry(ctx, p, state)
}

// carry puts into a waiting action what was decided.
func (h *handler) carry(ctx context.Context, p rollout.Pipeline, state codepipeline.State) error {
	if state.Status != codepipeline.Waiting {
		return nil
	}
	found, err := h.releases(ctx, p, state.Execution)
	if err != nil {
		return err
	}
	decision, why := rollout.Together(p, found)
	if decision == rollout.Open {
		return nil
	}
	h.Log.InfoContext(ctx, "answered a pipeline", "pipeline", p.Source(), "decision", decision, "why", why)
	return h.approvals.Answer(ctx, p, state, decision == rollout.Approved, why)
}

// look reads an action. It passes over an action that is not there: the release goes on without it, and people answer in the other ways.
func (h *handler) look(ctx context.Context, p rollout.Pipeline) (codepipeline.State, error) {
	state, err := h.approvals.State(ctx, p)
	if errors.Is(err, codepipeline.ErrMissing) {
		h.Log.WarnContext(ctx, "a definition names a manual approval action that is not there", "pipeline", p.Source(), "error", err)
		return state, nil
	}
	return state, err
}

func action(a events.PipelineAction) rollout.Pipeline {
	return rollout.Pipeline{Name: a.Pipeline, Stage: a.Stage, Action: a.Action}
}
