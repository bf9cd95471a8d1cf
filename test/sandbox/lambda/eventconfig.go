package lambda

import (
	"context"
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
	if n := in.MaximumRetryAttempts; n != nil && (*n < 0 || *n > 2) {
		return nil, invalid("MaximumRetryAttempts must be between 0 and 2")
	}
	if n := in.MaximumEventAgeInSeconds; n != nil && (*n < 60 || *n > 21600) {
		return nil, invalid("MaximumEventAgeInSeconds must be between 60 and 21600")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f, qualifier, err := s.qualified(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	c := &asyncConfig{retries: in.MaximumRetryAttempts, maxAge: in.MaximumEventAgeInSeconds, modified: time.Now()}
	if d := in.DestinationConfig; d != nil {
		c.onSuccess, c.onFailure = deref(deref(d.OnSuccess).Destination), deref(deref(d.OnFailure).Destination)
	}
	f.async[qualifier] = c
	return s.describeEvents(f, qualifier), nil
}

// describeEvents writes a configuration as the API does; the caller holds the lock.
func (s *Service) describeEvents(f *function, qualifier string) *awslambda.PutFunctionEventInvokeConfigOutput {
	c := f.async[qualifier]
	out := &awslambda.PutFunctionEventInvokeConfigOutput{
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
