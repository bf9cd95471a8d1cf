// Package guard brings traffic back when a guard alarm goes red. From the event to the traffic it makes three AWS calls: it asks which
// targets the alarm guards, by its ARN (one query), raises the fence (one conditional write), and puts traffic back (one
// compare-and-set). Everything else comes after.
package guard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/judge"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/start"
	"sluice/shared/stepfunctions"
	"sluice/shared/telemetry"
	"sluice/shared/traffic"
	"sluice/shared/traffic/kinds"
)

type config struct {
	Kind         string `env:"SLUICE_KIND"` // of its targets
	Place        string `env:"SLUICE_PLACE"`
	Environment  string `env:"SLUICE_ENVIRONMENT"`
	Table        string `env:"SLUICE_TABLE"`
	StateMachine string `env:"SLUICE_STATE_MACHINE"`
}

type handler struct {
	start.World
	environment string
	place       rollout.Place
	prefix      string // of the ids of its kind's targets
	store       store
	mover       *traffic.Mover
	machine     *stepfunctions.Machine
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
		World: w, environment: c.Environment, place: place, prefix: kind.Of(kind.ID(c.Kind)).Prefix, store: dynamo.New(w.AWS, c.Table), mover: traffic.Over(ports),
		machine: stepfunctions.New(w.AWS, c.StateMachine),
	}
	return start.Handle(w, "guard", h.handle), nil
}

// handle treats each target by itself, so that one that fails does not keep the traffic of the others from coming back. It returns
// a failure, and Lambda tries the whole event again; what is done already is not done twice.
func (h *handler) handle(ctx context.Context, e events.Raw) (struct{}, error) {
	a, err := events.ReadAlarm(e)
	if err != nil {
		return struct{}{}, err
	}
	if e.ReplayName != "" { // history must never take a release back
		h.Log.InfoContext(ctx, "ignored a replayed alarm", "alarm", a.ARN)
		return struct{}{}, nil
	}
	if a.State.Value == string(judge.OK) { // the rule does not let this through; good news moves nothing
		return struct{}{}, nil
	}
	targets, err := h.store.Guarded(ctx, a.ARN, h.prefix)
	if err != nil {
		return struct{}{}, err
	}
	err = h.act(ctx, a, targets)
	if a.ARN == h.place.Alarm(a.AlarmName) {
		err = errors.Join(err, h.earlier(ctx, a, targets))
	} else if len(targets) == 0 {
		h.Log.InfoContext(ctx, "an alarm of another place guards nothing here", "alarm", a.ARN, "here", h.place.String())
	}
	return struct{}{}, err
}

// act does what the alarm's state means for the targets that it guards.
func (h *handler) act(ctx context.Context, a events.Alarm, targets []string) error {
	if clear(a) {
		return h.back(ctx, a, targets...)
	}
	var failed []error
	for _, target := range targets {
		failed = append(failed, h.unclear(ctx, target, a))
	}
	return errors.Join(failed...)
}

// earlier acts for targets that an older Sluice armed and listed by the names of their alarms. Only alarms of this place guarded then.
func (h *handler) earlier(ctx context.Context, a events.Alarm, done []string) error {
	targets, err := h.store.Guarded(ctx, a.AlarmName, h.prefix)
	if err != nil {
		return err
	}
	return h.act(ctx, a, slices.DeleteFunc(targets, func(target string) bool { return slices.Contains(done, target) }))
}

// clear says whether an alarm's event leaves no doubt that something is wrong.
func clear(a events.Alarm) bool {
	return a.State.Value == string(judge.Alarm) && a.MuteDetail == nil && a.State.ActionsSuppressedBy == ""
}

// again says whether an alarm that was red before the release has been green since: from then on it guards. A red of the very millisecond in
// which the release began is the red that admit saw.
func again(l rollout.Lease, a events.Alarm) bool {
	return l.Fence == nil && slices.Contains(l.Red, a.AlarmName) && a.Previous.Value == string(judge.OK) && rollout.MomentOf(a.State.Timestamp.Std()) > l.Began
}

// back raises the fence of every target. Then it brings traffic back, first where the candidate has most of it: Lambda takes few
// moves a second in an account and Region, and the last target waits for all before it.
func (h *handler) back(ctx context.Context, a events.Alarm, targets ...string) error {
	var raised []rollout.Lease
	var failed []error
	for _, target := range targets {
		l, err := h.raise(ctx, target, a)
		if err != nil {
			failed = append(failed, err)
		} else if l != nil {
			raised = append(raised, *l)
		}
	}
	slices.SortStableFunc(raised, func(one, other rollout.Lease) int { return cmp.Compare(other.Weight, one.Weight) })
	for _, l := range raised {
		failed = append(failed, h.bring(ctx, l, a))
	}
	return errors.Join(failed...)
}

// raise raises the fence of a target, or finds it raised. It answers nil when the alarm is not about that target.
func (h *handler) raise(ctx context.Context, target string, a events.Alarm) (*rollout.Lease, error) {
	fence := rollout.Fence{Kind: rollout.ByAlarm, By: a.AlarmName, At: h.Now(), Since: a.State.Timestamp.Std(), Reason: fmt.Sprintf("Guard alarm %s went red: %s", a.AlarmName, a.State.Reason)}
	l, err := h.store.RaiseByAlarm(ctx, target, a.AlarmName, a.State.Timestamp.Std(), fence.At, fence)
	if dynamo.IsConflict(err) && again(l, a) {
		if l, err = h.store.Rearm(ctx, l, a.AlarmName); err == nil {
			l, err = h.store.RaiseByAlarm(ctx, target, a.AlarmName, a.State.Timestamp.Std(), fence.At, fence)
		}
	}
	if dynamo.IsConflict(err) {
		if l.Fence == nil || !l.Guards(a.AlarmName, a.State.Timestamp.Std(), h.Now()) {
			return nil, h.ignored(ctx, l, a)
		}
		l.Tag = "" // it is up already: perhaps our own first attempt did not get further
	} else if err != nil {
		return nil, err
	}
	return &l, nil
}

// bring brings back the traffic of a target whose fence is up.
func (h *handler) bring(ctx context.Context, l rollout.Lease, a events.Alarm) error {
	restored, err := h.restore(ctx, l)
	if dynamo.IsConflict(err) { // the release is over, and the target is another's by now
		return nil
	}
	if traffic.ObstacleOf(err) != nil || traffic.IsMoved(err) { // trying again is useless: the machine tells people at once
		h.Log.ErrorContext(ctx, "traffic does not come back", "release", l.Owner, "target", l.Target, "error", err)
		return h.complete(ctx, l)
	}
	if err != nil { // Lambda tries this again twice; the machine tries for two hours, and tells people that the release goes back
		return errors.Join(err, h.complete(ctx, l))
	}
	if restored.Moving != "" { // the machine looks after the rest of the way
		if l.Tag = restored.Tag; l.Tag != "" {
			err = h.store.Returning(ctx, l)
		}
		if err != nil {
			return errors.Join(err, h.complete(ctx, l))
		}
		return h.complete(ctx, l, rollout.Line{At: h.Now(), Who: "guard", What: fmt.Sprintf("Alarm %s: all traffic is on its way back to %s (%s).", a.AlarmName, l.Spec.Revision(l.Stable), restored.Moving)})
	}
	return h.finish(ctx, l, restored, a)
}

func (h *handler) restore(ctx context.Context, l rollout.Lease) (rollout.Split, error) {
	if l.Spec.Spec() == nil { // taken before leases carried it
		r, err := h.store.Release(ctx, l.Owner)
		if err != nil {
			return rollout.Split{}, err
		}
		l.Spec = r.Definition.Target
	}
	if l.Tag == "" { // somebody has begun it before
		return h.mover.Resume(ctx, l.Spec, l.Back(), h.store.Tenure(l))
	}
	return h.mover.Back(ctx, l.Spec, l.Back(), h.store.Tenure(l))
}

// finish tells the record and the state machine. A release that was promoted has no execution any more: a new one
// completes its record.
func (h *handler) finish(ctx context.Context, l rollout.Lease, restored rollout.Split, a events.Alarm) error {
	took := max(0, h.Now().Sub(a.State.Timestamp.Std())) // CloudWatch's clock is not ours
	l.Weight, l.Tag, l.Expires = rollout.None, restored.Tag, h.Now().Add(rollout.Margin)
	line := rollout.Line{At: h.Now(), Who: "guard", What: fmt.Sprintf("Alarm %s: all traffic is back on %s, %s after the alarm.", a.AlarmName, l.Spec.Revision(l.Stable), took.Round(time.Millisecond))}
	switch err := h.store.Returned(ctx, l, start.Invocation(ctx)); {
	case dynamo.IsConflict(err): // another event of the alarm has said so
		return h.complete(ctx, l)
	case err != nil:
		return err
	}
	if err := h.complete(ctx, l, line); err != nil {
		return err
	}
	return telemetry.Emit(h.Stdout, h.Now(), map[string]string{"Environment": h.environment},
		telemetry.Metric{Name: telemetry.AlarmToStable, Unit: telemetry.Milliseconds, Value: float64(took.Milliseconds())})
}

func (h *handler) complete(ctx context.Context, l rollout.Lease, lines ...rollout.Line) error {
	if l.ArmedUntil.IsZero() {
		if err := h.machine.Wake(ctx, h.store, l.Owner, h.Now()); err != nil {
			return err
		}
		if len(lines) == 0 {
			return nil
		}
		return h.store.Note(ctx, l.Owner, lines...)
	}
	r, err := h.store.Release(ctx, l.Owner)
	if err != nil {
		return err
	}
	return h.machine.Revert(ctx, h.store, r, lines...)
}
