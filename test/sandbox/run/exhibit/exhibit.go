// Package exhibit says what a show has to know of the service that it shows. Everything else is the same for all kinds of target: the releases,
// the picture, the tally by revision, the alarm, the summary.
//
// A show tells two stories of one service: a good revision is released and promoted, and a bad one is taken back by the alarm. Each exhibit has
// a package of its own below this one, and `make run` links only the one that it shows.
package exhibit

import (
	"context"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/test/sandbox"
)

// Service is the name of the service in every show.
const Service = "checkout"

// An Exhibit is a service whose target is of one kind.
type Exhibit struct {
	Parts      []sandbox.Part // what the target is made of, beside the services of every sandbox
	Programs   []Program      // what the service runs; compiled before AWS is up
	Definition string         // YAML that lies over checkout.yaml; empty when nothing has to differ
	Change     string         // what a change to the service is: "commit"
	Arrives    string         // how a change arrives: "is pushed to main"

	// Open makes the target, with one good revision that serves everything, and what callers need.
	Open func(ctx context.Context, s Stage) (Performer, error)
}

// A Program is a main package of the repository.
type Program struct {
	Name    string
	Package string // "./test/sandbox/run/checkout"
}

// A Stage is a sandbox in which Sluice is deployed, and nothing that could be released.
type Stage struct {
	Sandbox  *sandbox.Sandbox  // sandbox.PartOf finds what Parts made
	Person   aws.Config        // of the person at the keyboard, who may do everything
	Programs map[string]string // the files of the compiled programs, by name
	Folder   string            // for anything; it is gone when the show ends
	Log      io.Writer         // for what the service's processes say
}

// A Performer is an exhibit that is open.
type Performer interface {
	// Bring makes a new revision of the service. The target still serves what it served before.
	Bring(ctx context.Context, c Change) (Revision, error)
	// Ask asks the service as one of its callers, and waits for the answer. The show calls it 40 times a second, up to 10 times at once. An
	// error means that nobody can ask any more, because the sandbox is closing; whatever goes wrong for a caller is an Answer that Failed.
	Ask(ctx context.Context) (Answer, error)
	// Hints are lines for the person at the keyboard: how to ask the service, and commands that show who serves.
	Hints() []string
	// Close ends what Open began. Callers have stopped by then.
	Close()
}

// A Change is what a person of the show did.
type Change struct {
	Author  string
	Message string
	Failing float64 // percent of the requests
}

// A Revision is what a change became.
type Revision struct {
	Version string // what is to be released, as Sluice calls it. Whoever brings it by a push leaves this empty
	Commit  string // of a push, which becomes a release by itself
	Command string // by which it came, as people would write it
	Said    string // what the command answered
}

// An Answer is what a caller got.
type Answer struct {
	Revision string // that answered, as Sluice calls it; empty where the caller cannot tell, as with an error of a load balancer
	Failed   bool
}
