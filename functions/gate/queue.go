package gate

import (
	"context"
	"fmt"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/rollout"
)

// take takes the lease, or finds its place in the queue. The outcome is undecided when the lease is ours.
func (h *handler) take(ctx context.Context, r rollout.Release) (l rollout.Lease, outcome rollout.Next, err error) {
	target := r.Definition.Target.ID()
	queue, err := h.store.Queue(ctx, target)
	if err != nil {
		return l, outcome, err
	}
	if mine := find(queue, r.ID); mine.SupersededBy != "" {
		return l, rollout.NextSettle, h.yield(ctx, r, mine.SupersededBy)
	}
	ahead := before(queue, r)
	if len(ahead) == 0 || r.Definition.WhenRunning == rollout.Supersede {
		l, err = h.store.Acquire(ctx, r, target, h.Now(), h.Now().Add(rollout.Margin))
		if err == nil || (dynamo.IsConflict(err) && l.Owner == r.ID) {
			return l, rollout.Undecided, h.displace(ctx, r, target, ahead)
		}
		if !dynamo.IsConflict(err) {
			return l, outcome, err
		}
	}
	outcome, err = h.occupied(ctx, r, l, ahead)
	return l, outcome, err
}

// occupied follows the definition's policy for a target that somebody else holds.
func (h *handler) occupied(ctx context.Context, r rollout.Release, holder rollout.Lease, ahead []dynamo.Waiting) (rollout.Next, error) {
	first := holder.Owner
	if first == "" {
		first = ahead[0].Release
	}
	var why *rollout.Rejection
	switch policy := r.Definition.WhenRunning; {
	case policy == rollout.Reject:
		why = rollout.Because("release "+first+" is running", "wait for its end and release again, or set whenRunning: queue")
	case h.tooLong(r):
		why = rollout.Because(fmt.Sprintf("it waited longer than %s behind release %s", r.Definition.QueueLimit, first), "look at that release; then release again")
	default:
		return rollout.NextWait, h.queue(ctx, r, holder, ahead, first)
	}
	return rollout.NextSettle, h.store.Rejected(ctx, r.ID, *why, h.line("Not let in: "+why.Reason+"."))
}

// queue enters the queue; a release that supersedes also sends back whoever holds the target.
func (h *handler) queue(ctx context.Context, r rollout.Release, holder rollout.Lease, ahead []dynamo.Waiting, first string) error {
	target := r.Definition.Target.ID()
	_, err := h.store.Queued(ctx, target, r)
	if err != nil && !dynamo.IsNotFound(err) {
		return err
	}
	if dynamo.IsNotFound(err) {
		if err := h.enter(ctx, r, target, first); err != nil {
			return err
		}
	}
	if r.Definition.WhenRunning != rollout.Supersede {
		return nil
	}
	if err := h.displace(ctx, r, target, ahead); err != nil {
		return err
	}
	return h.sendBack(ctx, r, holder)
}

// enter takes the place in the queue last: it says that people were told, so that a crash in between tells them again and not never.
func (h *handler) enter(ctx context.Context, r rollout.Release, target, first string) error {
	said := "Waits in the queue behind release " + first + "."
	if err := h.store.Note(ctx, r.ID, h.line(said)); err != nil {
		return err
	}
	if err := h.bus.Tell(ctx, events.ReleaseQueued, eventbridge.Detail(r, rollout.None, said, h.Now())); err != nil {
		return err
	}
	return h.store.Enqueue(ctx, target, r)
}

// displace tells older releases in the queue that a newer one takes their place.
func (h *handler) displace(ctx context.Context, r rollout.Release, target string, ahead []dynamo.Waiting) error {
	if r.Definition.WhenRunning != rollout.Supersede {
		return nil
	}
	for _, w := range ahead {
		if w.SupersededBy != "" {
			continue
		}
		gone, err := h.store.Displace(ctx, target, w, r.ID)
		if err != nil && !dynamo.IsConflict(err) {
			return err
		}
		if err := h.machine.Wake(ctx, gone.Token); err != nil {
			return err
		}
	}
	return nil
}

// sendBack raises the fence of the release that holds the target; one that is newer than r stays.
func (h *handler) sendBack(ctx context.Context, r rollout.Release, holder rollout.Lease) error {
	running, err := h.store.Release(ctx, holder.Owner)
	if err != nil || running.Created.After(r.Created) {
		return err
	}
	l, err := h.store.Raise(ctx, holder.Target, holder.Owner, holder.Epoch, rollout.Fence{
		Kind: rollout.ByNewer, By: r.ID, Reason: fmt.Sprintf("Release %s of version %s takes its place.", r.ID, r.Revision.Version), At: h.Now(),
	})
	if dynamo.IsConflict(err) { // it has ended meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	return h.machine.Wake(ctx, l.Token)
}

// yield ends a queued release in favour of a newer one.
func (h *handler) yield(ctx context.Context, r rollout.Release, newer string) error {
	f := rollout.Fence{Kind: rollout.ByNewer, By: newer, Reason: "Release " + newer + " takes its place.", At: h.Now()}
	return h.store.AskAbort(ctx, r.ID, f, h.line(f.Reason))
}

func find(queue []dynamo.Waiting, id string) dynamo.Waiting {
	for _, w := range queue {
		if w.Release == id {
			return w
		}
	}
	return dynamo.Waiting{}
}

// before are the older releases in the queue.
func before(queue []dynamo.Waiting, r rollout.Release) []dynamo.Waiting {
	var older []dynamo.Waiting
	for _, w := range queue {
		if w.Release != r.ID && w.SupersededBy == "" && !w.Created.After(r.Created) {
			older = append(older, w)
		}
	}
	return older
}
