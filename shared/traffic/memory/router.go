// Package memory moves the traffic of targets and fleets in memory. They exist only in the sandbox, for tests of what is the same for all kinds.
package memory

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// Router is the traffic.Router of targets in memory.
type Router struct{ client }

var _ traffic.Router = (*Router)(nil)

// Ports opens all that the kind can do.
func Ports(cfg aws.Config) traffic.Ports { return traffic.Ports{Router: New(cfg)} }

// New builds a router on the account and region of cfg.
func New(cfg aws.Config) *Router { return &Router{client{cfg}} }

// message is what goes over the wire, both ways.
type message struct {
	Name   string    `json:"name,omitempty"`
	Serves *division `json:"serves,omitempty"`
	Lock   string    `json:"lock,omitempty"`
	Moving string    `json:"moving,omitempty"`
}

type division struct {
	Stable    string `json:"stable"`
	Candidate string `json:"candidate"`
	Weight    int    `json:"weight"`
}

// Read implements traffic.Router.
func (r *Router) Read(ctx context.Context, t rollout.Target) (rollout.Split, error) {
	return r.divided(ctx, "Read", message{Name: t.Memory.Target})
}

// Write implements traffic.Router.
func (r *Router) Write(ctx context.Context, t rollout.Target, to rollout.Split, lock string) (rollout.Split, error) {
	to = to.Plain()
	return r.divided(ctx, "Write", message{Name: t.Memory.Target, Serves: &division{to.Stable, to.Candidate, int(to.Weight)}, Lock: lock})
}

func (r *Router) divided(ctx context.Context, operation string, in message) (rollout.Split, error) {
	out := message{Serves: &division{}}
	if err := r.call(ctx, operation, in.Name, in, &out); err != nil {
		return rollout.Split{}, err
	}
	return rollout.Split{Stable: out.Serves.Stable, Candidate: out.Serves.Candidate, Weight: rollout.Weight(out.Serves.Weight), Tag: out.Lock, Moving: out.Moving}, nil
}
