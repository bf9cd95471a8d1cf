// Package admit lets a release begin: it takes the lease of the target, judges the target as it was found, arms the guard
// and reads the guard's alarms.
package admit

import (
	"context"

	"sluice/shared/cloudwatch"
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
	Place string `env:"SLUICE_PLACE"`
	Table string `env:"SLUICE_TABLE"`
	Bus   string `env:"SLUICE_BUS"`
	Watch string `env:"SLUICE_WATCH_RULE"`
}

type handler struct {
	start.World
	place   rollout.Place
	store   store
	mover   *traffic.Mover
	preview traffic.Previewer
	watcher *cloudwatch.Watcher
	machine *stepfunctions.Machine
	bus     *eventbridge.Bus
	watch   *eventbridge.Rule
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
	place, err := rollout.ParsePlace(c.Place)
	if err != nil {
		return nil, err
	}
	h := &handler{
		World: w, place: place, store: dynamo.New(w.AWS, c.Table), mover: traffic.Over(ports), preview: ports.Previewer, watcher: cloudwatch.New(w.AWS),
		machine: stepfunctions.New(w.AWS, ""), bus: eventbridge.New(w.AWS, c.Bus), watch: eventbridge.NewRule(w.AWS, c.Watch),
	}
	return start.Handle(w, "admit", h.handle), nil
}

func (h *handler) handle(ctx context.Context, c rollout.Cursor) (rollout.Cursor, error) {
	switch c.Next { // Plan has decided
	case rollout.NextBuild, rollout.NextAfter:
		return c, nil
	case rollout.NextSettle, rollout.NextBack:
		return c.Go(c.Next), nil
	}
	r, err := h.store.Release(ctx, c.Release)
	if err != nil {
		return c, err
	}
	if c.Next != rollout.NextOpen { // also after each wait: a gate that was open may be shut now
		if gated, err := h.gated(ctx, r); err != nil || gated {
			return c.Go(rollout.NextGates), err
		}
	}
	if r.Abort != nil {
		return c.Go(rollout.NextSettle), nil
	}
	if _, err := h.store.LookAnew(ctx, r.ID, h.Now()); err != nil {
		return c, err
	}
	if r.Preview != nil && r.Preview.Outdated && r.Epoch > 0 {
		if held, err := h.again(ctx, r); err != nil || held != nil {
			if err != nil {
				return c, err
			}
			if held.Fence != nil {
				return c.Go(rollout.NextBack), nil
			}
			return h.begin(ctx, c, r, *held)
		}
	}
	queue, err := h.store.Queue(ctx, r.Definition.Target.ID())
	if err != nil {
		return c, err
	}
	turn := r.Turn(queue)
	if turn.YieldsTo != "" {
		f := rollout.Yields(turn.YieldsTo, h.Now())
		return c.Go(rollout.NextSettle), h.store.AskAbort(ctx, r.ID, f, h.line(f.Reason))
	}
	if busy, err := h.puttingBack(ctx, r, turn); err != nil || busy {
		return c.Await(moment), err
	}
	l, taken, err := h.take(ctx, r, turn)
	switch {
	case err != nil:
		return c, err
	case !taken && turn.Tries && l.Owner != r.ID && l.BeingRetired(h.Now()):
		return c.Await(moment), nil
	case !taken:
		return h.stay(ctx, c, r, l, turn)
	}
	return h.begin(ctx, c, r, l)
}

// gated says whether the release has to look at its gates first: those of its definition, or the one that a freeze shuts. A release that has begun is
// held by a freeze before its next step.
func (h *handler) gated(ctx context.Context, r rollout.Release) (bool, error) {
	if r.Definition.Gates != nil || !r.Started.IsZero() {
		return r.Definition.Gates != nil, nil
	}
	all, err := h.store.Freezes(ctx)
	return r.FrozenBy(all, h.Now()) != nil, err
}

func (h *handler) reject(ctx context.Context, c rollout.Cursor, r rollout.Release, why *rollout.Rejection) (rollout.Cursor, error) {
	return c.Go(rollout.NextSettle), h.store.Rejected(ctx, r.ID, *why, h.line("Not let in: "+why.Reason+"."))
}

func (h *handler) line(what string) rollout.Line {
	return rollout.Line{At: h.Now(), Who: "admit", What: what}
}

func (h *handler) lines(said ...string) []rollout.Line {
	lines := make([]rollout.Line, len(said))
	for i, what := range said {
		lines[i] = h.line(what)
	}
	return lines
}
