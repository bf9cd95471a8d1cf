package traffic

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"sluice/shared/rollout"
)

// Deployer is the port of a service that brings out a revision by itself, over minutes: we can only start, look at and stop a deployment. The port
// knows nothing of leases and fences: the Mover above it asks.
type Deployer interface {
	// Read says what the target serves. While a deployment is under way it says what the target will serve next, and Moving says how far that is.
	// While one rests (Holder) it says what the target serves, and Rests. Tag is the handle of the last deployment. Errors: an Obstacle when the
	// target does not exist any more.
	Read(ctx context.Context, t rollout.Target) (rollout.Split, error)

	// Start has the service bring out a revision, and returns the handle of the deployment. It is idempotent by the token: the same token starts
	// nothing more. Errors: ErrMoved when another deployment is under way, an Obstacle when it can never succeed.
	Start(ctx context.Context, t rollout.Target, d Deployment) (handle string, err error)

	// Look says what became of a deployment.
	Look(ctx context.Context, t rollout.Target, handle string) (Progress, error)

	// Stop leads back to stable, whether the deployment is under way, has failed or is done. It is idempotent. While the service takes no such call, Stop
	// does nothing, and is called again. An empty handle stands for the last
	// deployment, whichever it is. Errors: ErrMoved when another deployment came after the named one, an Obstacle when it can never succeed.
	Stop(ctx context.Context, t rollout.Target, handle, stable string) error
}

// A Deployment is what a Deployer starts.
type Deployment struct {
	rollout.Course
	Revision string
	Token    string // names this start, and no other
}

// A Holder is a Deployer whose service rests between weights until it is told to go on. When it is told nothing, it goes back by itself.
type Holder interface {
	Deployer

	// Advance has a deployment that rests at a weight go on to its next one. Errors: ErrMoved when it does not rest there, or is not the last one, an
	// Obstacle when it can never go on.
	Advance(ctx context.Context, t rollout.Target, handle string, from rollout.Weight) error
}

// A Doubting Deployer's service goes on trying where Sluice does not.
type Doubting interface {
	// Doubts says why a deployment that moves will not come to an end; empty when nothing speaks against it.
	Doubts(ctx context.Context, t rollout.Target, handle string) (why string, err error)
}

// An Undoing Deployer's Start does more than to bring out a revision, and going back takes that back, too.
type Undoing interface {
	// Undo makes that as it was while stable stood. It is idempotent, and called once the way back has begun, or when there was none to go. Before it
	// changes anything it asks whether the target is still ours.
	Undo(ctx context.Context, t rollout.Target, stable string, ours func() error) error
}

// A Keeper is a Deployer whose service keeps what served before ready once a deployment has all traffic, so that one call brings it back. No other
// deployment begins meanwhile.
type Keeper interface {
	// LetGo has the service end that, and says how far it is; empty when another deployment may begin. It moves no traffic, is idempotent, and is called
	// until then. Errors: an Obstacle when it can never succeed.
	LetGo(ctx context.Context, t rollout.Target) (moving string, err error)
}

// An Evictor is a Deployer whose service takes back a deployment that is under way, whoever began it.
type Evictor interface {
	// Evict has the service take back the deployment of a handle, to what it served before. It does nothing when that deployment is over, goes back
	// already, or is not the last one, and is idempotent.
	Evict(ctx context.Context, t rollout.Target, handle string) error
}

// Progress is what became of a deployment, or of a pool that is filled. What neither moves nor failed is done.
type Progress struct {
	Moving string // how far it is: "2 of 10 tasks are healthy"
	Failed string // why the service gave up, as a clause
	Brings string // the revision that a deployment that failed was to bring out
}

// deploying moves traffic by a Deployer.
type deploying struct {
	Deployer
	course rollout.Course
}

// forward starts a deployment, or has the one go on that rests. If the release has begun one before, and nothing rests, forward says why the target
// does not serve that one now.
func (d deploying) forward(ctx context.Context, t rollout.Target, found, to rollout.Split) (handle string, err error) {
	h, holds := d.Deployer.(Holder)
	switch {
	case holds && found.Rests && d.leads(found, to):
		return found.Tag, h.Advance(ctx, t, found.Tag, found.Weight)
	case to.Begun:
		begun := cmp.Or(to.Tag, found.Tag)
		return begun, d.ended(ctx, t, begun)
	case to.Tag != "":
		// One that is over and well while stable serves is the one before, which was waited for (Keeper).
		if err := d.ended(ctx, t, to.Tag); !IsMoved(err) || to.Tag != found.Tag || found.Plain() != (rollout.Split{Stable: to.Stable}) {
			return to.Tag, err
		}
	}
	return d.Start(ctx, t, Deployment{d.course, to.Candidate, token(t, to.Candidate, found.Tag)})
}

// leads implements service: a deployment passes all the weights below.
func (d deploying) leads(found, to rollout.Split) bool {
	return found.Candidate != "" && found.Candidate == to.Candidate && found.Weight < to.Weight
}

// ended is the error that says why the target does not serve a deployment that we started.
func (d deploying) ended(ctx context.Context, t rollout.Target, handle string) error {
	p, err := d.Look(ctx, t, handle)
	switch {
	case err != nil:
		return err
	case p.Failed != "":
		return &Obstacle{What: "the service gave the deployment up: " + p.Failed, Remedy: "mend that, and release again"}
	}
	return fmt.Errorf("deployment %s of %s is over: %w", handle, t.ID(), ErrMoved)
}

// lost implements service. A service may give a deployment up at once.
func (d deploying) lost(ctx context.Context, t rollout.Target, back, to rollout.Split, handle string) error {
	if handle == "" || back.Tag != handle {
		return moved(t, back, to)
	}
	if err := d.ended(ctx, t, handle); !IsMoved(err) {
		return err
	}
	return moved(t, back, to)
}

// cleared implements service.
func (d deploying) cleared(ctx context.Context, t rollout.Target) (waits string, err error) {
	k, keeps := d.Deployer.(Keeper)
	if !keeps {
		return "", nil
	}
	return k.LetGo(ctx, t)
}

// hopeless implements service.
func (d deploying) hopeless(ctx context.Context, t rollout.Target, now rollout.Split) error {
	doubting, may := d.Deployer.(Doubting)
	if !may {
		return nil
	}
	why, err := doubting.Doubts(ctx, t, now.Tag)
	if err == nil && why != "" {
		return &Obstacle{What: why, Remedy: "mend that, and release again"}
	}
	return err
}

// evict implements service.
func (d deploying) evict(ctx context.Context, t rollout.Target, handle string) error {
	e, evicts := d.Deployer.(Evictor)
	if !evicts { // no definition wants it: kind.Uses
		return &Obstacle{What: "Sluice does not have the service of " + t.Spec().String() + " take back what somebody else began", Remedy: "write whenDeploying: wait in the definition"}
	}
	return e.Evict(ctx, t, handle)
}

// repelled implements service: a deployment of stable that failed was a way back. Begun again and again it would fail again and again, and nobody would
// be told.
func (d deploying) repelled(ctx context.Context, t rollout.Target, stable, handle string) error {
	p, err := d.Look(ctx, t, handle)
	if err != nil || p.Failed == "" || p.Brings != stable {
		return err
	}
	return &Obstacle{What: "the service gave the way back up: " + p.Failed, Remedy: "mend that first"}
}

func (deploying) follows() bool { return false }

// waits implements service: a start tells, and a deployment that rests takes moves although it is busy.
func (deploying) waits(rollout.Split) string { return "" }

// follow implements service: reading tells what a deployment is about.
func (deploying) follow(_ context.Context, _ rollout.Target, now rollout.Split, _ string) (rollout.Split, error) {
	return now, nil
}

func (d deploying) back(ctx context.Context, t rollout.Target, stable, lock string) (rollout.Split, error) {
	if err := d.Stop(ctx, t, lock, stable); err != nil {
		return rollout.Split{}, err
	}
	now, err := d.Read(ctx, t)
	if err == nil && !now.Serves(stable) && now.Moving == "" { // no call is taken at this moment: a later one stops it
		now.Moving = "its service is not ready to go back"
	}
	return now, err
}

// compares implements service: no service starts a deployment only on top of one that the caller names.
func (deploying) compares(rollout.Split) bool { return false }

// token names the deployment of a revision on top of the last one, so that a repeated call starts it only once.
func token(t rollout.Target, revision, last string) string {
	sum := sha256.Sum256([]byte(t.ID() + "\n" + revision + "\n" + last))
	return hex.EncodeToString(sum[:16])
}
