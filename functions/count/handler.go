// Package count counts what people said to a question, and says what follows from it or from their silence.
package count

import (
	"context"

	"sluice/shared/cloudwatch"
	"sluice/shared/dynamo"
	"sluice/shared/judge"
	"sluice/shared/rollout"
	"sluice/shared/start"
)

type config struct {
	Table string `env:"SLUICE_TABLE"`
}

type handler struct {
	start.World
	store   store
	watcher *cloudwatch.Watcher
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	h := &handler{World: w, store: dynamo.New(w.AWS, c.Table), watcher: cloudwatch.New(w.AWS)}
	return start.Handle(w, "count", h.handle), nil
}

func (h *handler) handle(ctx context.Context, c rollout.Cursor) (rollout.Cursor, error) {
	if _, err := h.store.LookAnew(ctx, c.Release, h.Now()); err != nil {
		return c, err
	}
	standing, err := h.store.Standing(ctx, c.Release)
	if err != nil {
		return c, err
	}
	r, l := standing.Release, standing.Lease
	count := r.Count(c, l, h.Now())
	if count.Approves() { // a guard alarm may have gone red while people were thinking, and its event never came
		red, err := h.red(ctx, l)
		if err != nil {
			return c, err
		}
		if red != nil {
			count = r.Refused(c, l, *red)
		}
	}
	return count.Next, h.close(ctx, r, l, count)
}

// red is why a guard alarm keeps the release from going on; nil when none does.
func (h *handler) red(ctx context.Context, l rollout.Lease) (*rollout.Fence, error) {
	states, err := h.watcher.Alarms(ctx, l.Alarms)
	if err != nil {
		return nil, err
	}
	worst := judge.Worst(judge.Alarms(l, states, h.Now())...)
	if worst.Verdict != judge.Fail {
		return nil, nil
	}
	return &rollout.Fence{Kind: rollout.ByAlarm, By: worst.By, Reason: worst.Why, At: h.Now()}, nil
}

// close closes the question, and ends the release where that follows. An answer that came meanwhile is ErrConflict: the next try counts it.
func (h *handler) close(ctx context.Context, r rollout.Release, l rollout.Lease, count rollout.Count) error {
	if count.Closed == "" {
		return nil
	}
	r.Approved = count.Approved
	if err := h.store.Counted(ctx, r, h.line(count.Closed)); err != nil {
		return err
	}
	if why := count.Rejection; why != nil {
		return h.store.Rejected(ctx, r.ID, *why, h.line("Not let in: "+why.Reason+"."))
	}
	if count.Fence != nil {
		_, err := h.store.Raise(ctx, l.Target, l.Owner, l.Epoch, *count.Fence)
		return err
	}
	return nil
}

func (h *handler) line(what string) rollout.Line {
	return rollout.Line{At: h.Now(), Who: "count", What: what}
}
