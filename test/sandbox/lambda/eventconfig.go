package lambda

import (
	"context"
	"maps"
	"slices"
	"time"

	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// asyncConfig is a function's, version's or alias's own word on asynchronous invocations.
type asyncConfig struct {
	retries, maxAge      *int32
	onSuccess, onFailure string
	modified             time.Time
}

// PutFunctionEventInvokeConfig sets retries, age limit and destinations; what it omits goes back to the default.
func (s *Service) PutFunctionEventInvokeConfig(_ context.Context, in *awslambda.PutFunctionEventInvokeConfigInput) (*awslambda.PutFunctionEventInvokeConfigOutput, error) {
	update := awslambda.UpdateFunctionEventInvokeConfigInput(*in)
	f, err := s.configureEvents(&update, false)
	if err != nil {
		return nil, err
	}
	return &awslambda.PutFunctionEventInvokeConfigOutput{
		FunctionArn: f.FunctionArn, DestinationConfig: f.DestinationConfig, LastModified: f.LastModified,
		MaximumEventAgeInSeconds: f.MaximumEventAgeInSeconds, MaximumRetryAttempts: f.MaximumRetryAttempts,
	}, nil
}

// UpdateFunctionEventInvokeConfig changes what the call names and leaves the rest.
func (s *Service) UpdateFunctionEventInvokeConfig(_ context.Context, in *awslambda.UpdateFunctionEventInvokeConfigInput) (*awslambda.UpdateFunctionEventInvokeConfigOutput, error) {
	f, err := s.configureEvents(in, true)
	if err != nil {
		return nil, err
	}
	return &awslambda.UpdateFunctionEventInvokeConfigOutput{
		FunctionArn: f.FunctionArn, DestinationConfig: f.DestinationConfig, LastModified: f.LastModified,
		MaximumEventAgeInSeconds: f.MaximumEventAgeInSeconds, MaximumRetryAttempts: f.MaximumRetryAttempts,
	}, nil
}

func (s *Service) configureEvents(in *awslambda.UpdateFunctionEventInvokeConfigInput, merge bool) (types.FunctionEventInvokeConfig, error) {
	var none types.FunctionEventInvokeConfig
	if n := in.MaximumRetryAttempts; n != nil && (*n < 0 || *n > 2) {
		return none, invalid("MaximumRetryAttempts must be between 0 and 2")
	}
	if n := in.MaximumEventAgeInSeconds; n != nil && (*n < 60 || *n > 21600) {
		return none, invalid("MaximumEventAgeInSeconds must be between 60 and 21600")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f, qualifier, err := s.qualified(in.FunctionName, in.Qualifier)
	if err != nil {
		return none, err
	}
	next := asyncConfig{modified: time.Now()}
	if old := f.async[qualifier]; merge {
		if old == nil {
			return none, noEventConfig(s.arn(reference{f.name, qualifier}))
		}
		next = *old
		next.modified = time.Now()
	}
	overwrite(&next.retries, in.MaximumRetryAttempts)
	overwrite(&next.maxAge, in.MaximumEventAgeInSeconds)
	if d := in.DestinationConfig; d != nil {
		next.onSuccess, next.onFailure = deref(deref(d.OnSuccess).Destination), deref(deref(d.OnFailure).Destination)
	}
	f.async[qualifier] = &next
	return s.describeEvents(f, qualifier), nil
}

// GetFunctionEventInvokeConfig gives what Put set.
func (s *Service) GetFunctionEventInvokeConfig(_ context.Context, in *awslambda.GetFunctionEventInvokeConfigInput) (*awslambda.GetFunctionEventInvokeConfigOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, qualifier, err := s.qualified(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	if f.async[qualifier] == nil {
		return nil, noEventConfig(s.arn(reference{f.name, qualifier}))
	}
	c := s.describeEvents(f, qualifier)
	return &awslambda.GetFunctionEventInvokeConfigOutput{
		FunctionArn: c.FunctionArn, DestinationConfig: c.DestinationConfig, LastModified: c.LastModified,
		MaximumEventAgeInSeconds: c.MaximumEventAgeInSeconds, MaximumRetryAttempts: c.MaximumRetryAttempts,
	}, nil
}

// ListFunctionEventInvokeConfigs lists them by qualifier.
func (s *Service) ListFunctionEventInvokeConfigs(_ context.Context, in *awslambda.ListFunctionEventInvokeConfigsInput) (*awslambda.ListFunctionEventInvokeConfigsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.unqualified(in.FunctionName)
	if err != nil {
		return nil, err
	}
	var all []types.FunctionEventInvokeConfig
	for _, qualifier := range slices.Sorted(maps.Keys(f.async)) {
		all = append(all, s.describeEvents(f, qualifier))
	}
	page, next, err := paginate(all, in.Marker, in.MaxItems)
	return &awslambda.ListFunctionEventInvokeConfigsOutput{FunctionEventInvokeConfigs: page, NextMarker: next}, err
}

// DeleteFunctionEventInvokeConfig goes back to AWS's defaults.
func (s *Service) DeleteFunctionEventInvokeConfig(_ context.Context, in *awslambda.DeleteFunctionEventInvokeConfigInput) (*awslambda.DeleteFunctionEventInvokeConfigOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, qualifier, err := s.qualified(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	if f.async[qualifier] == nil {
		return nil, noEventConfig(s.arn(reference{f.name, qualifier}))
	}
	delete(f.async, qualifier)
	return &awslambda.DeleteFunctionEventInvokeConfigOutput{}, nil
}

func noEventConfig(arn string) error {
	return notFound("The function %s doesn't have an EventInvokeConfig", arn)
}

// describeEvents writes a configuration as the API does; the caller holds the lock.
func (s *Service) describeEvents(f *function, qualifier string) types.FunctionEventInvokeConfig {
	c := f.async[qualifier]
	out := types.FunctionEventInvokeConfig{
		FunctionArn: new(s.arn(reference{f.name, qualifier})), LastModified: new(c.modified),
		MaximumEventAgeInSeconds: c.maxAge, MaximumRetryAttempts: c.retries,
		DestinationConfig: &types.DestinationConfig{OnSuccess: &types.OnSuccess{}, OnFailure: &types.OnFailure{}},
	}
	if c.onSuccess != "" {
		out.DestinationConfig.OnSuccess.Destination = new(c.onSuccess)
	}
	if c.onFailure != "" {
		out.DestinationConfig.OnFailure.Destination = new(c.onFailure)
	}
	return out
}
