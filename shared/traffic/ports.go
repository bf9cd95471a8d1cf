package traffic

import (
	"context"
	"encoding/json"
	"time"

	"sluice/shared/gates"
	"sluice/shared/rollout"
)

// Ports are what one kind of target can do through its service, over one client. A port that the kind does not have is nil.
type Ports struct {
	Router    Router // or a Deployer
	Deployer  Deployer
	Filler    Filler
	Retirer   Retirer
	Inspector Inspector
	Prober    Prober
	Front     Front
	Publisher Publisher
	Registrar Registrar
	Maker     Maker
	Images    Images
	Previewer Previewer
	Drifter   Drifter

	// Unlocked says that the Router's service takes any write, whatever it was based on. A Tag that the Router has all the same is what it
	// needs to write without reading first. Whoever goes back with it has asked just before whether the target is still theirs.
	Unlocked bool
}

// Filler is the port of a kind whose two revisions stand in pools of their own: it brings the candidate up in the pool that does not serve.
type Filler interface {
	// Fill has the pool that does not serve bring the candidate up, and says how far that is. The pool is ready when Fill answers neither Moving nor
	// Failed. Fill is idempotent, and is called until then; since is when its first answer was Moving, and zero until that is known. It moves no
	// traffic. Errors: an Obstacle when it can never succeed.
	Fill(ctx context.Context, t rollout.Target, stable, candidate string, since time.Time) (Progress, error)
}

// Retirer is the port of such a kind that may take the pool that does not serve down again.
type Retirer interface {
	// Retire scales the pool that does not serve to nothing, and says what it did, as a clause. serves is the revision that has all traffic; if the
	// target does not look like that, Retire touches nothing. It moves no traffic, and is idempotent. Errors: an Obstacle when it is not to be retired.
	Retire(ctx context.Context, t rollout.Target, serves string) (did string, err error)
}

// Inspector looks at a candidate before anything is touched.
type Inspector interface {
	// Inspect says why a revision can never serve beside stable; nil when it can. If the service has put the revision to sleep, Inspect has it
	// prepared. Errors: rollout.NotReady for a condition that passes by itself.
	Inspect(ctx context.Context, t rollout.Target, revision, stable string) (*rollout.Rejection, error)
}

// A Surveyor is an Inspector that can tell without a candidate what has every release refused. What stands is otherwise inspected as if it were to be
// released once more.
type Surveyor interface {
	// Survey says that, as a rejection; nil when nothing is known. It only reads.
	Survey(ctx context.Context, t rollout.Target, stable string) (*rollout.Rejection, error)
}

// Wary is an Inspector that also says what does not hinder a release, and may undo it later.
type Wary interface {
	// Caution says that, with what would be right, in sentences; empty when there is nothing to say.
	Caution(ctx context.Context, t rollout.Target) (string, error)
}

// Prober tries a revision that has no traffic yet.
type Prober interface {
	// Probe makes one request to a revision. failure is empty when the request was served; otherwise it says what went wrong, or that it took too
	// long. Errors: rollout.NotReady when the revision is still being prepared, others when the outcome is unknown.
	Probe(ctx context.Context, t rollout.Target, revision string, payload json.RawMessage) (failure string, err error)
}

// Front is the port of a kind that has requests reach a revision which has no traffic yet, at a URL of its own (kind.Fronted).
type Front interface {
	// Point has that URL lead to a revision, and to no other one. It is idempotent, and moves no users' traffic. Errors: an Obstacle when it can
	// never succeed.
	Point(ctx context.Context, t rollout.Target, revision string) (Pointed, error)
}

// Pointed says whether a URL led to the revision before.
type Pointed string

// Whether it did.
const (
	Stood Pointed = "stood" // and has for a while
	Anew  Pointed = "anew"  // not every node of the service may know it yet
)

// Publisher makes a revision of an object.
type Publisher interface {
	// Publish makes a revision of an object. It is idempotent: the same object gives the same revision. id is the id of the object's version and
	// may be empty. why says why the object can never become a revision. Errors: rollout.NotReady for a condition that passes by itself.
	Publish(ctx context.Context, t rollout.Target, o rollout.Object, id string) (revision string, why *rollout.Rejection, err error)
}

// Registrar makes a revision of an image.
type Registrar interface {
	// Register makes a revision of an image out of what serves, in which nothing else changes. It is idempotent as far as the service lets it be: a
	// repeated call may make another one that is the same. left is the revision to which the last release left everything; it tells which one is
	// stable. why says why the image can never become a revision.
	Register(ctx context.Context, t rollout.Target, image, left string) (revision string, why *rollout.Rejection, err error)
}

// Maker makes or finds the revision of a release that asks for it by another word: something as it is now, or a label.
type Maker interface {
	// Make is the revision that a word stands for; the word itself when it is one already. It is idempotent: the same release gets the same revision. why
	// says why there can never be one. Errors: rollout.NotReady for a condition that passes by itself.
	Make(ctx context.Context, t rollout.Target, wants, release string) (revision string, why *rollout.Rejection, err error)
}

// Images finds the images that revisions are made of.
type Images interface {
	// Image returns the repository and the digest of a revision's image; both are empty when the revision is not an image.
	Image(ctx context.Context, t rollout.Target, revision string) (repository, digest string, err error)
}

// Previewer is the port of a kind whose service says beforehand what a release will change.
type Previewer interface {
	// Preview has the service find out what a release would change. It is idempotent: it makes it out anew only if the target was changed since. why
	// says why the release can never be carried out. Errors: rollout.NotReady while the service finds it out, ErrMoved while the target is not at rest.
	Preview(ctx context.Context, t rollout.Target, i Intent) (p rollout.Preview, why *rollout.Rejection, err error)

	// Stands says whether what a preview says can still be carried out, or is being carried out.
	Stands(ctx context.Context, t rollout.Target, id string) (stands bool, err error)
}

// Intent is what a release wants to bring about.
type Intent struct {
	rollout.Course
	Revision string
	Alarms   []string      // that guard it, by name: the service may watch them, too
	Bakes    time.Duration // how long it is watched when every step passes the first time
}

// Drifter is the port of a kind whose service can tell whether somebody changed the target past its template.
type Drifter interface {
	// Drift has the service look, unless it has looked lately, and says what it found.
	Drift(ctx context.Context, t rollout.Target, now time.Time) (gates.Drift, error)
}
