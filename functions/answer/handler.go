// Package answer counts what people said to a question, and says what follows from it or from their silence.
package answer

import (
	"context"
	"fmt"
	"strings"

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
	store   *dynamo.Store
	watcher *cloudwatch.Watcher
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	h := &handler{World: w, store: dynamo.New(w.AWS, c.Table), watcher: cloudwatch.New(w.AWS)}
	return start.Handle(w, "answer", h.handle), nil
}

func (h *handler) handle(ctx context.Context, c rollout.Cursor) (rollout.Cursor, error) {
	r, err := h.store.Release(ctx, c.Release)
	if err != nil {
		return c, err
	}
	l, err := h.store.Lease(ctx, r.Definition.Target.ID())
	if err != nil {
		return c, err
	}
	step, a := r.Pending(c.Step)
	switch {
	case !l.HeldBy(r): // taken over: whoever holds the target now answers for it
		return c.Go(rollout.NextSettle), nil
	case l.Fence != nil:
		return c.Go(rollout.NextBack), nil
	case a == nil: // a repetition
		return c.To(r, c.Step), nil
	case r.Asked == nil || r.Asked.Digest != r.Digest(step): // its time was over before its work was done
		return c.To(r, c.Step), nil
	}
	return h.count(ctx, c, r, l, *a)
}

func (h *handler) count(ctx context.Context, c rollout.Cursor, r rollout.Release, l rollout.Lease, a rollout.Approval) (rollout.Cursor, error) {
	tally, late := r.Tally(r.Asked.Step, a), !h.Now().Before(r.Asked.Until)
	switch {
	case tally.Rejected != nil:
		no := *tally.Rejected
		return h.refuse(ctx, c, r, l, rollout.Fence{Kind: rollout.ByPerson, By: no.Person, Reason: rejection(no, r.Gets(no.Step))})
	case tally.Missing == 0:
		return h.approve(ctx, c, r, l, strings.Join(tally.Approved, " and ")+" approved")
	case late && a.WhenSilent == rollout.SilenceApproves:
		return h.approve(ctx, c, r, l, fmt.Sprintf("Nobody objected within %v, and the definition says to go on then", a.Within))
	case late:
		return h.refuse(ctx, c, r, l, rollout.Fence{Kind: rollout.BySilence, By: "ask", Reason: fmt.Sprintf("Not enough people approved within %v.", a.Within)})
	}
	again := c.To(r, c.Step) // woken for nothing: wait on
	again.Seconds = rollout.Duration(r.Asked.Until.Sub(h.Now())).Seconds()
	return again, nil
}

func rejection(no rollout.Answer, what string) string {
	said := fmt.Sprintf("%s rejected %s", no.Person, what)
	if no.Comment != "" {
		return said + ": " + no.Comment
	}
	return said + "."
}

// approve lets the release go on, unless a guard alarm went red while people were thinking, of which no event may have come.
func (h *handler) approve(ctx context.Context, c rollout.Cursor, r rollout.Release, l rollout.Lease, why string) (rollout.Cursor, error) {
	states, err := h.watcher.Alarms(ctx, l.Alarms)
	if err != nil {
		return c, err
	}
	if worst := judge.Worst(judge.Alarms(l, states, h.Now())...); worst.Verdict == judge.Fail {
		return h.refuse(ctx, c, r, l, rollout.Fence{Kind: rollout.ByAlarm, By: worst.By, Reason: worst.Why})
	}
	r.Approved = append(r.Approved, r.Asked.Step)
	if err := h.store.Counted(ctx, r, h.line(fmt.Sprintf("%s: version %s may get %s.", why, r.Revision.Version, r.Gets(r.Asked.Step)))); err != nil {
		return c, err
	}
	return c.To(r, c.Step), nil
}

// refuse ends the release: it is not let in when nothing has moved yet, and goes back otherwise.
func (h *handler) refuse(ctx context.Context, c rollout.Cursor, r rollout.Release, l rollout.Lease, f rollout.Fence) (rollout.Cursor, error) {
	if err := h.store.Counted(ctx, r, h.line(f.Reason)); err != nil {
		return c, err
	}
	if l.Weight == rollout.None && f.Kind != rollout.ByAlarm {
		why := rollout.Because(strings.TrimSuffix(f.Reason, "."), "talk to "+f.By+", then release again")
		if f.Kind == rollout.BySilence {
			why.Remedy = "release again when those who are asked have time"
		}
		return c.Go(rollout.NextSettle), h.store.Rejected(ctx, r.ID, *why, h.line("Not let in: "+why.Reason+"."))
	}
	f.At = h.Now()
	_, err := h.store.Raise(ctx, l.Target, l.Owner, l.Epoch, f)
	return c.Go(rollout.NextBack), err
}

func (h *handler) line(what string) rollout.Line {
	return rollout.Line{At: h.Now(), Who: "answer", What: what}
}
