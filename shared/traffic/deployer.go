package traffic

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"sluice/shared/rollout"
)

// Deployer is the port of a service that brings out a revision by itself, over minutes, and that we can only start, look at and stop. It knows
// nothing of leases and fences: a Mover asks.
type Deployer interface {
	// Read says what the target serves; while a deployment is under way, what it will serve, and Moving says how far it is. Tag is the handle of the
	// deployment that was the last. Errors: an Obstacle when the target is not there any more.
	Read(ctx context.Context, t rollout.Target) (rollout.Split, error)

	// Start has the service bring out a revision, and answers the handle of the deployment. It is idempotent by the token, or made so: the same
	// token once more starts nothing. Errors: ErrMoved when another deployment is under way, an Obstacle when it can never be.
	Start(ctx context.Context, t rollout.Target, revision, token string) (handle string, err error)

	// Look says what became of a deployment.
	Look(ctx context.Context, t rollout.Target, handle string) (Progress, error)

	// Stop leads back to stable, whether the deployment is under way, has failed or was the last one to be done; it is idempotent, too. An empty
	// handle stands for whatever is there. Errors: ErrMoved when another deployment came after that one, an Obstacle when it can never be.
	Stop(ctx context.Context, t rollout.Target, handle, stable string) error
}

// Progress is what became of a deployment. One that neither moves nor failed is done.
type Progress struct {
	Moving string // how far it is: "2 of 10 tasks are healthy"
	Failed string // why the service gave it up, as a clause
}

// deploying moves traffic by a Deployer.
type deploying struct{ Deployer }

// forward starts a deployment, unless to.Tag says that it was started before: then whatever else is there now tells of its end.
func (d deploying) forward(ctx context.Context, t rollout.Target, found, to rollout.Split) (handle string, err error) {
	if to.Tag != "" {
		return to.Tag, d.ended(ctx, t, to.Tag)
	}
	revision := to.Plain().Stable
	return d.Start(ctx, t, revision, token(t, revision, found.Tag))
}

// ended is why a deployment that we started is not what the target serves.
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

func (d deploying) back(ctx context.Context, t rollout.Target, stable, lock string) (rollout.Split, error) {
	if err := d.Stop(ctx, t, lock, stable); err != nil {
		return rollout.Split{}, err
	}
	return d.Read(ctx, t)
}

// compares implements service: no service starts a deployment only on top of one that the caller names.
func (deploying) compares(rollout.Split) bool { return false }

// token names the deployment of a revision on top of another one: whoever is called twice starts it once.
func token(t rollout.Target, revision, last string) string {
	sum := sha256.Sum256([]byte(t.ID() + "\n" + revision + "\n" + last))
	return hex.EncodeToString(sum[:16])
}
