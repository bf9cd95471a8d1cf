package memory

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/test/sandbox/wire"
)

// Pace is how a fleet's deployments go.
type Pace struct {
	Takes  time.Duration // from the start of a deployment until all serve its revision; the way back takes half of what was done
	Breaks string        // a revision that never gets healthy: the fleet gives it up after half of the time, and goes back by itself
}

// fleet is what its service brings revisions out to by itself.
type fleet struct {
	Pace
	serves string // before its first deployment
	all    []*deployment
}

// CreateFleet makes a fleet that serves one revision.
func (s *Service) CreateFleet(name, revision string, p Pace) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fleets[name] = &fleet{Pace: p, serves: revision}
}

// Deploy is somebody else's deployment, which takes the place of one that is under way.
func (s *Service) Deploy(name, revision string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.fleets[name]
	f.begin(plan{revision: revision, takes: f.Takes})
}

// DescribeFleetInput names a fleet.
type DescribeFleetInput struct{ Name *string }

// DescribeFleetOutput is what a fleet serves, or will serve next while a deployment is under way.
type DescribeFleetOutput struct {
	Serves    *string
	Candidate *string // beside it, while a deployment goes by weights
	Weight    *int32  // the candidate's, in hundredths of a percent
	Rests     *bool   // it waits to be told to go on
	Handle    *string // of the last deployment
	Moving    *string
}

// DescribeFleet reads a fleet.
func (s *Service) DescribeFleet(_ context.Context, in *DescribeFleetInput) (*DescribeFleetOutput, error) {
	return inFleet(s, in.Name, func(f *fleet) (*DescribeFleetOutput, error) {
		last := f.last()
		if last == nil {
			return &DescribeFleetOutput{Serves: &f.serves}, nil
		}
		if weight, rests := last.divides(); !last.gaveUp() && last.passed() < len(last.weights) {
			return &DescribeFleetOutput{Serves: &last.from, Candidate: &last.revision, Weight: aws.Int32(weight), Rests: &rests, Handle: &last.handle, Moving: last.moving()}, nil
		}
		return &DescribeFleetOutput{Serves: aws.String(last.heads()), Handle: &last.handle, Moving: last.moving()}, nil
	})
}

// StartDeploymentInput is a revision to bring out. The same token once more starts nothing. With several weights the fleet rests before each of them
// until it is told to go on, and goes back when it is told nothing for Patience seconds.
type StartDeploymentInput struct {
	Name, Revision, Token *string
	Weights               []int32
	Patience              *int32
}

// StartDeploymentOutput is the deployment that was started.
type StartDeploymentOutput struct{ Handle *string }

// StartDeployment begins to bring a revision out, unless another deployment is under way.
func (s *Service) StartDeployment(_ context.Context, in *StartDeploymentInput) (*StartDeploymentOutput, error) {
	return inFleet(s, in.Name, func(f *fleet) (*StartDeploymentOutput, error) {
		for _, d := range f.all {
			if d.token == aws.ToString(in.Token) {
				return &StartDeploymentOutput{&d.handle}, nil
			}
		}
		last := f.last()
		switch {
		case aws.ToString(in.Revision) == "" || aws.ToString(in.Token) == "":
			return nil, wire.Validation("a deployment needs a revision and a token")
		case last != nil && (last.moving() != nil || last.rests()):
			return nil, &wire.Error{Code: "InProgress", Message: fmt.Sprintf("deployment %s is under way", last.handle), Status: 409}
		}
		p := plan{revision: *in.Revision, token: *in.Token, takes: f.Takes, patience: time.Duration(aws.ToInt32(in.Patience)) * time.Second}
		if len(in.Weights) > 1 {
			p.weights = in.Weights
		}
		return &StartDeploymentOutput{&f.begin(p).handle}, nil
	})
}

// AdvanceDeploymentInput has a deployment go on that rests at a weight.
type AdvanceDeploymentInput struct {
	Name, Handle *string
	Weight       *int32
}

// AdvanceDeploymentOutput is what the fleet will serve next.
type AdvanceDeploymentOutput struct {
	Serves, Candidate *string
	Weight            *int32
}

// AdvanceDeployment lets the last deployment go on to its next weight.
func (s *Service) AdvanceDeployment(_ context.Context, in *AdvanceDeploymentInput) (*AdvanceDeploymentOutput, error) {
	return inFleet(s, in.Name, func(f *fleet) (*AdvanceDeploymentOutput, error) {
		last := f.last()
		if last == nil || last.handle != aws.ToString(in.Handle) || !last.restsAt(aws.ToInt32(in.Weight)) {
			return nil, &wire.Error{Code: "Stale", Message: fmt.Sprintf("deployment %s does not rest at %d", aws.ToString(in.Handle), aws.ToInt32(in.Weight)), Status: 400}
		}
		last.goOn()
		weight, _ := last.divides()
		return &AdvanceDeploymentOutput{&last.from, &last.revision, &weight}, nil
	})
}

// DescribeDeploymentInput names a deployment of a fleet.
type DescribeDeploymentInput struct{ Name, Handle *string }

// DescribeDeploymentOutput is what became of it: one that neither moves nor failed is done.
type DescribeDeploymentOutput struct{ Moving, Failed, Revision *string }

// DescribeDeployment reads a deployment.
func (s *Service) DescribeDeployment(_ context.Context, in *DescribeDeploymentInput) (*DescribeDeploymentOutput, error) {
	return inFleet(s, in.Name, func(f *fleet) (*DescribeDeploymentOutput, error) {
		for _, d := range f.all {
			if d.handle == aws.ToString(in.Handle) {
				out := &DescribeDeploymentOutput{Moving: d.moving(), Revision: aws.String(d.revision)}
				if d.gaveUp() {
					out.Failed = aws.String(d.failed())
				}
				return out, nil
			}
		}
		return nil, &wire.Error{Code: "NotFound", Message: "there is no deployment " + aws.ToString(in.Handle), Status: 400}
	})
}

// StopDeploymentInput has a fleet go back to a revision. With a handle it loses to a deployment that came after that one. Without a revision it goes back
// to what the deployment of that handle came from, if that is still under way.
type StopDeploymentInput struct{ Name, Handle, Stable *string }

// StopDeploymentOutput is empty.
type StopDeploymentOutput struct{}

// StopDeployment turns the deployment round that is under way, or begins one of stable.
func (s *Service) StopDeployment(_ context.Context, in *StopDeploymentInput) (*StopDeploymentOutput, error) {
	return inFleet(s, in.Name, func(f *fleet) (*StopDeploymentOutput, error) {
		last, out := f.last(), &StopDeploymentOutput{}
		switch {
		case aws.ToString(in.Stable) == "" && in.Handle == nil:
			return nil, wire.Validation("name the revision to go back to, or the deployment to take back")
		case in.Handle != nil && (last == nil || *in.Handle != last.handle):
			return nil, &wire.Error{Code: "Stale", Message: fmt.Sprintf("deployment %s is not the last one", *in.Handle), Status: 400}
		case aws.ToString(in.Stable) == "":
			f.takeBack()
		case last == nil && f.serves == *in.Stable, last != nil && last.heads() == *in.Stable:
			return out, nil
		case last != nil && last.moving() != nil:
			f.begin(plan{revision: *in.Stable, takes: min(time.Since(last.began), f.Takes) / 2})
		default:
			f.begin(plan{revision: *in.Stable, takes: f.Takes / 2})
		}
		return out, nil
	})
}

// takeBack turns the last deployment round while it is under way.
func (f *fleet) takeBack() {
	if last := f.last(); !last.gaveUp() && (last.moving() != nil || last.rests()) {
		last.turned = time.Now()
	}
}

// inFleet does something to a fleet while nobody else does.
func inFleet[Out any](s *Service, name *string, do func(f *fleet) (*Out, error)) (*Out, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, known := s.fleets[aws.ToString(name)]
	if !known {
		return nil, missing(aws.ToString(name))
	}
	return do(f)
}
