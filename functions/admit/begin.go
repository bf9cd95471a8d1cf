package admit

import (
	"context"
	"slices"
	"strings"

	"sluice/events"
	"sluice/shared/cloudwatch"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// begin goes on with the lease in hand. It arms the guard before it reads the guard's alarms, so that one of the two sees a red alarm.
func (h *handler) begin(ctx context.Context, c rollout.Cursor, r rollout.Release, l rollout.Lease) (rollout.Cursor, error) {
	found, err := h.mover.Read(ctx, r.Definition.Target)
	if err != nil {
		return c, err
	}
	found = found.From(l.Left())
	admission := rollout.Admit(r, found, l, h.Now())
	switch {
	case admission.Served:
		return c.Go(rollout.NextSettle), h.served(ctx, r, found)
	case admission.Rejection != nil:
		return h.reject(ctx, c, r, admission.Rejection)
	case admission.Evicts != "":
		return h.makeWay(ctx, c, r, l, found, admission)
	case admission.Moving != "":
		return h.standBack(ctx, c, r, l, admission.Waits, r.RestsSoon(h.Now()))
	}
	if h.preview != nil {
		seen, stays, err := h.foresee(ctx, c, r, l)
		if stays != nil {
			return *stays, err
		}
		if err != nil {
			return c, err
		}
		r.Preview = seen
	}
	before, err := h.already(ctx, r)
	if err != nil {
		return c, err
	}
	if l, err = h.arm(ctx, r, l.Beginning(r, admission, found, before, h.Now())); err != nil {
		return c, err
	}
	alarms, err := h.alarms(ctx, slices.Concat(l.Alarms, l.Red))
	if err != nil {
		return c, err
	}
	return h.enter(ctx, c, r, admission, r.Enter(l, admission, alarms, h.Now()))
}

// served writes that there is nothing to do, unless somebody asked to abort at this very moment.
func (h *handler) served(ctx context.Context, r rollout.Release, found rollout.Split) error {
	err := h.store.Served(ctx, r.ID, h.line(rollout.Sentence(r.Candidate())+" serves all traffic already: "+found.String()+"."))
	if dynamo.IsConflict(err) {
		return nil
	}
	return err
}

// already reads which guard alarms are red before the guard is armed, for a release that fixes what a red alarm reports. The event of that alarm
// may still be on its way, and must not find the alarm among those that guard the release.
func (h *handler) already(ctx context.Context, r rollout.Release) ([]string, error) {
	if r.Fixes == "" {
		return nil, nil
	}
	states, err := h.watcher.Alarms(ctx, r.Definition.Guard.Alarms)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(r.Definition.Guard.Alarms), func(name string) bool { return states[name] != judge.Alarm }), nil
}

// arm lets the guard find the release, and has watch look after its target each minute from now on. It lists the target before it enables the
// schedule, so that a watch that disables the schedule at this moment finds the target.
func (h *handler) arm(ctx context.Context, r rollout.Release, l rollout.Lease) (rollout.Lease, error) {
	if err := h.store.Watch(ctx, l.Target, h.place.Alarms(slices.Concat(l.Alarms, l.Red))); err != nil {
		return l, err
	}
	checks := r.Definition.Checks
	if err := h.store.List(ctx, dynamo.Listed{Target: l.Target, Release: r.ID, At: h.Now(), Counted: checks.Counted(), Buys: checks.Synthetic != nil}); err != nil {
		return l, err
	}
	if err := h.watch.Enable(ctx); err != nil {
		return l, err
	}
	return h.store.Begin(ctx, l)
}

// alarms reads the guard alarms, and how quickly they can go red.
func (h *handler) alarms(ctx context.Context, names []string) ([]rollout.GuardAlarm, error) {
	levels, err := h.watcher.Levels(ctx, names)
	if err != nil {
		return nil, err
	}
	states, reactions := cloudwatch.States(levels), cloudwatch.Reactions(levels)
	alarms := make([]rollout.GuardAlarm, len(names))
	for i, name := range names {
		alarms[i] = rollout.GuardAlarm{Name: name, Missing: states[name] == "", Red: states[name] == judge.Alarm, Reaction: reactions[name]}
	}
	return alarms, nil
}

// enter carries out what was decided about a release that holds its target.
func (h *handler) enter(ctx context.Context, c rollout.Cursor, r rollout.Release, a rollout.Admission, e rollout.Entry) (rollout.Cursor, error) {
	switch {
	case e.Rejection != nil:
		return h.reject(ctx, c, r, e.Rejection)
	case e.AwaitGreen:
		return h.standBack(ctx, c, r, e.Lease, "Waits for its guard alarms ("+strings.Join(e.Lease.Alarms, ", ")+") to be green.", r.Definition.LookAgain())
	case e.Changed:
		var err error
		if e.Lease, err = h.store.Begin(ctx, e.Lease); err != nil {
			return c, err
		}
	}
	again := r.Preview != nil && r.Epoch > 0 && r.Epoch == e.Lease.Epoch // admitted anew, because its target was changed: people were told that it begins
	r.Epoch, r.Stable, r.Started, r.Step = e.Lease.Epoch, e.Lease.Stable, h.Now(), a.Step
	r.Takes, r.TakesLater = e.Lease.Takes, e.Lease.TakesLater
	return h.started(ctx, c, r, e, again)
}

// standBack has the release wait for something other than another release. It gives the lease back meanwhile, so that a fix can pass.
func (h *handler) standBack(ctx context.Context, c rollout.Cursor, r rollout.Release, l rollout.Lease, waits string, atMost rollout.Duration) (rollout.Cursor, error) {
	if err := h.store.GiveBack(ctx, l, "admit", h.Now()); err != nil {
		return c, err
	}
	if n := len(r.Audit); n > 0 && r.Audit[n-1].What == waits { // it was said before, and nothing has changed
		return c.Await(atMost), nil
	}
	return c.Await(atMost), h.store.Note(ctx, r.ID, h.line(waits))
}

// started writes that the release has started, and tells the bus.
func (h *handler) started(ctx context.Context, c rollout.Cursor, r rollout.Release, e rollout.Entry, again bool) (rollout.Cursor, error) {
	said := r.Beginning()
	err := h.store.Started(ctx, r, h.lines(append([]string{said}, e.Notes...)...)...)
	if dynamo.IsConflict(err) { // somebody asked to abort at this very moment
		return c.Go(rollout.NextSettle), nil
	}
	if err != nil {
		return c, err
	}
	if err := h.store.Dequeue(ctx, e.Lease.Target, r); err != nil {
		return c, err
	}
	if again {
		return c.To(r, r.Step), nil
	}
	if err := h.bus.Tell(ctx, events.ReleaseStarted, eventbridge.Detail(r, e.Lease.Weight, said, h.Now())); err != nil {
		return c, err
	}
	return c.To(r, r.Step), nil
}
