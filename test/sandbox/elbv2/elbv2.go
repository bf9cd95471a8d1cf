// Package elbv2 is Elastic Load Balancing on one machine: Application Load Balancers with their listeners, rules and target groups.
//
// What AWS calls the control plane is the operations of the API. A load balancer is active as soon as it is made, and a change of a rule holds for
// the next request. The data plane is Handler and Listen: a listener that takes real requests, chooses a rule, a target group and a target, and
// forwards. Targets are checked, drained and counted as on AWS. Network and Gateway Load Balancers, HTTPS to targets, redirects and Lambda targets
// are refused: Sluice does not need them.
//
// Documentation followed: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/Welcome.html and
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html.
package elbv2

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"sluice/test/sandbox/network"
	"sluice/test/sandbox/wire"
)

// Options of a Service.
type Options struct {
	Home    wire.Home
	Context context.Context // health checks and listeners end with it
	// Network carries requests and health checks to targets.
	Network *network.Network

	// Chance chooses among target groups: a number in [0,1), safe for concurrent use. The default is random.
	Chance func() float64
	// Record takes each metric value; nil drops them. The dimensions must not be changed.
	Record func(namespace, name string, dimensions map[string]string, unit string, value float64, at time.Time)
}

// A Service is one account's Elastic Load Balancing in one region.
type Service struct {
	o      Options
	limits limits

	mu        sync.Mutex
	balancers []*balancer
	groups    []*group
	tags      map[string]map[string]string // by ARN
	made      int
	counting  sync.Once
	terse     bool
}

// New makes a service without load balancers.
func New(o Options) *Service {
	if o.Chance == nil {
		o.Chance = rand.Float64
	}
	if o.Record == nil {
		o.Record = func(string, string, map[string]string, string, float64, time.Time) {}
	}
	return &Service{o: o, limits: newLimits(), tags: map[string]map[string]string{}}
}

// Terse has an action with one target group described by its ARN alone, as the samples of the API reference do, or in full again.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeRules.html
func (s *Service) Terse(terse bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.terse = terse
}

// Network is where targets are reached, and load balancers by their DNS names.
func (s *Service) Network() *network.Network { return s.o.Network }

// Wire registers the service's operations. What calls the Service's methods in this process has no limits: on AWS, ECS, Auto Scaling and
// CloudFormation have buckets of their own.
func (s *Service) Wire() wire.Service {
	return wire.Service{
		Name: "elasticloadbalancing", QueryVersion: "2015-12-01", XMLNamespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
		Impl: s, Scope: s.scope, Admit: s.limits.admit,
	}
}

// arn is the ARN of a new resource: its id is 16 hexadecimal digits.
func (s *Service) arn(kind, below string) string {
	s.made++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d", kind, below, s.made))
	return s.o.Home.ARN("elasticloadbalancing", fmt.Sprintf("%s/%s/%x", kind, below, sum[:8]))
}
