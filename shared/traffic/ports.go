package traffic

import (
	"context"
	"encoding/json"

	"sluice/shared/rollout"
)

// Ports are what one kind of target can do through its service, over one client. A port that the kind does not have is nil.
type Ports struct {
	Router    Router // or a Deployer
	Deployer  Deployer
	Inspector Inspector
	Prober    Prober
	Publisher Publisher
	Images    Images
}

// Inspector looks at a candidate before anything is touched.
type Inspector interface {
	// Inspect says why a revision can never serve beside stable, and nil when it can. It has a revision prepared that sleeps.
	// Errors: rollout.NotReady for what passes by itself.
	Inspect(ctx context.Context, t rollout.Target, revision, stable string) (*rollout.Rejection, error)
}

// Prober tries a revision that has no traffic yet.
type Prober interface {
	// Probe makes one request to a revision. failure is empty when it was served, and what went wrong when it was not, or took too long.
	// Errors: rollout.NotReady when the revision is still being prepared, others when nobody can say.
	Probe(ctx context.Context, t rollout.Target, revision string, payload json.RawMessage) (failure string, err error)
}

// Publisher makes a revision of an object.
type Publisher interface {
	// Publish is idempotent: the same object once more is the revision that it was. id is of the object's version and may be empty. A rejection
	// says why no revision will ever come of it. Errors: rollout.NotReady for what passes by itself.
	Publish(ctx context.Context, t rollout.Target, o rollout.Object, id string) (revision string, why *rollout.Rejection, err error)
}

// Images finds the images that revisions are made of.
type Images interface {
	// Image is the repository and the digest of a revision's image; both are empty when it is no image.
	Image(ctx context.Context, t rollout.Target, revision string) (repository, digest string, err error)
}
