package eventbridge

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awseventbridge "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"sluice/test/sandbox/wire"
)

const (
	defaultBus = "default"
	maxBuses   = 100
)

// A bus is a name under which rules listen.
type bus struct {
	name, arn, description string
	created, modified      time.Time
	policy                 string
	rules                  map[string]*rule
	listening              []*rule // enabled rules with a pattern, by name; replaced, never changed
}

var busName = regexp.MustCompile(`^[.\-_A-Za-z0-9]{1,256}$`)

func (s *Service) newBus(name string) *bus {
	now := time.Now()
	return &bus{
		name: name, arn: s.options.Home.ARN("events", "event-bus/"+name),
		created: now, modified: now, rules: map[string]*rule{},
	}
}

// busOf finds a bus by its name or ARN; no name means the default bus.
func (s *Service) busOf(nameOrARN *string) (*bus, error) {
	name := busNameOf(aws.ToString(nameOrARN))
	b := s.buses[name]
	if b == nil {
		return nil, notFound("Event bus %s does not exist.", name)
	}
	return b, nil
}

func busNameOf(nameOrARN string) string {
	if nameOrARN == "" {
		return defaultBus
	}
	if _, name, isARN := strings.Cut(nameOrARN, ":event-bus/"); isARN {
		return name
	}
	return nameOrARN
}

func notFound(format string, args ...any) error {
	return &types.ResourceNotFoundException{Message: aws.String(fmt.Sprintf(format, args...))}
}

// CreateEventBus adds a custom bus.
func (s *Service) CreateEventBus(_ context.Context, in *awseventbridge.CreateEventBusInput) (*awseventbridge.CreateEventBusOutput, error) {
	name := aws.ToString(in.Name)
	if !busName.MatchString(name) {
		return nil, wire.Validation("Parameter Name is not valid. Reason: %q must match %s", name, busName)
	}
	if in.EventSourceName != nil || in.DeadLetterConfig != nil || in.KmsKeyIdentifier != nil {
		return nil, wire.NotImplemented("CreateEventBus with EventSourceName, DeadLetterConfig or KmsKeyIdentifier")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buses[name] != nil {
		return nil, &types.ResourceAlreadyExistsException{Message: aws.String("Event bus " + name + " already exists.")}
	}
	if len(s.buses) >= maxBuses {
		return nil, limitExceeded()
	}
	b := s.newBus(name)
	b.description = aws.ToString(in.Description)
	s.buses[name] = b
	return &awseventbridge.CreateEventBusOutput{
		EventBusArn: &b.arn, Description: in.Description, LogConfig: in.LogConfig,
	}, nil
}

func limitExceeded() error {
	return &types.LimitExceededException{Message: aws.String("The requested resource exceeds the maximum number allowed.")}
}

// DescribeEventBus tells a bus's ARN and policy.
func (s *Service) DescribeEventBus(_ context.Context, in *awseventbridge.DescribeEventBusInput) (*awseventbridge.DescribeEventBusOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	b, err := s.busOf(in.Name)
	if err != nil {
		return nil, err
	}
	return &awseventbridge.DescribeEventBusOutput{
		Arn: &b.arn, Name: &b.name, Description: optional(b.description), Policy: optional(b.policy),
		CreationTime: &b.created, LastModifiedTime: &b.modified,
	}, nil
}

// optional leaves out of an answer what was never given.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// ListEventBuses lists the buses by name.
func (s *Service) ListEventBuses(_ context.Context, in *awseventbridge.ListEventBusesInput) (*awseventbridge.ListEventBusesOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var buses []types.EventBus
	for _, b := range sorted(s.buses, in.NamePrefix) {
		buses = append(buses, types.EventBus{
			Arn: &b.arn, Name: &b.name, Description: optional(b.description), Policy: optional(b.policy),
			CreationTime: &b.created, LastModifiedTime: &b.modified,
		})
	}
	shown, next, err := page(buses, in.Limit, in.NextToken)
	return &awseventbridge.ListEventBusesOutput{EventBuses: shown, NextToken: next}, err
}

// sorted gives the values of a map by name, those whose name begins with prefix.
func sorted[T any](m map[string]T, prefix *string) []T {
	var values []T
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if strings.HasPrefix(name, aws.ToString(prefix)) {
			values = append(values, m[name])
		}
	}
	return values
}
