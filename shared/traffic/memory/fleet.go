package memory

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// Deployer is the traffic.Deployer of fleets in memory.
type Deployer struct{ client }

var (
	_ traffic.Holder  = (*Deployer)(nil)
	_ traffic.Evictor = (*Deployer)(nil)
)

// FleetPorts opens all that the kind of fleets can do.
func FleetPorts(cfg aws.Config) traffic.Ports { return traffic.Ports{Deployer: NewDeployer(cfg)} }

// NewDeployer builds a deployer on the account and region of cfg.
func NewDeployer(cfg aws.Config) *Deployer { return &Deployer{client{cfg}} }

// deployment is what goes over the wire, both ways.
type deployment struct {
	Name     string `json:"name,omitempty"`
	Serves   string `json:"serves,omitempty"`
	Revision string `json:"revision,omitempty"`
	Stable   string `json:"stable,omitempty"`
	Token    string `json:"token,omitempty"`
	Handle   string `json:"handle,omitempty"`
	Moving   string `json:"moving,omitempty"`
	Failed   string `json:"failed,omitempty"`

	Candidate string  `json:"candidate,omitempty"`
	Weight    int32   `json:"weight,omitempty"` // hundredths of a percent
	Rests     bool    `json:"rests,omitempty"`
	Weights   []int32 `json:"weights,omitempty"`
	Patience  int     `json:"patience,omitempty"` // seconds
}

// Read implements traffic.Deployer.
func (d *Deployer) Read(ctx context.Context, t rollout.Target) (rollout.Split, error) {
	out, err := d.ask(ctx, "DescribeFleet", deployment{Name: t.Fleet.Fleet})
	return rollout.Split{Stable: out.Serves, Candidate: out.Candidate, Weight: rollout.Weight(out.Weight), Rests: out.Rests, Tag: out.Handle, Moving: out.Moving}, err
}

// Start implements traffic.Deployer.
func (d *Deployer) Start(ctx context.Context, t rollout.Target, wanted traffic.Deployment) (handle string, err error) {
	in := deployment{Name: t.Fleet.Fleet, Revision: wanted.Revision, Token: wanted.Token, Patience: int(wanted.Rests.Seconds())}
	for _, w := range wanted.Weights {
		in.Weights = append(in.Weights, int32(w))
	}
	out, err := d.ask(ctx, "StartDeployment", in)
	return out.Handle, err
}

// Advance implements traffic.Holder.
func (d *Deployer) Advance(ctx context.Context, t rollout.Target, handle string, from rollout.Weight) error {
	_, err := d.ask(ctx, "AdvanceDeployment", deployment{Name: t.Fleet.Fleet, Handle: handle, Weight: int32(from)})
	return err
}

// Look implements traffic.Deployer.
func (d *Deployer) Look(ctx context.Context, t rollout.Target, handle string) (traffic.Progress, error) {
	out, err := d.ask(ctx, "DescribeDeployment", deployment{Name: t.Fleet.Fleet, Handle: handle})
	p := traffic.Progress{Moving: out.Moving, Failed: out.Failed}
	if p.Failed != "" {
		p.Brings = out.Revision
	}
	return p, err
}

// Stop implements traffic.Deployer.
func (d *Deployer) Stop(ctx context.Context, t rollout.Target, handle, stable string) error {
	_, err := d.ask(ctx, "StopDeployment", deployment{Name: t.Fleet.Fleet, Handle: handle, Stable: stable})
	return err
}

// Evict implements traffic.Evictor.
func (d *Deployer) Evict(ctx context.Context, t rollout.Target, handle string) error {
	_, err := d.ask(ctx, "StopDeployment", deployment{Name: t.Fleet.Fleet, Handle: handle})
	if traffic.IsMoved(err) {
		return nil
	}
	return err
}

func (d *Deployer) ask(ctx context.Context, operation string, in deployment) (out deployment, err error) {
	err = d.call(ctx, operation, in.Name, in, &out)
	return out, err
}
