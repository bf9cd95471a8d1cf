package stage

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/events"
	"sluice/shared/codepipeline"
)

// A turned is what the state machine for stages does after a turn: it waits, succeeds with this as its output, or fails with what it says.
type turned struct {
	State    string `json:"state"`              // one of the three below
	Seconds  int    `json:"seconds,omitempty"`  // to wait
	Release  string `json:"release"`            // id; empty while nobody has begun it
	End      string `json:"end,omitempty"`      // as a release's event has it: "succeeded"
	Revision string `json:"revision,omitempty"` // that serves everything
	URL      string `json:"url,omitempty"`      // of the release's page
	Error    string `json:"error,omitempty"`    // type of the failure, in CodePipeline's words for functions
	Says     string `json:"says"`               // to people
}

const (
	waits     = "waits"
	succeeded = "succeeded"
	failed    = "failed"
)

// turn answers the state machine. An execution whose name is no name of CodePipeline's was begun by somebody else, and could not be a request's key.
func (h *handler) turn(ctx context.Context, t events.Turn) (turned, error) {
	if !t.Known() {
		return turned{State: failed, Error: string(types.FailureTypeConfigurationError), Says: fmt.Sprintf("The execution is named %.80q. Begin it by an action of CodePipeline, or under a name of 1 to 80 letters, digits, hyphens and underscores.", t.Execution)}, nil
	}
	wanted, wrong := t.Reads()
	now := h.Now()
	c := course{wanted: wanted, followed: followed{First: t.Execution, Release: t.Release, Since: t.Since}, patience: ofTurn, now: now}
	a, err := h.answer(ctx, c, wrong)
	return turnedBy(a, now.Sub(t.Since)), err
}

// turnedBy is an answer as the state machine reads it.
func turnedBy(a codepipeline.Answer, waited time.Duration) turned {
	switch {
	case a.Failure != "":
		return turned{State: failed, Release: a.Work, Error: string(a.Failure), Says: a.Says}
	case a.Variables != nil:
		return turned{State: succeeded, Release: a.Work, End: a.Variables["end"], Revision: a.Variables["revision"], URL: a.Variables["url"], Says: a.Says}
	}
	return turned{State: waits, Release: a.Work, Seconds: pause(waited), Says: a.Says}
}

// pause is how many seconds pass until the next turn: a sixtieth of what has passed, half a minute at least, five minutes at most. So whoever waits hears of
// the end soon, and an execution of 7 days has 2,160 turns of 9 events, which is within its 25,000
// (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).
func pause(waited time.Duration) int {
	return int(min(max(waited/60, 30*time.Second), 5*time.Minute) / time.Second)
}
