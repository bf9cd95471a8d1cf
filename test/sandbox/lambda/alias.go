package lambda

import (
	"context"
	"maps"
	"slices"

	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// An alias names one version, or two with a weight for the second. It is never changed: an update makes a new one.
type alias struct {
	name, version string
	description   string
	weights       map[string]float64 // of the additional version
	revision      string
}

// CreateAlias names a version.
func (s *Service) CreateAlias(_ context.Context, in *awslambda.CreateAliasInput) (*awslambda.CreateAliasOutput, error) {
	ref, err := s.refer(in.FunctionName, nil)
	if err != nil {
		return nil, err
	}
	a := &alias{name: deref(in.Name), version: deref(in.FunctionVersion), description: deref(in.Description), revision: newID()}
	if !namePattern.MatchString(a.name) || versionPattern.MatchString(a.name) {
		return nil, invalid("1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: "+
			"Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)", a.name)
	}
	if in.RoutingConfig != nil {
		a.weights = maps.Clone(in.RoutingConfig.AdditionalVersionWeights)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.find(ref)
	if err != nil {
		return nil, err
	}
	if _, exists := f.aliases[a.name]; exists {
		return nil, conflict("Alias already exists: %s", s.arn(reference{f.name, a.name}))
	}
	if err := s.checkAlias(f, a); err != nil {
		return nil, err
	}
	f.aliases[a.name] = a
	out := awslambda.CreateAliasOutput(s.describeAlias(f, a))
	return &out, nil
}

// GetAlias gives an alias with its split.
func (s *Service) GetAlias(_ context.Context, in *awslambda.GetAliasInput) (*awslambda.GetAliasOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, a, err := s.findAlias(in.FunctionName, in.Name)
	if err != nil {
		return nil, err
	}
	out := awslambda.GetAliasOutput(s.describeAlias(f, a))
	return &out, nil
}

// UpdateAlias changes what the call names. An omitted RoutingConfig leaves the weights, an empty one clears them; the
// revision changes with every call, whether or not anything else does
// (https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html).
func (s *Service) UpdateAlias(_ context.Context, in *awslambda.UpdateAliasInput) (*awslambda.UpdateAliasOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, old, err := s.findAlias(in.FunctionName, in.Name)
	if err != nil {
		return nil, err
	}
	if in.RevisionId != nil && *in.RevisionId != old.revision {
		return nil, stale()
	}
	a := *old
	a.revision = newID()
	if in.FunctionVersion != nil {
		a.version = *in.FunctionVersion
	}
	if in.Description != nil {
		a.description = *in.Description
	}
	if in.RoutingConfig != nil {
		a.weights = maps.Clone(in.RoutingConfig.AdditionalVersionWeights)
	}
	if err := s.checkAlias(f, &a); err != nil {
		return nil, err
	}
	f.aliases[a.name] = &a
	if p := f.provisioned[a.name]; p != nil && a.version != old.version {
		p.restart(s.o.Provisioning) // capacity has to be built again for the other version
	}
	out := awslambda.UpdateAliasOutput(s.describeAlias(f, &a))
	return &out, nil
}

// DeleteAlias forgets a name and what is attached to it; the version stays. A missing alias is no error.
func (s *Service) DeleteAlias(_ context.Context, in *awslambda.DeleteAliasInput) (*awslambda.DeleteAliasOutput, error) {
	ref, err := s.refer(in.FunctionName, nil)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	f, err := s.find(ref)
	if err != nil {
		s.mu.Unlock()
		return nil, err
	}
	ref.qualifier = deref(in.Name)
	_, hadPolicy := f.policies[ref.qualifier]
	delete(f.aliases, ref.qualifier)
	delete(f.provisioned, ref.qualifier)
	delete(f.async, ref.qualifier)
	delete(f.policies, ref.qualifier)
	s.mu.Unlock()
	if hadPolicy {
		s.tellPolicy(ref, nil)
	}
	return &awslambda.DeleteAliasOutput{}, nil
}

// ListAliases lists the aliases of a function, or of one version, by name.
func (s *Service) ListAliases(_ context.Context, in *awslambda.ListAliasesInput) (*awslambda.ListAliasesOutput, error) {
	ref, err := s.refer(in.FunctionName, nil)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.find(ref)
	if err != nil {
		return nil, err
	}
	var all []types.AliasConfiguration
	for _, name := range slices.Sorted(maps.Keys(f.aliases)) {
		if a := f.aliases[name]; in.FunctionVersion == nil || a.refersTo(*in.FunctionVersion) {
			d := s.describeAlias(f, a)
			all = append(all, types.AliasConfiguration{
				AliasArn: d.AliasArn, Name: d.Name, FunctionVersion: d.FunctionVersion,
				Description: d.Description, RoutingConfig: d.RoutingConfig, RevisionId: d.RevisionId,
			})
		}
	}
	page, next, err := paginate(all, in.Marker, in.MaxItems)
	return &awslambda.ListAliasesOutput{Aliases: page, NextMarker: next}, err
}

// findAlias gives an alias and its function; the caller holds the lock.
func (s *Service) findAlias(function, name *string) (*function, *alias, error) {
	ref, err := s.refer(function, nil)
	if err != nil {
		return nil, nil, err
	}
	f, err := s.find(ref)
	if err != nil {
		return nil, nil, err
	}
	a, ok := f.aliases[deref(name)]
	if !ok {
		return nil, nil, notFound("Cannot find alias arn: %s", s.arn(reference{ref.name, deref(name)}))
	}
	return f, a, nil
}

// describeAlias writes an alias as the API does: without RoutingConfig when one version gets all.
func (s *Service) describeAlias(f *function, a *alias) awslambda.GetAliasOutput {
	out := awslambda.GetAliasOutput{
		AliasArn: new(s.arn(reference{f.name, a.name})), Name: new(a.name), FunctionVersion: new(a.version),
		Description: new(a.description), RevisionId: new(a.revision),
	}
	if len(a.weights) > 0 {
		out.RoutingConfig = &types.AliasRoutingConfiguration{AdditionalVersionWeights: maps.Clone(a.weights)}
	}
	return out
}
