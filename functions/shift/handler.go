// Package shift moves the weight of a step and reads it back. The state that called it then waits by task token until the
// bake ends, or until somebody wakes it.
package shift

import (
	"context"
	"fmt"
	"time"

	"sluice/events"
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
	store   store
	ports   traffic.Ports
	tester  traffic.Tester
	machine *stepfunctions.Machine
	bus     *eventbridge.Bus
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
		World: w, store: dynamo.New(w.AWS, c.Table), ports: ports, tester: traffic.TesterOf(ports, w.Public),
		machine: stepfunctions.New(w.AWS, ""), bus: eventbridge.New(w.AWS, c.Bus),
	}
	return start.Handle(w, "shift", h.handle), nil
}

func (h *handler) handle(ctx context.Context, t stepfunctions.Task) (struct{}, error) {
	standing, err := h.store.Standing(ctx, t.Release)
	if err != nil {
		return struct{}{}, err
	}
	baking, err := h.shift(ctx, standing.Release, standing.Lease, t)
	if err != nil || baking {
		return struct{}{}, rollout.Bare(err)
	}
	return struct{}{}, h.machine.GoOn(ctx, t.Token)
}

// shift carries out the step. When it does not bake, Judge goes on at once and finds out why.
func (h *handler) shift(ctx context.Context, r rollout.Release, l rollout.Lease, t stepfunctions.Task) (baking bool, err error) {
	if !l.HeldBy(r) || l.Fence != nil {
		return false, nil
	}
	step := r.At(t.Step)
	if outdated, err := h.outdated(ctx, r, l); outdated || err != nil {
		return false, err
	}
	if f, err := h.frozen(ctx, r, l, t.Step); err != nil {
		return false, err
	} else if f != nil {
		return h.freeze(ctx, r, l, *f, t)
	} else if r.Frozen != nil && !moved(r, l, t.Step) { // it was lifted this very moment: Judge sets the time of the bake
		return false, nil
	}
	if t.Step > r.Last() || r.Due(t.Step) != nil { // it came here to wait for the end of a freeze: its hooks come first
		return false, nil
	}
	if !moved(r, l, t.Step) {
		if passed, err := h.test(ctx, r, l, step); err != nil || !passed {
			return false, err
		}
	}
	split, err := h.move(ctx, r, l, step)
	if traffic.IsOutdated(err) {
		return false, h.forget(ctx, r)
	}
	if traffic.IsMoved(err) {
		return false, h.raise(ctx, l, rollout.ByIntruder, "somebody", fmt.Sprintf("Somebody else moved the traffic of %s: %v.", l.Target, split))
	}
	if traffic.IsFenced(err) {
		return false, nil
	}
	if o := traffic.ObstacleOf(err); traffic.IsUnfilled(err) {
		return false, h.unfilled(ctx, r, l, o.What)
	} else if o != nil {
		return false, h.raise(ctx, l, rollout.ByBreakdown, "shift", "The traffic cannot move: "+o.What+".")
	}
	if err != nil {
		return false, err
	}
	if split.Filling && l.Moving != "" && h.Now().Sub(l.Since) > filling {
		return false, h.unfilled(ctx, r, l, fmt.Sprintf("%s after %v", split.Moving, filling))
	}
	if split.Moving != "" {
		return h.moving(ctx, l, split, t)
	}
	return h.bake(ctx, r, l, split, step, t)
}

// filling is how long the candidate's pool may take to come up, whatever fills it.
const filling = time.Hour

// unfilled gives a candidate up that does not come up. Once it had traffic, its release goes back as any other does.
func (h *handler) unfilled(ctx context.Context, r rollout.Release, l rollout.Lease, why string) error {
	by := rollout.ByCapacity
	if l.Weight > rollout.None || r.Marked(l) {
		by = rollout.ByBreakdown
	}
	return h.raise(ctx, l, by, "shift", "The candidate does not come up: "+why+".")
}

// moving has the step wait while the service is carrying out what was written, until the next look at it. Where the state would wait longer than that,
// Judge goes on at once and sets the time. The bake begins when the move is done.
func (h *handler) moving(ctx context.Context, l rollout.Lease, split rollout.Split, t stepfunctions.Task) (waits bool, err error) {
	if l.Moving == "" {
		l.Since = h.Now()
	}
	l.Tag, l.Moving, l.Expires = split.Tag, split.Moving, h.Now().Add(rollout.Margin)
	soon, rung := t.Lasts() <= 2*l.Look(h.Now()), false
	if soon {
		if rung, err = h.store.Await(ctx, l.Owner, t.Token, h.Now()); err != nil {
			return false, err
		}
	}
	if _, err = h.store.Moved(ctx, l); dynamo.IsConflict(err) { // the fence is up
		return false, nil
	}
	return soon && !rung, err
}

// test tries the candidate before it gets traffic, when the step asks for that.
func (h *handler) test(ctx context.Context, r rollout.Release, l rollout.Lease, step rollout.Step) (passed bool, err error) {
	if step.Test == nil {
		return true, nil
	}
	failure, err := h.tester.Test(ctx, r.Definition.Target, r.Revision.Version, *step.Test)
	if o := traffic.ObstacleOf(err); o != nil {
		return false, h.raise(ctx, l, rollout.ByBreakdown, "shift", "The candidate cannot be tested: "+o.What+".")
	}
	if err != nil || failure == "" {
		return err == nil, err
	}
	return false, h.raise(ctx, l, rollout.ByCheck, "test", fmt.Sprintf("The test %s of %s failed: %s", trial(r), r.Candidate(), failure))
}

// trial is what a test is made by.
func trial(r rollout.Release) string {
	if r.Definition.Target.Facts().Asks {
		return "request"
	}
	return "invocation"
}

func (h *handler) raise(ctx context.Context, l rollout.Lease, kind rollout.FenceKind, by, reason string) error {
	_, err := h.store.Raise(ctx, l.Target, l.Owner, l.Epoch, rollout.Fence{Kind: kind, By: by, Reason: reason, At: h.Now()})
	return err
}

func (h *handler) move(ctx context.Context, r rollout.Release, l rollout.Lease, step rollout.Step) (rollout.Split, error) {
	to := rollout.Split{Stable: l.Stable, Candidate: l.Candidate, Weight: step.Weight, Marked: step.Marked, Begun: l.Weight > rollout.None}
	if l.Moving != "" { // the move was begun before
		to.Tag, to.Since = l.Tag, l.Since
	}
	l.Expires = h.Now().Add(step.Bake.Std() + rollout.Margin)
	return traffic.Along(h.ports, r.Course()).Forward(ctx, r.Definition.Target, to, &permit{store: h.store, now: h.Now, lease: l, marked: r.Marked(l), to: to})
}

// bake writes what was read back, and has the step bake.
func (h *handler) bake(ctx context.Context, r rollout.Release, l rollout.Lease, split rollout.Split, step rollout.Step, t stepfunctions.Task) (bool, error) {
	if l.Moving != "" {
		l = l.Learned(h.Now())
	}
	l.Moving, r.Takes, r.TakesLater = "", l.Takes, l.TakesLater
	onlyEvidence := r.Unread > 0 && r.Step == t.Step                                                  // the bake is over
	if stillBakes := moved(r, l, t.Step) && h.Now().Before(r.BakeUntil); stillBakes || onlyEvidence { // nothing new to tell
		if r.State == rollout.StateShift && !l.Baking.Equal(r.BakeUntil) { // or an earlier try died before anybody heard of it
			if err := h.tell(ctx, r, l, step); err != nil {
				return false, err
			}
		}
		l.Tag, l.Baking, l.Expires = split.Tag, r.BakeUntil, rollout.Later(h.Now(), r.BakeUntil).Add(rollout.Margin)
		return h.wait(ctx, l, step, t.Token)
	}
	begins := t.Entered
	if now := h.Now(); now.Sub(begins) > late { // shift waited for the candidate or its test: the whole bake is still to come
		begins = now
	}
	r.Step, r.BakeUntil = t.Step, begins.Add(step.Bake.Std())
	l.Weight, l.Tag, l.Baking, l.Expires = step.Weight, split.Tag, r.BakeUntil, r.BakeUntil.Add(rollout.Margin)
	if err := h.store.Shifted(ctx, r, rollout.Line{At: h.Now(), Who: "shift", What: gets(r, l, step)}); err != nil {
		return false, err
	}
	if err := h.tell(ctx, r, l, step); err != nil {
		return false, err
	}
	return h.wait(ctx, l, step, t.Token)
}

// gets says what the candidate gets by the step at which the record is.
func gets(r rollout.Release, l rollout.Lease, step rollout.Step) string {
	return fmt.Sprintf("%s gets %s; step %d of %d bakes %s.", rollout.Sentence(r.Names(l.Candidate)), r.Share(step), r.Step+1, len(r.Steps), step.Bake)
}

func (h *handler) tell(ctx context.Context, r rollout.Release, l rollout.Lease, step rollout.Step) error {
	return h.bus.Tell(ctx, events.ReleaseShifted, eventbridge.Detail(r, step.Weight, gets(r, l, step), h.Now()))
}

// late is the longest that a shift takes when it does not wait for anything.
const late = time.Minute

// moved says whether a step's traffic was moved before: then shift is called again only to bake on.
func moved(r rollout.Release, l rollout.Lease, step int) bool {
	return r.Step == step && !r.BakeUntil.IsZero() && l.Weight == r.At(step).Weight
}

// wait stores the token with which somebody can end the bake early, and looks afterwards: when the fence went up meanwhile, or there is other
// news, the bake does not begin.
func (h *handler) wait(ctx context.Context, l rollout.Lease, step rollout.Step, token string) (baking bool, err error) {
	rung := false
	if step.Bake > 0 {
		if rung, err = h.store.Await(ctx, l.Owner, token, h.Now()); err != nil {
			return false, err
		}
	}
	_, err = h.store.Moved(ctx, l)
	if dynamo.IsConflict(err) {
		return false, nil
	}
	return step.Bake > 0 && !rung, err
}
