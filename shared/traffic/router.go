package traffic

import (
	"context"

	"sluice/shared/rollout"
)

// Router is the port of a service that splits the live traffic of one kind of target. It knows nothing of leases and fences: the Mover above it asks.
type Router interface {
	// Read says what the target really serves now, with the service's lock as the split's Tag. A service without locks leaves the Tag empty,
	// or says in it what Write needs to know (Ports.Unlocked). A service that does not say which of two revisions is stable leaves that open
	// (Split.Either): whoever reads knows it from the lease. Errors: an Obstacle when the target does not exist any more.
	Read(ctx context.Context, t rollout.Target) (rollout.Split, error)

	// Write makes the target serve the split, whatever it served before, and returns what the service says that it serves now. If
	// the service has locks, Write succeeds only on top of the given one (compare-and-set). If something has to be ready first, Write may
	// announce the split to the service (Split.Announced) and leave the rest to the next call.
	// Errors: ErrMoved when the lock is outdated, an Obstacle when it can never succeed.
	Write(ctx context.Context, t rollout.Target, to rollout.Split, lock string) (rollout.Split, error)
}

// A Follower is a Router whose service takes its time over a write and does not tell so when it is read: only the answer to the write names what to
// ask for. Write puts that into the Tag of the split that it answers.
type Follower interface {
	// Follow says why the write that answered this tag does not hold yet; empty when it does, or when the tag names no write.
	Follow(ctx context.Context, t rollout.Target, tag string) (moving string, err error)
}

// A Permit says whether a move may still be made. It is asked between reading the target's lock and writing on top of it. So any
// other move in between changes the lock and wins: a rollback over a forward move (invariant I3), and the next release over a
// rollback of the one before it (I1).
type Permit interface {
	// Allows returns nil when a move from what was found may go on, ErrFenced when it may not, ErrMoved when what was
	// found is not what we left, and another error when it could not look.
	Allows(ctx context.Context, found rollout.Split) error
}

// routing moves traffic by a Router.
type routing struct {
	Router
	unlocked bool
}

func (r routing) forward(ctx context.Context, t rollout.Target, found, to rollout.Split) (lock string, err error) {
	written, err := r.Write(ctx, t, to, found.Tag)
	if _, follows := r.Router.(Follower); !follows || err != nil {
		return "", err
	}
	return written.Tag, nil
}

// cleared implements service: nothing stands in the way of a write.
func (routing) cleared(context.Context, rollout.Target) (waits string, err error) { return "", nil }

// evict implements service: what a router's service was told is a write, and not a deployment that it could take back.
func (routing) evict(_ context.Context, t rollout.Target, _ string) error {
	return &Obstacle{What: t.Spec().String() + " has no deployments that could be taken back", Remedy: "write whenDeploying: wait in the definition"}
}

func (r routing) follow(ctx context.Context, t rollout.Target, now rollout.Split, tag string) (rollout.Split, error) {
	f, follows := r.Router.(Follower)
	if !follows || tag == "" {
		return now, nil
	}
	moving, err := f.Follow(ctx, t, tag)
	if moving != "" {
		now.Moving, now.Tag = moving, tag
	}
	return now, err
}

// waits implements service.
func (routing) waits(found rollout.Split) string { return found.Busy }

// hopeless implements service: a router's moves come to an end.
func (routing) hopeless(context.Context, rollout.Target, rollout.Split) error { return nil }

// repelled implements service, for the same reason as lost.
func (routing) repelled(_ context.Context, _ rollout.Target, _, _ string) error { return nil }

// lost implements service: a write does not fail afterwards.
func (routing) lost(_ context.Context, t rollout.Target, back, to rollout.Split, _ string) error {
	return moved(t, back, to)
}

func (r routing) follows() bool {
	_, follows := r.Router.(Follower)
	return follows
}

func (r routing) back(ctx context.Context, t rollout.Target, stable, lock string) (rollout.Split, error) {
	return r.Write(ctx, t, rollout.Split{Stable: stable}, lock)
}

// leads implements service: one write makes a split.
func (routing) leads(_, _ rollout.Split) bool { return false }

// compares implements service: a target with a lock has it as its Tag.
func (r routing) compares(found rollout.Split) bool { return found.Tag != "" && !r.unlocked }
