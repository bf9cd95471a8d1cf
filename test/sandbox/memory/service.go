// Package memory is a service that AWS does not have. It divides the traffic of targets between two revisions, as simply as possible. Each target
// has the traits in which services of AWS differ: a compare-and-set or none, and moves that are done at once or after a while. Tests try on it
// what is the same for all kinds of target.
package memory

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/test/sandbox/wire"
)

// A Service is one account's targets in one region: some divide their traffic as they are told, and fleets bring out a revision by themselves.
type Service struct {
	home    wire.Home
	mu      sync.Mutex
	targets map[string]*target
	fleets  map[string]*fleet
}

// Traits are what services differ in.
type Traits struct {
	Locked bool          // a write names the lock that it was based on, and loses to one that came in between
	Takes  time.Duration // from a write until it holds
}

// target is one target, with what was written last.
type target struct {
	Traits
	serves *Division
	writes int
	holds  time.Time
}

// Division is what a target serves: weight is the candidate's share in hundredths of a percent.
type Division struct {
	Stable    *string
	Candidate *string
	Weight    *int32
}

// Divide makes a division.
func Divide(stable, candidate string, weight int) *Division {
	return &Division{Stable: &stable, Candidate: &candidate, Weight: aws.Int32(int32(weight))}
}

func (d *Division) equals(o *Division) bool {
	return *d.Stable == *o.Stable && aws.ToString(d.Candidate) == aws.ToString(o.Candidate) && aws.ToInt32(d.Weight) == aws.ToInt32(o.Weight)
}

// New makes a service without targets.
func New(home wire.Home) *Service {
	return &Service{home: home, targets: map[string]*target{}, fleets: map[string]*fleet{}}
}

// Wire registers the service's operations.
func (s *Service) Wire() wire.Service {
	return wire.Service{Name: "memory", Target: "Memory", JSONVersion: "1.1", EpochTimes: true, Impl: s, Scope: s.scope}
}

func (s *Service) scope(operation string, in any) []wire.Grant {
	name := ""
	switch in := in.(type) {
	case *ReadInput:
		name = aws.ToString(in.Name)
	case *WriteInput:
		name = aws.ToString(in.Name)
	case *DescribeFleetInput:
		name = aws.ToString(in.Name)
	case *StartDeploymentInput:
		name = aws.ToString(in.Name)
	case *AdvanceDeploymentInput:
		name = aws.ToString(in.Name)
	case *DescribeDeploymentInput:
		name = aws.ToString(in.Name)
	case *StopDeploymentInput:
		name = aws.ToString(in.Name)
	}
	return []wire.Grant{{Action: "memory:" + operation, Resource: s.home.ARN("memory", "target/"+name)}}
}

// Create makes a target that gives everything to one revision.
func (s *Service) Create(name, revision string, t Traits) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.targets[name] = &target{Traits: t, serves: Divide(revision, "", 0)}
}

// ReadInput names a target.
type ReadInput struct{ Name *string }

// ReadOutput is what a target serves.
type ReadOutput struct {
	Serves *Division
	Lock   *string // none without a compare-and-set
	Moving *string // why what was written last does not hold yet
}

// WriteOutput is what a target serves after a write.
type WriteOutput ReadOutput

// Read answers what was written last.
func (s *Service) Read(_ context.Context, in *ReadInput) (*ReadOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, known := s.targets[aws.ToString(in.Name)]
	if !known {
		return nil, missing(aws.ToString(in.Name))
	}
	return t.output(), nil
}

// WriteInput is what a target shall serve.
type WriteInput struct {
	Name   *string
	Serves *Division
	Lock   *string
}

// Write has a target serve a division. To write what is there already takes no time.
func (s *Service) Write(_ context.Context, in *WriteInput) (*WriteOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, known := s.targets[aws.ToString(in.Name)]
	switch {
	case !known:
		return nil, missing(aws.ToString(in.Name))
	case in.Serves == nil || aws.ToString(in.Serves.Stable) == "" || aws.ToInt32(in.Serves.Weight) < 0 || aws.ToInt32(in.Serves.Weight) > 10000:
		return nil, wire.Validation("a division needs a stable revision and a weight from 0 to 10000")
	case t.Locked && aws.ToString(in.Lock) != aws.ToString(t.lock()):
		return nil, &wire.Error{Code: "Stale", Message: fmt.Sprintf("lock %q is not the one of %s", aws.ToString(in.Lock), *in.Name), Status: 400}
	}
	t.writes++
	if !t.serves.equals(in.Serves) {
		t.serves, t.holds = in.Serves, time.Now().Add(t.Takes)
	}
	out := WriteOutput(*t.output())
	return &out, nil
}

func (t *target) lock() *string {
	if !t.Locked {
		return nil
	}
	return aws.String(strconv.Itoa(t.writes))
}

func (t *target) output() *ReadOutput {
	out := &ReadOutput{Serves: t.serves, Lock: t.lock()}
	if left := time.Until(t.holds); left > 0 {
		out.Moving = aws.String(left.Round(time.Second).String() + " are left")
	}
	return out
}

func missing(name string) error {
	return &wire.Error{Code: "NotFound", Message: "there is no target " + name, Status: 400}
}
