// Package judge looks at the alarms and the counts of a bake and says what follows.
package judge

import (
	"context"
	"fmt"
	"slices"
	"time"

	"sluice/shared/cloudwatch"
	"sluice/shared/dynamo"
	"sluice/shared/evidence"
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
	book    *evidence.Book
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	table, watcher := dynamo.New(w.AWS, c.Table), cloudwatch.New(w.AWS)
	h := &handler{World: w, store: table, watcher: watcher, book: evidence.New(table, watcher)}
	return start.Handle(w, "judge", h.handle), nil
}

// slack is how long before the end of its bake a step may be judged: the state machine's time-out counts from the
// moment before the shift.
const slack = 2 * time.Second

func (h *handler) handle(ctx context.Context, c rollout.Cursor) (rollout.Cursor, error) {
	if _, err := h.store.LookAnew(ctx, c.Release, h.Now()); err != nil {
		return c, err
	}
	standing, err := h.store.Standing(ctx, c.Release)
	if err != nil {
		return c, err
	}
	r, l := standing.Release, standing.Lease
	left := r.BakeUntil.Sub(h.Now())
	switch {
	case !l.HeldBy(r): // taken over: whoever holds the target now answers for it
		return c.Go(rollout.NextSettle), nil
	case l.Fence != nil:
		return c.Go(rollout.NextBack), nil
	case r.Broken(h.Now()) != nil:
		return h.broken(ctx, c, r, l)
	case r.Preview != nil && r.Preview.Outdated: // nothing has moved: admit looks anew at what the release changes
		return c.Go(rollout.NextOpen), nil
	case l.Promote != "" && c.Step < r.Last():
		return c.To(r, r.Last()), h.note(ctx, r, "Promoted at once by "+l.Promote+".")
	case l.Moving != "": // the service is still carrying it out
		return h.moving(c, r, l)
	case !shifted(r, l, c.Step) && r.Frozen != nil:
		return h.frozen(ctx, c, r)
	case r.Due(c.Step) != nil:
		return h.due(ctx, c, r, *r.Due(c.Step))
	case r.State == rollout.StateHook && !shifted(r, l, c.Step):
		return h.hooked(ctx, c, r, l)
	case !shifted(r, l, c.Step): // its time was over before its work was done
		return h.again(ctx, c, r)
	case left > slack && r.Unread == 0: // woken for nothing: bake on
		again := c.To(r, c.Step)
		again.Seconds = rollout.Duration(left).Seconds()
		return again, nil
	}
	return h.judge(ctx, c, r, l)
}

// shifted says whether the step's traffic was moved and read back.
func shifted(r rollout.Release, l rollout.Lease, step int) bool {
	return !r.BakeUntil.IsZero() && r.Step == step && l.Weight == r.At(step).Weight
}

// patience is how long a shift may be tried again after the bake, or the hook, before it.
const patience = 15 * time.Minute

// impatient is an error when the step's shift has not succeeded within patience: then the release breaks off.
func (h *handler) impatient(c rollout.Cursor, r rollout.Release) error {
	since := r.BakeUntil
	if since.IsZero() {
		since = r.Started
	}
	since = rollout.Later(rollout.Later(since, r.Thawed), r.HooksEnded())
	if h.Now().Sub(since) > patience+r.At(c.Step).Bake.Std() {
		return fmt.Errorf("judging step %d: its traffic was not moved within %v", c.Step+1, patience)
	}
	return nil
}

// again has the step shifted once more, which repeats only what is missing.
func (h *handler) again(ctx context.Context, c rollout.Cursor, r rollout.Release) (rollout.Cursor, error) {
	if err := h.impatient(c, r); err != nil {
		return c, err
	}
	return c.To(r, c.Step), h.note(ctx, r, fmt.Sprintf("Step %d was not shifted in time; it is tried again.", c.Step+1))
}

// frozen has a step wait on that a freeze keeps, or go on when the freeze is over.
func (h *handler) frozen(ctx context.Context, c rollout.Cursor, r rollout.Release) (rollout.Cursor, error) {
	all, err := h.store.Freezes(ctx)
	if err != nil {
		return c, err
	}
	f, again := r.FrozenBy(all, h.Now()), c.To(r, c.Step)
	if f == nil {
		return again, h.store.Thawed(ctx, r.ID, h.Now(), h.line("The freeze is over: the release goes on."))
	}
	if again.Next == rollout.NextAsk {
		return again, nil
	}
	return h.stays(c, r, *f), nil
}

// stays has a frozen release wait where it is, in Shift, which moves nothing.
func (h *handler) stays(c rollout.Cursor, r rollout.Release, f rollout.Frozen) rollout.Cursor {
	again := c.Bakes(r, c.Step)
	again.Seconds = f.Again(h.Now()).Seconds()
	return again
}

// longest is when judge gives up on a service that carries out what was written: no service that succeeds takes that long.
const longest = 4 * time.Hour

// moving has the step looked at again. When the time is over that such a move takes, it holds in all likelihood: then the step bakes.
func (h *handler) moving(c rollout.Cursor, r rollout.Release, l rollout.Lease) (rollout.Cursor, error) {
	if h.Now().Sub(l.Since) > longest {
		return c, fmt.Errorf("judging step %d: its traffic has not moved within %v: %s", c.Step+1, longest, l.Moving)
	}
	again := c.Bakes(r, c.Step)
	if !c.LookedFirst(r) {
		again.Seconds = rollout.Duration(l.Look(h.Now())).Seconds()
	}
	return again, nil
}

func (h *handler) judge(ctx context.Context, c rollout.Cursor, r rollout.Release, l rollout.Lease) (rollout.Cursor, error) {
	findings, err := h.findings(ctx, r, l, r.At(c.Step))
	if err != nil {
		return c, err
	}
	d := judge.Step(r, c.Step, findings, h.Now())
	if d.Fence != nil {
		if _, err := h.store.Raise(ctx, l.Target, l.Owner, l.Epoch, *d.Fence); err != nil {
			return c, err
		}
	}
	r = judged(r, d, judge.Worst(findings...))
	if err := h.store.Judged(ctx, r, h.line(r.Verdict)); err != nil {
		return c, err
	}
	switch {
	case d.Again:
		again := c.To(r, d.Step)
		again.Seconds = int(judge.Pause.Seconds())
		return again, nil
	case d.Next == rollout.NextShift:
		return c.To(r, d.Step), nil
	case d.Next == rollout.NextSettle:
		if err := h.untried(ctx, r); err != nil {
			return c, err
		}
		return c.To(r, r.Last()+1), nil
	}
	return c.Go(d.Next), nil
}

// untried writes a line when no request came through the target since the release began, and no check counts requests: then nobody tried what was
// promoted. Of a release that took less than five minutes this is not known yet.
func (h *handler) untried(ctx context.Context, r rollout.Release) error {
	if r.Definition.Checks.Counted() || r.Started.IsZero() || h.Now().Sub(r.Started) < 5*time.Minute {
		return nil
	}
	t := r.Definition.Target
	came, elsewhere, err := h.watcher.Came(ctx, t.Spec(), r.Started, h.Now())
	untried := fmt.Sprintf("Nothing came through %s since the release began, so no request has tried %s.", t.Spec(), r.Candidate())
	switch {
	case err != nil:
		return h.note(ctx, r, fmt.Sprintf("Whether requests came through %s could not be read (%s).", t.Spec(), cloudwatch.Why(err)))
	case came > 0:
		return nil
	case elsewhere.Requests > 0:
		return h.note(ctx, r, fmt.Sprintf("%s %d came to %s by other ways: its callers must name the %s.", untried, elsewhere.Requests, elsewhere.Of, t.Facts().Title))
	}
	return h.note(ctx, r, untried)
}

// judged is the record after a decision.
func judged(r rollout.Release, d judge.Decision, worst judge.Finding) rollout.Release {
	r.Verdict = worst.Verdict.String() + ": " + d.Note
	switch {
	case d.Again:
		r.Unread++
		return r
	case d.Extend:
		r.Extended++
	default:
		r.Extended = 0
	}
	if d.Ask {
		r = r.Hold(d.Step, *r.Definition.Checks.WhenInconclusive.Ask)
	}
	r.Unread = 0
	return r
}

// findings looks at everything that watches the step. A step without a bake was not watched, so only the alarms count. The counts are judged even
// when the alarms cannot be read.
func (h *handler) findings(ctx context.Context, r rollout.Release, l rollout.Lease, step rollout.Step) ([]judge.Finding, error) {
	findings, err := h.alarms(ctx, r, l, step)
	if err != nil {
		return nil, err
	}
	if step.Bake == 0 {
		return append(findings, judge.Finding{Verdict: judge.Pass, By: "step", Why: "The step does not bake."}), nil
	}
	serves := l.Split()
	serves.Weight = step.Weight
	counted, err := h.book.Weigh(ctx, r, serves, h.Now(), nil)
	return append(findings, counted...), err
}

func (h *handler) alarms(ctx context.Context, r rollout.Release, l rollout.Lease, step rollout.Step) ([]judge.Finding, error) {
	states, err := h.watcher.Alarms(ctx, slices.Concat(l.Alarms, l.Red, r.Definition.Checks.Alarms))
	if err != nil {
		return []judge.Finding{evidence.Unread(err)}, nil
	}
	if l, err = h.book.Rearm(ctx, r, l, states, "judge", h.Now()); err != nil { // a bake may be shorter than the time between two looks
		return nil, err
	}
	findings := judge.Alarms(l, states, h.Now())
	if step.Bake > 0 {
		findings = append(findings, judge.Checked(r.Definition.Checks.Alarms, states)...)
	}
	return findings, nil
}

func (h *handler) note(ctx context.Context, r rollout.Release, what string) error {
	return h.store.Note(ctx, r.ID, h.line(what))
}

func (h *handler) line(what string) rollout.Line {
	return rollout.Line{At: h.Now(), Who: "judge", What: what}
}
