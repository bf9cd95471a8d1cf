// Package ask asks people before a step moves traffic. The state that called it then waits by task token until enough of them
// have answered, or until their time is up.
package ask

import (
	"context"
	"time"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/rollout"
	"sluice/shared/start"
	"sluice/shared/stepfunctions"
)

type config struct {
	Table string `env:"SLUICE_TABLE"`
	Bus   string `env:"SLUICE_BUS"`
}

type handler struct {
	start.World
	store   store
	machine *stepfunctions.Machine
	bus     *eventbridge.Bus
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	h := &handler{World: w, store: dynamo.New(w.AWS, c.Table), machine: stepfunctions.New(w.AWS, ""), bus: eventbridge.New(w.AWS, c.Bus)}
	return start.Handle(w, "ask", h.handle), nil
}

func (h *handler) handle(ctx context.Context, t stepfunctions.Task) (struct{}, error) {
	standing, err := h.store.Standing(ctx, t.Release)
	if err != nil {
		return struct{}{}, err
	}
	waiting, err := h.ask(ctx, standing.Release, standing.Lease, t)
	if err != nil || waiting {
		return struct{}{}, err
	}
	return struct{}{}, h.machine.GoOn(ctx, t.Token)
}

// ask first writes the question and stores the token, and then tells people and looks for answers: one of the two sides sees whatever
// is said in between. When there is nobody to wait for, Count goes on at once and finds out why.
func (h *handler) ask(ctx context.Context, r rollout.Release, l rollout.Lease, t stepfunctions.Task) (waiting bool, err error) {
	if !l.HeldBy(r) || l.Fence != nil {
		return false, nil
	}
	step, a := r.Pending(t.Step)
	if a == nil {
		return false, nil
	}
	if r, err = h.asked(ctx, r, step, *a, t.Entered); err != nil {
		return false, err
	}
	rung, err := h.store.Await(ctx, r.ID, t.Token, h.Now())
	if err != nil {
		return false, err
	}
	l.Expires = r.Asked.Until.Add(rollout.Margin)
	_, err = h.store.Renew(ctx, l)
	if dynamo.IsConflict(err) { // the fence went up: nobody else would end this wait
		return false, nil
	}
	if err != nil {
		return false, err
	}
	said := r.Waiting(*a)
	if err := h.bus.Tell(ctx, events.ReleaseWaiting, eventbridge.Question(r, *a, said, h.Now())); err != nil {
		return false, err
	}
	again, err := h.store.Release(ctx, r.ID)
	return !rung && !again.Tally(step, *a).Closed(), err
}

// asked writes the question. A question that is asked again, because a wait ended for nothing, keeps its beginning and its end.
func (h *handler) asked(ctx context.Context, r rollout.Release, step int, a rollout.Approval, since time.Time) (rollout.Release, error) {
	digest := r.Digest(step)
	if r.Asked != nil && r.Asked.Digest == digest {
		return r, nil
	}
	r.Asked = &rollout.Asked{Step: step, Since: since, Until: since.Add(a.Within.Std()), Digest: digest}
	line := rollout.Line{At: h.Now(), Who: "ask", What: r.Waiting(a)}
	return r, h.store.Asked(ctx, r, line)
}
