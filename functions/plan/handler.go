// Package plan reads the definition and the target, refuses what cannot be released, and pins the steps.
package plan

import (
	"context"
	"fmt"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
	"sluice/shared/ssm"
	"sluice/shared/start"
	"sluice/shared/traffic"
	"sluice/shared/traffic/lambdaalias"
)

type config struct {
	Table       string `env:"SLUICE_TABLE"`
	Definitions string `env:"SLUICE_DEFINITIONS"`
}

type handler struct {
	start.World
	store       *dynamo.Store
	definitions *ssm.Definitions
	router      traffic.Router
	inspector   *lambdaalias.Inspector
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	h := &handler{
		World: w, store: dynamo.New(w.AWS, c.Table), definitions: ssm.New(w.AWS, c.Definitions),
		router: lambdaalias.New(w.AWS), inspector: lambdaalias.NewInspector(w.AWS),
	}
	return start.Handle(w, "plan", h.handle), nil
}

func (h *handler) handle(ctx context.Context, c rollout.Cursor) (rollout.Cursor, error) {
	if c.Next != rollout.Undecided { // a takeover: the way back needs no plan
		return c.Go(c.Next), nil
	}
	r, err := h.store.Release(ctx, c.Release)
	if err != nil {
		return c, err
	}
	r.Definition, err = h.definitions.Definition(ctx, r.Service)
	if why := ssm.Rejection(err); why != nil {
		return h.reject(ctx, c, r, why)
	}
	if err != nil {
		return c, err
	}
	r.Steps = r.Definition.Strategy.Steps()
	line := rollout.Line{At: h.Now(), Who: "plan", What: fmt.Sprintf("Planned %d steps (%s).", len(r.Steps), r.Definition.Strategy.Name())}
	if err := h.store.Planned(ctx, r, line); err != nil {
		return c, err
	}
	rejection, err := h.inspect(ctx, r)
	if err != nil || rejection == nil {
		return c.Go(rollout.Undecided), err
	}
	return h.reject(ctx, c, r, rejection)
}

func (h *handler) reject(ctx context.Context, c rollout.Cursor, r rollout.Release, why *rollout.Rejection) (rollout.Cursor, error) {
	line := rollout.Line{At: h.Now(), Who: "plan", What: why.Reason}
	return c.Go(rollout.NextSettle), h.store.Rejected(ctx, r.ID, *why, line)
}

// inspect finds what would make AWS refuse the shift later.
func (h *handler) inspect(ctx context.Context, r rollout.Release) (*rollout.Rejection, error) {
	alias := *r.Definition.Target.LambdaAlias
	now, err := h.router.Read(ctx, r.Definition.Target)
	if lambdaalias.IsNotFound(err) {
		return rollout.Because(fmt.Sprintf("function %s has no alias %s", alias.Function, alias.Alias),
			fmt.Sprintf("aws lambda create-alias --function-name %s --name %s --function-version <stable version>", alias.Function, alias.Alias)), nil
	}
	if err != nil {
		return nil, err
	}
	candidate, err := h.inspector.Candidate(ctx, alias, r.Revision.Version, now.Stable)
	if err != nil {
		return nil, err
	}
	return candidate.Check(alias), nil
}
