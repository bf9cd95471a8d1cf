// Package autoscaling is Amazon EC2 Auto Scaling on one machine: groups of instances that are made from versions of a launch template, and their
// scaling activities. An instance runs a program, which really answers requests, and is a target of the load balancer like any other.
//
// Launch templates belong to Amazon EC2, which is not here: PutTemplate and PutVersion make them. Scaling policies, warm pools
// and lifecycle hooks are refused.
//
// Documentation followed: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/Welcome.html and
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/what-is-amazon-ec2-auto-scaling.html. How long an instance takes to launch is not documented:
// see Pace.
package autoscaling

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"sluice/test/sandbox/elbv2"
	"sluice/test/sandbox/outbox"
	"sluice/test/sandbox/wire"
)

// Options of a Service.
type Options struct {
	Home    wire.Home
	Context context.Context // instances end with it
	// Balancing has the target groups, and the network in which instances listen.
	Balancing *elbv2.Service
	// Emit puts an event of aws.autoscaling on the default bus.
	Emit func(ctx context.Context, detailType string, resources []string, detail any)
}

// Pace is how long things take that AWS does not document.
type Pace struct {
	Look   time.Duration // between two looks at a group in which something happens
	Rest   time.Duration // and at one that has what it wants
	Launch time.Duration // until an instance runs
}

var usual = Pace{Look: 5 * time.Second, Rest: 30 * time.Second, Launch: 40 * time.Second}

// A Service is one account's Auto Scaling in one region.
type Service struct {
	o Options

	mu        outbox.Lock
	pace      Pace
	templates []*template
	groups    []*group
	limit     int // of instances in all; 0 means there is always capacity
	made      int
}

// New makes a service without groups.
func New(o Options) *Service { return &Service{o: o, pace: usual} }

// SetPace changes how long things take from now on.
func (s *Service) SetPace(p Pace) {
	defer s.lock()()
	s.pace = p
}

// Limit is how many instances there is capacity for in the Availability Zone; 0 means there is no limit.
func (s *Service) Limit(instances int) {
	defer s.lock()()
	s.limit = instances
}

// Wire registers the service's operations.
func (s *Service) Wire() wire.Service {
	return wire.Service{Name: "autoscaling", QueryVersion: "2011-01-01", XMLNamespace: "http://autoscaling.amazonaws.com/doc/2011-01-01/", Impl: s, Scope: s.scope}
}

// lock takes the service's lock; what it returns gives it back and sends the events that were told meanwhile.
func (s *Service) lock() (unlock func()) { return s.mu.Hold() }

// id is a new one of so many hexadecimal digits, at most 64.
func (s *Service) id(digits int) string {
	s.made++
	return fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "autoscaling %d", s.made)))[:digits]
}

// uuid is a new id in the form of a UUID.
func (s *Service) uuid() string {
	id := s.id(32)
	return id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]
}
