package lambda

import (
	"context"
	"time"

	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// provisioned concurrency of an alias or version. The sandbox keeps the promise (status, the rules against weights) and
// not the capacity: it starts no environment ahead of its first invocation.
type provisioned struct {
	requested int32
	modified  string
	ready     time.Time
}

func (p *provisioned) restart(d time.Duration) { p.modified, p.ready = modified(), time.Now().Add(d) }

// available gives the status now and how much is there.
func (p *provisioned) available() (types.ProvisionedConcurrencyStatusEnum, *int32) {
	if time.Now().Before(p.ready) {
		return types.ProvisionedConcurrencyStatusEnumInProgress, new(int32(0))
	}
	return types.ProvisionedConcurrencyStatusEnumReady, new(p.requested)
}

// PutProvisionedConcurrencyConfig asks for initialised environments for an alias without weights, or a version.
func (s *Service) PutProvisionedConcurrencyConfig(_ context.Context, in *awslambda.PutProvisionedConcurrencyConfigInput) (*awslambda.PutProvisionedConcurrencyConfigOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, qualifier, err := s.namedQualifier(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	if err := f.mayProvision(qualifier); err != nil {
		return nil, err
	}
	p := &provisioned{requested: deref(in.ProvisionedConcurrentExecutions)}
	if p.requested < 1 {
		return nil, invalid("1 validation error detected: Value '%d' at 'provisionedConcurrentExecutions' failed to satisfy "+
			"constraint: Member must have value greater than or equal to 1", p.requested)
	}
	p.restart(s.o.Provisioning)
	f.provisioned[qualifier] = p
	status, count := p.available()
	return &awslambda.PutProvisionedConcurrencyConfigOutput{
		RequestedProvisionedConcurrentExecutions: new(p.requested), AllocatedProvisionedConcurrentExecutions: count,
		AvailableProvisionedConcurrentExecutions: count, Status: status, LastModified: new(p.modified),
	}, nil
}

// GetProvisionedConcurrencyConfig gives the state of provisioned concurrency.
func (s *Service) GetProvisionedConcurrencyConfig(_ context.Context, in *awslambda.GetProvisionedConcurrencyConfigInput) (*awslambda.GetProvisionedConcurrencyConfigOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, qualifier, err := s.namedQualifier(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	p, ok := f.provisioned[qualifier]
	if !ok {
		return nil, &types.ProvisionedConcurrencyConfigNotFoundException{
			Message: new("No Provisioned Concurrency Config found for this function"), Type: new(byUser),
		}
	}
	status, count := p.available()
	return &awslambda.GetProvisionedConcurrencyConfigOutput{
		RequestedProvisionedConcurrentExecutions: new(p.requested), AllocatedProvisionedConcurrentExecutions: count,
		AvailableProvisionedConcurrentExecutions: count, Status: status, LastModified: new(p.modified),
	}, nil
}

// namedQualifier is qualified for the calls whose Qualifier is required.
func (s *Service) namedQualifier(name, qualifier *string) (*function, string, error) {
	if deref(qualifier) == "" {
		return nil, "", invalid("1 validation error detected: Value null at 'qualifier' failed to satisfy constraint: Member must not be null")
	}
	return s.qualified(name, qualifier)
}

// qualified resolves a name with a qualifier that exists; $LATEST stands for none. The caller holds the lock.
func (s *Service) qualified(name, qualifier *string) (*function, string, error) {
	ref, err := s.refer(name, qualifier)
	if err != nil {
		return nil, "", err
	}
	f, _, err := s.findVersion(ref)
	return f, ref.version(), err
}

// mayProvision refuses provisioned concurrency for $LATEST, for a weighted alias, and for an alias and its version at once
// (https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html).
func (f *function) mayProvision(qualifier string) error {
	a, isAlias := f.aliases[qualifier]
	switch {
	case qualifier == latest:
		return invalid("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
	case isAlias && len(a.weights) > 0:
		return invalid("Alias with weights can not be used with Provisioned Concurrency")
	case isAlias:
		return f.checkProvisioned(a)
	}
	for name, other := range f.aliases {
		if f.provisioned[name] != nil && other.version == qualifier {
			return invalid("Version is pointed to by a Provisioned Concurrency alias")
		}
	}
	return nil
}

// checkProvisioned refuses provisioned concurrency of an alias on $LATEST, or on a version that has its own.
func (f *function) checkProvisioned(a *alias) error {
	if a.version == latest {
		return invalid("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
	}
	if f.provisioned[a.version] != nil {
		return invalid("Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version")
	}
	return nil
}
