// Package cloudformation is AWS CloudFormation on one machine: stacks that are created, and updated directly or by change sets, with the clocks, the
// states and the refusals of AWS. A stack really makes, changes and deletes its resources, by the services of the sandbox (cfn.Keeper), so that what
// it brings out is met by traffic and shows in metrics.
//
// Templates are JSON; in the place of others a clear error stands. Imports, macros, hooks, StackSets, stack refactoring and EXPRESS
// deployments are refused. Resources are changed one after the other, where AWS changes what does not depend on
// each other at the same time. A service role has to be passed (iam:PassRole); what it may do is not asked.
//
// Documentation followed: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/ and
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/. How long anything takes is not documented: see Pace.
package cloudformation

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"strings"
	"time"

	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/outbox"
	"sluice/test/sandbox/wire"
)

// Options of a Service.
type Options struct {
	Home    wire.Home
	Context context.Context // operations end with it
	// Keepers make, change and delete resources, by type.
	Keepers map[string]cfn.Keeper
	// Object reads an object of S3.
	Object func(bucket, key string) (body []byte, found bool)
	// Alarm is the state of a CloudWatch alarm by its ARN; empty when there is none.
	Alarm func(arn string) (state string)
	// Emit puts an event of aws.cloudformation on the default bus.
	Emit func(ctx context.Context, detailType string, resources []string, detail any)
}

// Pace is how long things take that AWS does not document.
type Pace struct {
	ChangeSet time.Duration // until a change set is made
	Poll      time.Duration // between two looks at the alarms of a rollback configuration
	Drift     time.Duration // until drift is detected
	Cleanup   time.Duration // until what is not needed any more is deleted
	Minute    time.Duration // of the monitoring time, for shows: 0 is a minute
}

var usual = Pace{ChangeSet: 8 * time.Second, Poll: 15 * time.Second, Drift: 20 * time.Second, Cleanup: 5 * time.Second}

// A Service is one account's stacks in one Region.
type Service struct {
	o Options

	mu     outbox.Lock
	pace   Pace
	stacks []*stack
	made   int
}

// New makes a service without stacks.
func New(o Options) *Service {
	s := &Service{o: o, pace: usual}
	s.o.Keepers = maps.Clone(o.Keepers)
	s.o.Keepers[stackType] = s.nestedKeeper()
	return s
}

// SetPace changes how long things take from now on.
func (s *Service) SetPace(p Pace) {
	defer s.lock()()
	s.pace = p
}

// Wire registers the service's operations.
func (s *Service) Wire() wire.Service {
	return wire.Service{Name: "cloudformation", QueryVersion: "2010-05-15", XMLNamespace: "http://cloudformation.amazonaws.com/doc/2010-05-15/", Impl: s, Scope: s.scope}
}

// lock takes the service's lock; what it returns gives it back and sends the events that were told meanwhile.
func (s *Service) lock() (unlock func()) { return s.mu.Hold() }

// uuid is a new id in the form of a UUID.
func (s *Service) uuid() string {
	s.made++
	id := fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "cloudformation %s %d", s.o.Home.Region, s.made)))
	return id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:32]
}

// invalid is how CloudFormation refuses nearly everything (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html).
func invalid(format string, args ...any) error { return wire.Validation(format, args...) }

// find is a stack by its name or id (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html).
func (s *Service) find(name *string) (*stack, error) {
	if name != nil {
		for _, st := range s.stacks {
			if st.name == *name || st.id == *name {
				return st, nil
			}
		}
		return nil, invalid("Stack with id %s does not exist", *name)
	}
	return nil, wire.NotImplemented("a stack without a name")
}

// named is the name in an id, or the name itself.
func named(id string) string {
	if _, after, is := strings.Cut(id, ":stack/"); is {
		id, _, _ = strings.Cut(after, "/")
	}
	return id
}
