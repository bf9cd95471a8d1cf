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
	"sluice/shared/rollout"
	"sluice/shared/start"
	"sluice/shared/stepfunctions"
	"sluice/shared/telemetry"
	"sluice/shared/traffic"
	"sluice/shared/traffic/lambdaalias"
)

type config struct {
	Environment string `env:"SLUICE_ENVIRONMENT"`
	Table       string `env:"SLUICE_TABLE"`
	Bus         string `env:"SLUICE_BUS"`
}

type handler struct {
	start.World
	environment string
	store       *dynamo.Store
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
	h := &handler{
		World: w, environment: c.Environment, store: dynamo.New(w.AWS, c.Table), mover: traffic.Over(lambdaalias.New(w.AWS)),
		machine: stepfunctions.New(w.AWS, ""), bus: eventbridge.New(w.AWS, c.Bus),
	}
	return start.Handle(w, "settle", h.handle), nil
}

// errNotBack makes the state machine try again: the fence is up, and traffic was not seen on stable yet.
var errNotBack = errors.New("settling: traffic is not back on stable yet")

// handle can be repeated at any point: the record is written first, and an end that stands is kept. The release stays open
// until all is done, so that sweep has it done again if the execution dies before.
func (h *handler) handle(ctx context.Context, c rollout.Cursor) (rollout.Cursor, error) {
	r, err := h.store.Release(ctx, c.Release)
	if err != nil {
		return c, err
	}
	target := r.Definition.Target.ID()
	l, err := h.store.Lease(ctx, target)
	if err != nil {
		return c, err
	}
	if r, err = h.end(ctx, c, r, l); err != nil {
		return c, err
	}
	if err := h.tell(ctx, r); err != nil { // before anybody can revert it, so that people hear of both in their order
		return c, err
	}
	if err := h.letGo(ctx, r, l); err != nil {
		return c, err
	}
	if err := h.next(ctx, r, target); err != nil {
		return c, err
	}
	return c.Go(rollout.NextSettle), h.store.Closed(ctx, r)
}

// end decides and records the end state.
func (h *handler) end(ctx context.Context, c rollout.Cursor, r rollout.Release, l rollout.Lease) (rollout.Release, error) {
	ours := l.Owner == r.ID && l.Phase != rollout.Free
	if r.End != "" && !(ours && l.Fence != nil) { // a repetition
		return r, nil
	}
	var err error
	r.Unseen = false
	switch {
	case ours && l.Begun() && r.Rejection == nil:
		r, err = h.verified(ctx, c, r, l)
	case r.Served && r.Abort == nil && !(ours && l.Fence != nil):
		r, err = h.served(ctx, r)
	default:
		r = untouched(c, r, ours && l.Fence != nil, l.Fence)
	}
	if err != nil {
		return r, err
	}
	r.Ended = h.Now()
	lines := []rollout.Line{{At: r.Ended, Who: "settle", What: r.Ending()}}
	if r.Obstacle != nil {
		lines = append(lines, rollout.Line{At: r.Ended, Who: "settle", What: "The traffic does not come back: " + r.Obstacle.Reason + ". What to do: " + r.Obstacle.Remedy})
	}
	if r.Unseen && l.Phase == rollout.Held && !ours {
		lines = append(lines, rollout.Line{At: r.Ended, Who: "settle", What: "Release " + l.Owner + " holds the target now."})
	}
	if keep := r.Keep(); keep != "" {
		lines = append(lines, rollout.Line{At: r.Ended, Who: "settle", What: keep})
	}
	return r, h.store.Ended(ctx, r, lines...)
}

// served is the end of a release that had nothing to do, known by reading the target, too.
func (h *handler) served(ctx context.Context, r rollout.Release) (rollout.Release, error) {
	split, err := h.mover.Read(ctx, r.Definition.Target)
	if err != nil {
		return r, err
	}
	if r.End = rollout.Succeeded; !split.Plain().Serves(r.Revision.Version) {
		r.End, r.Served = rollout.Rejected, false
		r.Rejection = rollout.Because("version "+r.Revision.Version+" served all traffic when the release came, and does not any more: "+split.String(), "release it again")
	}
	return r, nil
}

// untouched is the end of a release that moved nothing, or whose target was taken over. It has no say about what serves there, so it
// claims nothing about it.
func untouched(c rollout.Cursor, r rollout.Release, fenced bool, fence *rollout.Fence) rollout.Release {
	switch {
	case r.Rejection != nil:
		r.End = rollout.Rejected
	case fenced:
		r.End, r.Cause = fence.Kind.Ends(), fence
	case r.Abort != nil:
		r.End, r.Cause = r.Abort.Kind.Ends(), r.Abort
	case c.Error != nil && c.Error.Error == rollout.NotReadyError && r.Epoch == 0:
		r.End, r.Rejection = rollout.Rejected, rollout.Because(c.Error.Says()+", and has not become so in half an hour",
			"look at its State and StateReason (aws lambda get-function-configuration --qualifier <version>); release again when it is Active")
	case r.Epoch > 0: // it held the target once
		r.End = rollout.Superseded
	default:
		r.End, r.Cause = rollout.RolledBack, breakdown(c)
	}
	r.Unseen = r.End != rollout.Rejected
	return r
}

// breakdown is why a release ended before it began.
func breakdown(c rollout.Cursor) *rollout.Fence {
	f := &rollout.Fence{Kind: rollout.ByBreakdown, By: "sweep", Reason: "The machine that led the release stopped before it began."}
	if c.Error != nil {
		f.By, f.Reason = "settle", events.Line("A step failed before the release began: "+c.Error.Says())
	}
	return f
}

// verified is the end of a release that holds the target, known by reading the target back (invariant I2).
func (h *handler) verified(ctx context.Context, c rollout.Cursor, r rollout.Release, l rollout.Lease) (rollout.Release, error) {
	split, err := h.mover.Read(ctx, r.Definition.Target)
	exhausted := c.Error != nil // Rollback has tried for hours
	switch {
	case traffic.ObstacleOf(err) != nil:
		return blocked(r, l, err), nil
	case err != nil && !exhausted:
		return r, err
	case r.Abort != nil && l.Fence == nil && split.Serves(l.Stable):
		r.End, r.Cause = r.Abort.Kind.Ends(), r.Abort
	case r.Abort != nil && l.Fence == nil: // it was asked for when the last step had moved already
		return r, h.raise(ctx, l, *r.Abort)
	case l.Fence == nil && err == nil && split.Serves(r.Revision.Version):
		r.End = rollout.Succeeded
	case l.Fence == nil:
		return r, h.raise(ctx, l, rollout.Fence{
			Kind: rollout.ByIntruder, By: "settle", At: h.Now(), Reason: "At the end the target served " + split.String() + ": somebody else moved it.",
		})
	case err == nil && split.Serves(l.Stable):
		r.End, r.Cause, r.Reverted = l.Fence.Kind.Ends(), l.Fence, !l.ArmedUntil.IsZero()
	case exhausted:
		r.End, r.Cause, r.Obstacle = rollout.Stuck, l.Fence, rollout.Because("it was tried again and again, and failed at last with: "+c.Error.Says(),
			"mend that, then bring the traffic to version "+l.Stable+" by hand (docs/operations.md, \"A release is stuck\")")
	default:
		err := h.restore(ctx, r, l)
		switch {
		case traffic.ObstacleOf(err) != nil:
			return blocked(r, l, err), nil
		case traffic.IsMoved(err):
			return left(r, l, split), nil
		}
		return r, err
	}
	return r, nil
}

// blocked is the end of a release whose traffic can never come back as things are: people hear of it now, and of what to do.
func blocked(r rollout.Release, l rollout.Lease, err error) rollout.Release {
	o := traffic.ObstacleOf(err)
	r.End, r.Obstacle, r.Reverted = rollout.Stuck, rollout.Because(o.What, o.Remedy), !l.ArmedUntil.IsZero()
	if r.Cause = l.Fence; r.Cause == nil {
		r.Cause = &rollout.Fence{Kind: rollout.ByBreakdown, By: "settle", Reason: "At the end the target could not be read."}
	}
	return r
}

// left is the end of a release whose target somebody moved by hand: nobody else knows which version shall serve, so people are called.
func left(r rollout.Release, l rollout.Lease, found rollout.Split) rollout.Release {
	a := r.Definition.Target.LambdaAlias
	r.End, r.ByHand, r.Cause, r.Reverted = rollout.Stuck, true, l.Fence, !l.ArmedUntil.IsZero()
	r.Obstacle = rollout.Because(fmt.Sprintf("somebody moved %s by hand: it serves %v", l.Target, found),
		fmt.Sprintf("if that shall stay, nothing but to bring everything to one version before the next release; to bring version %s back: aws lambda update-alias --function-name %s --name %s --function-version %s --routing-config '{\"AdditionalVersionWeights\":{}}'. guard.whenMoved: rollBack has it done without you",
			l.Stable, a.Function, a.Alias, l.Stable))
	return r
}

// raise has a release go back after all; the next try finds the fence up.
func (h *handler) raise(ctx context.Context, l rollout.Lease, f rollout.Fence) error {
	_, err := h.store.Raise(ctx, l.Target, l.Owner, l.Epoch, f)
	return errors.Join(errNotBack, err)
}

// restore brings traffic back that a raised fence found on the candidate: whoever raised it may have died right after.
func (h *handler) restore(ctx context.Context, r rollout.Release, l rollout.Lease) error {
	_, err := h.mover.Back(ctx, r.Definition.Target, l.Back(), h.store.Tenure(l))
	return errors.Join(errNotBack, err)
}

// letGo frees the lease, arms it for the revert window, or gives it back to whoever was promoted before. A fence that went up since is ErrConflict: the next try goes back.
func (h *handler) letGo(ctx context.Context, r rollout.Release, l rollout.Lease) error {
	if l.Owner != r.ID || l.Phase == rollout.Free {
		return nil
	}
	switch {
	case r.End == rollout.Stuck: // people look at the target now, and the next release repairs what this one says of it
		return h.store.Free(ctx, l)
	case r.End != rollout.Succeeded && !r.Reverted, r.Served:
		return h.store.GiveBack(ctx, l, "settle", !r.BakeUntil.IsZero(), h.Now())
	}
	l.Phase = rollout.Free
	if window := r.Definition.RevertWindow; r.End == rollout.Succeeded && window > 0 {
		l.Phase, l.ArmedUntil = rollout.Armed, r.Ended.Add(window.Std())
	}
	return h.store.LetGo(ctx, l)
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
func (h *handler) next(ctx context.Context, r rollout.Release, target string) error {
	if target == "" { // rejected before it had a target
		return nil
	}
	next, err := h.store.Leave(ctx, target, r)
	if err != nil {
		return err
	}
	return h.machine.Wake(ctx, next)
}
