// Package rivals finds others that move a target, too, where that takes a client which no other function needs: only plan links it. As in package
// kinds, the build tag "one" links only the kind whose own tag is set.
package rivals

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// A Finder looks for who else moves a target.
type Finder interface {
	// Find says who does, as the reason for which a release is not let in; nil when nobody was found. unseen says what could not be looked at, in a
	// sentence; empty when all was.
	Find(ctx context.Context, t rollout.Target) (why *rollout.Rejection, unseen string, err error)
}

// linked are the kinds of this build that have one. Their files fill it before main.
var linked = map[kind.ID]func(aws.Config) Finder{}

// Of opens the finder of a kind; one that finds nobody when the kind has none.
func Of(id kind.ID, cfg aws.Config) Finder {
	if open, has := linked[id]; has {
		return open(cfg)
	}
	return nobody{}
}

type nobody struct{}

func (nobody) Find(context.Context, rollout.Target) (*rollout.Rejection, string, error) {
	return nil, "", nil
}
