// Package settle ends a release: it reads the target once more, writes the end state, lets the lease go, tells everybody
// and wakes the next release in the queue.
package settle

import (
	"context"
	"errors"
	"fmt"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/start"
	"sluice/shared/stepfunctions"
	"sluice/shared/telemetry"
	"sluice/shared/traffic"
	"sluice/shared/traffic/kinds"
)

type config struct {
	Kind        string `env:"SLUICE_KIND"` // of its targets
	Environment string `env:"SLUICE_ENVIRONMENT"`
	Table       string `env:"SLUICE_TABLE"`
	Bus         string `env:"SLUICE_BUS"`
	Machine     string `env:"SLUICE_STATE_MACHINE"`
}

type handler struct {
	start.World
	environment string
	store       store
	mover       *traffic.Mover
	machine     *stepfunctions.Machine
	bus         *eventbridge.Bus
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
		World: w, environment: c.Environment, store: dynamo.New(w.AWS, c.Table), mover: traffic.Over(ports),
		machine: stepfunctions.New(w.AWS, c.Machine), bus: eventbridge.New(w.AWS, c.Bus),
	}
	return start.Handle(w, "settle", h.handle), nil
}

// errNotYet makes the state machine try again.
var errNotYet = errors.New("settling: traffic is not back on stable yet")

// handle can be repeated at any point: it writes the record first, and keeps an end that is written. The release stays open until
// all is done, so that sweep has it done again if the execution dies before.
func (h *handler) handle(ctx context.Context, c rollout.Cursor) (rollout.Cursor, error) {
	if c.PastEnd() { // another execution has ended the release
		return c, nil
	}
	last, err := h.look(ctx, c)
	if err != nil {
		return c, err
	}
	end, err := h.conclude(ctx, last)
	if err != nil {
		return c, err
	}
	switch end.Outcome {
	case rollout.WriteEnd:
		err = h.store.Ended(ctx, end.Release, end.Lines...)
	case rollout.RaiseFence: // the next try finds it up
		err = errors.Join(errNotYet, h.raise(ctx, last.Lease, *end.Fence))
	case rollout.LookAgain:
		err = errors.Join(fmt.Errorf("%w: %s", errNotYet, last.Sight.Unsettled()), h.prolong(ctx, last))
	}
	if err != nil {
		return c, err
	}
	return c.Go(rollout.NextSettle), h.close(ctx, end)
}

// look reads all that the end depends on.
func (h *handler) look(ctx context.Context, c rollout.Cursor) (last rollout.Last, err error) {
	if last.Standing, err = h.store.Standing(ctx, c.Release); err != nil {
		return last, err
	}
	last.Failure, last.Exhausted = inOneLine(c.Error), inOneLine(c.Exhausted)
	if last.Matters() {
		last.Sight = h.see(ctx, last)
	}
	return last, nil
}

// inOneLine writes the cause of a caught error in one line, as the record holds it.
func inOneLine(e *rollout.MachineError) *rollout.MachineError {
	if e == nil {
		return nil
	}
	return &rollout.MachineError{Error: e.Error, Cause: events.Line(e.Says())}
}

// see reads the target.
func (h *handler) see(ctx context.Context, l rollout.Last) rollout.Sight {
	split, err := h.mover.Read(ctx, l.Release.Definition.Target)
	switch o := traffic.ObstacleOf(err); {
	case o != nil:
		return rollout.Sight{Obstacle: rollout.Because(o.What, o.Remedy)}
	case err != nil:
		return rollout.Sight{Unread: err.Error()}
	}
	return rollout.Sight{Split: split.From(l.Lease.Stable)}
}

// conclude says how the release ends. Where the fence is up and the candidate still has traffic, it brings the traffic back: whoever raised the
// fence may have died right after. An obstacle on the way back is the end.
func (h *handler) conclude(ctx context.Context, last rollout.Last) (rollout.Conclusion, error) {
	end := rollout.Conclude(last, h.Now())
	if end.Outcome != rollout.BringBack {
		return end, nil
	}
	now, err := h.mover.Resume(ctx, last.Release.Definition.Target, last.Lease.Back(), h.store.Tenure(last.Lease))
	if o := traffic.ObstacleOf(err); o != nil {
		last.Sight.Obstacle = rollout.Because(o.What, o.Remedy)
		return rollout.Conclude(last, h.Now()), nil
	}
	if err = errors.Join(err, h.prolong(ctx, last)); err == nil && now.Moving != "" {
		return end, &rollout.Moving{What: "traffic is on its way back: " + now.Moving}
	}
	return end, errors.Join(errNotYet, err)
}

// prolong keeps the lease until the next try, if the release holds one.
func (h *handler) prolong(ctx context.Context, last rollout.Last) error {
	if !last.Holds() {
		return nil
	}
	return h.store.Tenure(last.Lease).Prolong(ctx, h.Now())
}

func (h *handler) raise(ctx context.Context, l rollout.Lease, f rollout.Fence) error {
	_, err := h.store.Raise(ctx, l.Target, l.Owner, l.Epoch, f)
	return err
}

// close does what follows from an end that is written.
func (h *handler) close(ctx context.Context, end rollout.Conclusion) error {
	if err := h.tell(ctx, end.Release); err != nil { // before anybody can revert the end, so that people hear of both in their order
		return err
	}
	if err := h.letGo(ctx, end); err != nil {
		return err
	}
	if err := h.next(ctx, end.Release); err != nil {
		return err
	}
	if end.Release.Unhooked() {
		if err := h.machine.SeeToHooks(ctx, end.Release); err != nil {
			return err
		}
	}
	return h.store.Closed(ctx, end.Release)
}

// letGo leaves the lease as the end says. A fence that went up meanwhile is ErrConflict: the next try goes back.
func (h *handler) letGo(ctx context.Context, end rollout.Conclusion) error {
	switch end.Parting {
	case rollout.Frees:
		return h.store.Free(ctx, end.Lease)
	case rollout.GivesBack:
		return h.store.GiveBack(ctx, end.Lease, "settle", h.Now())
	case rollout.LetsGo:
		return h.store.LetGo(ctx, end.Lease)
	}
	return nil
}

func (h *handler) tell(ctx context.Context, r rollout.Release) error {
	weight := rollout.None
	if r.End == rollout.Succeeded {
		weight = rollout.All
	}
	if err := h.bus.Tell(ctx, events.ReleaseEnded(string(r.End)), eventbridge.Detail(r, weight, r.Ending(), r.Ended)); err != nil {
		return err
	}
	stuck := 0.0
	if r.End == rollout.Stuck {
		stuck = 1
	}
	if err := telemetry.Emit(h.Stdout, r.Ended, map[string]string{"Environment": h.environment}, telemetry.Metric{Name: telemetry.Stuck, Unit: telemetry.Count, Value: stuck}); err != nil {
		return err
	}
	return telemetry.Emit(h.Stdout, r.Ended, map[string]string{"Environment": h.environment, "Outcome": string(r.End)},
		telemetry.Metric{Name: telemetry.Releases, Unit: telemetry.Count, Value: 1},
		telemetry.Metric{Name: telemetry.Duration, Unit: telemetry.Milliseconds, Value: float64(r.Ended.Sub(r.Created).Milliseconds())})
}

// next takes the release out of the queue and wakes the oldest that waits there.
func (h *handler) next(ctx context.Context, r rollout.Release) error {
	target := r.Definition.Target.ID()
	if target == "" { // rejected before it had a target
		return nil
	}
	next, err := h.store.Leave(ctx, target, r)
	if err != nil || next == "" {
		return err
	}
	return h.machine.Wake(ctx, h.store, next, h.Now())
}
