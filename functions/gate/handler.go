// Package gate lets a release begin: it takes the lease of the target, judges the target as it was found, arms the guard
// and reads the guard's alarms.
package gate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sluice/events"
	"sluice/shared/cloudwatch"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/judge"
	"sluice/shared/rollout"
	"sluice/shared/start"
	"sluice/shared/stepfunctions"
	"sluice/shared/traffic"
	"sluice/shared/traffic/lambdaalias"
)

type config struct {
	Table string `env:"SLUICE_TABLE"`
	Bus   string `env:"SLUICE_BUS"`
	Watch string `env:"SLUICE_WATCH_RULE"`
}

type handler struct {
	start.World
	store   *dynamo.Store
	mover   *traffic.Mover
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
	h := &handler{
		World: w, store: dynamo.New(w.AWS, c.Table), mover: traffic.Over(lambdaalias.New(w.AWS)), watcher: cloudwatch.New(w.AWS),
		machine: stepfunctions.New(w.AWS, ""), bus: eventbridge.New(w.AWS, c.Bus), watch: eventbridge.NewRule(w.AWS, c.Watch),
	}
	return start.Handle(w, "gate", h.handle), nil
}

func (h *handler) handle(ctx context.Context, c rollout.Cursor) (rollout.Cursor, error) {
	switch c.Next { // Plan has decided
	case rollout.NextBuild:
		return c, nil
	case rollout.NextSettle, rollout.NextBack:
		return c.Go(c.Next), nil
	}
	r, err := h.store.Release(ctx, c.Release)
	if err != nil {
		return c, err
	}
	if r.Definition.Gates != nil && c.Next != rollout.NextOpen { // whenever it comes from a wait, too: what was open may be shut
		return c.Go(rollout.NextInspect), nil
	}
	if r.Abort != nil {
		return c.Go(rollout.NextSettle), nil
	}
	l, outcome, err := h.take(ctx, r)
	switch {
	case err != nil:
		return c, err
	case outcome == rollout.NextWait:
		return c.Await(lookAgain(r.Definition)), nil
	case outcome == rollout.NextSettle:
		return c.Go(rollout.NextSettle), nil
	}
	return h.begin(ctx, c, r, l)
}

// begin is reached with the lease in hand.
func (h *handler) begin(ctx context.Context, c rollout.Cursor, r rollout.Release, l rollout.Lease) (rollout.Cursor, error) {
	found, err := h.mover.Read(ctx, r.Definition.Target)
	if err != nil {
		return c, err
	}
	admission := rollout.Admit(r, found, l)
	switch {
	case admission.Served:
		err := h.store.Served(ctx, r.ID, h.line("Version "+r.Revision.Version+" serves all traffic already: "+found.String()+"."))
		if dynamo.IsConflict(err) { // somebody asked to abort in this very moment
			err = nil
		}
		return c.Go(rollout.NextSettle), err
	case admission.Rejection != nil:
		return h.reject(ctx, c, r, admission.Rejection)
	}
	before, err := h.already(ctx, r)
	if err != nil {
		return c, err
	}
	if l, err = h.arm(ctx, r, l, admission, found, before); err != nil {
		return c, err
	}
	levels, err := h.watcher.Levels(ctx, slices.Concat(l.Alarms, l.Red))
	if err != nil {
		return c, err
	}
	states := cloudwatch.States(levels)
	if l, err = h.forget(ctx, r, l, states); err != nil {
		return c, err
	}
	red, rejection := unfit(slices.Concat(l.Alarms, l.Red), states)
	switch {
	case rejection == nil:
		return h.watched(ctx, c, r, l, admission, cloudwatch.Reactions(levels))
	case red && r.Fixes != "":
		return h.fix(ctx, c, r, l, states, admission)
	case red && r.Definition.Guard.WhenRed == rollout.RedWaits:
		return h.waitForGreen(ctx, c, r, l)
	}
	return h.reject(ctx, c, r, rejection)
}

// watched refuses a release that no alarm could take back in time, and says which of them come too late.
func (h *handler) watched(ctx context.Context, c rollout.Cursor, r rollout.Release, l rollout.Lease, a rollout.Admission, reactions map[string]time.Duration) (rollout.Cursor, error) {
	slow, why := r.Definition.Slow(r.Steps, reactions)
	if why != nil {
		return h.reject(ctx, c, r, why)
	}
	return h.started(ctx, c, r, l, a, slow...)
}

// arm makes the guard find this release before the alarms are read, so that a red alarm is seen by one or the other.
func (h *handler) arm(ctx context.Context, r rollout.Release, l rollout.Lease, a rollout.Admission, found rollout.Split, before map[string]judge.AlarmState) (rollout.Lease, error) {
	l.Stable, l.Candidate, l.Tag, l.Weight = a.Stable, r.Revision.Version, found.Tag, rollout.None
	if found.Candidate == r.Revision.Version {
		l.Weight = found.Weight
	}
	l.Guard, l.Alarms, l.Red, l.Began = r.Definition.Guard, l.Guarding(r.Definition.Guard, a.Stable, h.Now()), nil, rollout.MomentOf(h.Now())
	if err := h.store.Watch(ctx, l.Target, l.Alarms); err != nil {
		return l, err
	}
	if err := h.enlist(ctx, r, l); err != nil {
		return l, err
	}
	l.Alarms, l.Red = parted(l.Alarms, before)
	return h.store.Begin(ctx, l)
}

// forget lets alarms go that only an earlier promotion has named, and that have been deleted since: nothing of this release asks for them.
func (h *handler) forget(ctx context.Context, r rollout.Release, l rollout.Lease, states map[string]judge.AlarmState) (rollout.Lease, error) {
	gone := func(name string) bool { return states[name] == "" && !slices.Contains(r.Definition.Guard.Alarms, name) }
	if !slices.ContainsFunc(l.Alarms, gone) {
		return l, nil
	}
	l.Alarms = slices.DeleteFunc(slices.Clone(l.Alarms), gone)
	return h.store.Begin(ctx, l)
}

// enlist has the target looked after each minute from now on. It is listed before the schedule is enabled, so that the watch which puts the
// schedule to rest in this moment finds it.
func (h *handler) enlist(ctx context.Context, r rollout.Release, l rollout.Lease) error {
	checks := r.Definition.Checks
	err := h.store.List(ctx, dynamo.Listed{Target: l.Target, Release: r.ID, At: h.Now(), Counted: checks.Counted(), Buys: checks.Synthetic != nil})
	if err != nil {
		return err
	}
	return h.watch.Enable(ctx)
}

// unfit finds guard alarms that do not let a release begin.
func unfit(names []string, states map[string]judge.AlarmState) (red bool, rejection *rollout.Rejection) {
	for _, name := range names {
		switch states[name] {
		case "":
			return false, rollout.NoAlarm(name)
		case judge.Alarm:
			return true, rollout.Because(fmt.Sprintf("guard alarm %s is red already, so it could not tell whether the release does harm", name),
				"bring the alarm back to OK, or set guard.whenRed: wait so that releases wait for that")
		}
	}
	return false, nil
}

// started writes that the release has started and tells it.
func (h *handler) started(ctx context.Context, c rollout.Cursor, r rollout.Release, l rollout.Lease, a rollout.Admission, notes ...string) (rollout.Cursor, error) {
	r.Epoch, r.Stable, r.Started, r.Step = l.Epoch, l.Stable, h.Now(), a.Step
	said := r.Beginning()
	lines := []rollout.Line{h.line(said)}
	if len(l.Red) > 0 {
		lines = append(lines, h.line(fmt.Sprintf("It fixes %s: guard alarms that are red already (%s) are ignored until they have been green once; it is judged beside stable in the same minutes.", r.Fixes, strings.Join(l.Red, ", "))))
	}
	if a.Note != "" {
		lines = append(lines, h.line(a.Note))
	}
	for _, note := range notes {
		lines = append(lines, h.line(note))
	}
	err := h.store.Started(ctx, r, lines...)
	if dynamo.IsConflict(err) { // somebody asked to abort in this very moment
		return c.Go(rollout.NextSettle), nil
	}
	if err != nil {
		return c, err
	}
	if err := h.store.Dequeue(ctx, l.Target, r); err != nil {
		return c, err
	}
	if err := h.bus.Tell(ctx, events.ReleaseStarted, eventbridge.Detail(r, l.Weight, said, h.Now())); err != nil {
		return c, err
	}
	return c.To(r, r.Step), nil
}

func (h *handler) reject(ctx context.Context, c rollout.Cursor, r rollout.Release, why *rollout.Rejection) (rollout.Cursor, error) {
	return c.Go(rollout.NextSettle), h.store.Rejected(ctx, r.ID, *why, h.line("Not let in: "+why.Reason+"."))
}

// waitForGreen gives the lease back while it waits: a fix must be able to pass.
func (h *handler) waitForGreen(ctx context.Context, c rollout.Cursor, r rollout.Release, l rollout.Lease) (rollout.Cursor, error) {
	if h.tooLong(r) {
		return h.reject(ctx, c, r, rollout.Because("its guard alarms stayed red for "+r.Definition.QueueLimit.String(), "bring them back to OK and release again"))
	}
	if err := h.store.GiveBack(ctx, l, "gate", false, h.Now()); err != nil {
		return c, err
	}
	return c.Await(lookAgain(r.Definition)), h.store.Note(ctx, r.ID, h.line("Waits for its guard alarms ("+strings.Join(l.Alarms, ", ")+") to be green."))
}

func (h *handler) tooLong(r rollout.Release) bool {
	return h.Now().Sub(r.Created) > r.Definition.QueueLimit.Std()
}

func (h *handler) line(what string) rollout.Line {
	return rollout.Line{At: h.Now(), Who: "gate", What: what}
}

// lookAgain is the time-out of a wait: often enough to notice a lost wake, seldom enough that the longest wait stays
// far below the 25,000 events of an execution's history.
func lookAgain(d rollout.Definition) rollout.Duration {
	return rollout.Duration(max(time.Minute, d.QueueLimit.Std()/500))
}
