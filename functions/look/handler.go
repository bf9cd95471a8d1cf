// Package look judges releases each minute while they bake, so that a bad one is seen long before its bake ends. When a release is over, it retires
// the pool to which nobody may come back any more, if the definition says so. watch says which releases.
package look

import (
	"context"
	"errors"
	"slices"
	"time"

	"sluice/shared/cloudwatch"
	"sluice/shared/dynamo"
	"sluice/shared/evidence"
	"sluice/shared/judge"
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
}

type handler struct {
	start.World
	store   store
	watcher *cloudwatch.Watcher
	book    *evidence.Book
	machine *stepfunctions.Machine
	prober  traffic.Prober
	retirer traffic.Retirer
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
	table, watcher := dynamo.New(w.AWS, c.Table), cloudwatch.New(w.AWS)
	h := &handler{
		World: w, store: table, watcher: watcher, book: evidence.New(table, watcher), machine: stepfunctions.New(w.AWS, ""),
		prober: ports.Prober, retirer: ports.Retirer,
	}
	return start.Handle(w, "look", h.handle), nil
}

// handle treats each release by itself: one that cannot be looked at does not hold up the others.
func (h *handler) handle(ctx context.Context, l rollout.Looks) (struct{}, error) {
	var failed []error
	for _, id := range l.Releases {
		failed = append(failed, h.look(ctx, id))
	}
	for _, id := range l.Idle {
		failed = append(failed, h.retire(ctx, id))
	}
	return struct{}{}, errors.Join(failed...)
}

// look reads the release and its lease, consistently: much may have happened since the watch.
func (h *handler) look(ctx context.Context, id string) error {
	standing, err := h.store.Standing(ctx, id)
	r, l := standing.Release, standing.Lease
	if err != nil || r.End != "" || r.BakeUntil.IsZero() || !l.HeldBy(r) || l.Fence != nil || l.Weight != r.At(r.Step).Weight || l.Weight == rollout.None && !r.Marked(l) {
		return err
	}
	if err := h.rearm(ctx, r, l); err != nil {
		return err
	}
	findings, err := h.book.Weigh(ctx, r, l.Split(), h.Now(), h.buy)
	if err != nil {
		return err
	}
	if worst := judge.Worst(slices.DeleteFunc(findings, judge.Finding.Premature)...); worst.Verdict == judge.Fail {
		return h.back(ctx, r, l, worst)
	}
	return nil
}

// rearm gives an alarm back to the guard that was red before the release and has turned green since.
func (h *handler) rearm(ctx context.Context, r rollout.Release, l rollout.Lease) error {
	if len(l.Red) == 0 {
		return nil
	}
	states, err := h.watcher.Alarms(ctx, l.Red)
	if err != nil {
		return err
	}
	_, err = h.book.Rearm(ctx, r, l, states, "look", h.Now())
	return err
}

// back raises the fence and wakes the state machine, whose next steps bring the traffic back.
func (h *handler) back(ctx context.Context, r rollout.Release, l rollout.Lease, worst judge.Finding) error {
	now := h.Now()
	fence := rollout.Fence{Kind: rollout.ByCheck, By: worst.By, Reason: worst.Why, At: now}
	_, err := h.store.Raise(ctx, l.Target, l.Owner, l.Epoch, fence)
	if dynamo.IsConflict(err) { // it is over
		return nil
	}
	if err != nil {
		return err
	}
	if err := h.machine.Wake(ctx, h.store, r.ID, now); err != nil {
		return err
	}
	return h.store.Seen(ctx, r.ID, "Fail: "+worst.Why, rollout.Line{At: now, Who: "look", What: "Fail: " + worst.Why})
}

// buy invokes both versions in turn, as often as the definition says.
func (h *handler) buy(ctx context.Context, r rollout.Release) (judge.Arms, error) {
	var arms judge.Arms
	s, until := r.Definition.Checks.Synthetic, h.Now().Add(shopping)
	for range s.PerMinute {
		candidate, err := h.prober.Probe(ctx, r.Definition.Target, r.Revision.Version, s.Payload)
		if err != nil {
			return arms, err
		}
		stable, err := h.prober.Probe(ctx, r.Definition.Target, r.Stable, s.Payload)
		if err != nil {
			return arms, err
		}
		count(&arms.Candidate, candidate)
		count(&arms.Stable, stable)
		if h.Now().After(until) {
			break
		}
	}
	return arms, nil
}

// shopping is how long one look may make requests of its own, since others wait for it.
const shopping = 20 * time.Second

func count(c *judge.Counts, failure string) {
	c.Requests++
	if failure != "" {
		c.Errors++
	}
}
