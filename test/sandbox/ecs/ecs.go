// Package ecs is Amazon ECS on one machine: clusters, task definitions and services that ECS itself deploys: rolling, blue/green, linear and canary. A
// task runs a program, which really answers requests, and is a target of the load balancer like any other.
//
// A service is looked at every few seconds: tasks are started, registered in the target group, replaced when their target is unhealthy, and
// stopped after their target has drained. A deployment that shifts traffic goes through its lifecycle stages, waits at PAUSE hooks, and moves the weights
// of the listener rule; hooks may call functions of Lambda. What is refused: other controllers, and everything that has nothing to do with services.
//
// Documentation followed: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/Welcome.html and
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html. How long a task takes to start is not documented: see Pace.
package ecs

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"sluice/test/sandbox/elbv2"
	"sluice/test/sandbox/lambda"
	"sluice/test/sandbox/outbox"
	"sluice/test/sandbox/program"
	"sluice/test/sandbox/wire"
)

// Options of a Service.
type Options struct {
	Home    wire.Home
	Context context.Context // tasks and schedulers end with it
	// Balancing has the target groups, and the network in which tasks listen.
	Balancing *elbv2.Service
	// Emit puts an event of aws.ecs on the default bus.
	Emit func(ctx context.Context, detailType string, resources []string, detail any)
	// Red says which of the named alarms are in ALARM; nil: none is.
	Red func(alarms []string) []string
	// Call invokes a function of Lambda as a role that ECS takes on, and waits for its end; nil: hooks that call functions are refused.
	Call func(ctx context.Context, role, function string, payload []byte) (lambda.Result, error)
	// Record takes the metrics that Service Connect counts; nil drops them.
	Record func(namespace, name string, dimensions map[string]string, unit string, value float64, at time.Time)
}

// Pace is how long things take that AWS does not document.
type Pace struct {
	Look      time.Duration // between two looks of the scheduler at a service in which something happens
	Rest      time.Duration // and at one that is in a steady state
	Provision time.Duration // until a task has its network interface
	Pull      time.Duration // until its image is there
	Shift     time.Duration // from the request for a weight until the listener rule has it
}

// usual is about what Fargate takes.
var usual = Pace{Look: 5 * time.Second, Rest: 30 * time.Second, Provision: 10 * time.Second, Pull: 20 * time.Second, Shift: 5 * time.Second}

// A Service is one account's ECS in one region.
type Service struct {
	o Options

	mu          outbox.Lock
	pace        Pace
	images      map[string]program.Program
	definitions map[string][]*definition // by family
	clusters    []*cluster
	made        int
}

// New makes a service without clusters.
func New(o Options) *Service {
	return &Service{o: o, pace: usual, images: map[string]program.Program{}, definitions: map[string][]*definition{}}
}

// SetPace changes how long things take from now on.
func (s *Service) SetPace(p Pace) {
	defer s.lock()()
	s.pace = p
}

// PutImage pushes an image, by the name that container definitions have ("shop/web:2", "shop/web@sha256:..."). An image that nobody pushed cannot be
// pulled.
func (s *Service) PutImage(image string, p program.Program) {
	defer s.lock()()
	s.images[image] = p
}

// Wire registers the service's operations.
func (s *Service) Wire() wire.Service {
	return wire.Service{Name: "ecs", Target: "AmazonEC2ContainerServiceV20141113", JSONVersion: "1.1", EpochTimes: true, Impl: s, Scope: s.scope}
}

// lock takes the service's lock; what it returns gives it back and sends the events that were told meanwhile.
func (s *Service) lock() (unlock func()) { return s.mu.Hold() }

// id is a new one of so many hexadecimal digits, at most 64.
func (s *Service) id(digits int) string {
	s.made++
	return fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "ecs %d", s.made)))[:digits]
}

func (s *Service) arn(resource string) string { return s.o.Home.ARN("ecs", resource) }
