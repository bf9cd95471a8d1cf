package lambda

import (
	"context"
	"maps"
	"slices"

	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// UpdateFunctionCode gives $LATEST other code and, with Publish, publishes it. Published versions never change.
func (s *Service) UpdateFunctionCode(ctx context.Context, in *awslambda.UpdateFunctionCodeInput) (*awslambda.UpdateFunctionCodeOutput, error) {
	code, err := s.fetch(ctx, types.FunctionCode{ZipFile: in.ZipFile, S3Bucket: in.S3Bucket, S3Key: in.S3Key, ImageUri: in.ImageUri})
	if err != nil {
		return nil, err
	}
	v, err := s.change(in.FunctionName, in.RevisionId, in.DryRun, func(v *version) (*version, error) {
		next := v.withCode(code)
		if len(in.Architectures) > 0 {
			next.config.Architectures = slices.Clone(in.Architectures)
		}
		return next, s.check(next.config)
	})
	if err != nil {
		return nil, err
	}
	if in.Publish && !in.DryRun {
		if v, err = s.publishLatest(&awslambda.PublishVersionInput{FunctionName: in.FunctionName}); err != nil {
			return nil, err
		}
	}
	return as[awslambda.UpdateFunctionCodeOutput](v.config), nil
}

// UpdateFunctionConfiguration changes the settings of $LATEST that the call names and leaves the others.
func (s *Service) UpdateFunctionConfiguration(_ context.Context, in *awslambda.UpdateFunctionConfigurationInput) (*awslambda.UpdateFunctionConfigurationOutput, error) {
	if err := refuseFeatures(in); err != nil {
		return nil, err
	}
	v, err := s.change(in.FunctionName, in.RevisionId, false, func(v *version) (*version, error) {
		next := *v
		apply(&next.config, in)
		return &next, s.check(next.config)
	})
	if err != nil {
		return nil, err
	}
	return as[awslambda.UpdateFunctionConfigurationOutput](v.config), nil
}

// change replaces $LATEST by what edit makes of it, if revision is still the latest one.
func (s *Service) change(name, revision *string, dry bool, edit func(*version) (*version, error)) (*version, error) {
	ref, err := s.refer(name, nil)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.find(ref)
	if err != nil {
		return nil, err
	}
	if revision != nil && *revision != *f.latest.config.RevisionId {
		return nil, stale()
	}
	next, err := edit(f.latest)
	if err != nil {
		return nil, err
	}
	next = next.revise()
	if !dry {
		f.latest = next
	}
	return next, nil
}

// apply overwrites in c what the call names.
func apply(c *types.FunctionConfiguration, in *awslambda.UpdateFunctionConfigurationInput) {
	overwrite(&c.Role, in.Role)
	overwrite(&c.Handler, in.Handler)
	overwrite(&c.Description, in.Description)
	overwrite(&c.MemorySize, in.MemorySize)
	overwrite(&c.Timeout, in.Timeout)
	overwrite(&c.EphemeralStorage, in.EphemeralStorage)
	if in.Runtime != "" {
		c.Runtime = in.Runtime
	}
	if d := in.DeadLetterConfig; d != nil {
		c.DeadLetterConfig = &types.DeadLetterConfig{TargetArn: d.TargetArn}
		if deref(d.TargetArn) == "" { // an empty ARN takes the queue away
			c.DeadLetterConfig = nil
		}
	}
	if e := in.Environment; e != nil {
		c.Environment = &types.EnvironmentResponse{Variables: maps.Clone(e.Variables)}
		if len(e.Variables) == 0 {
			c.Environment = nil
		}
	}
	if t := in.TracingConfig; t != nil && t.Mode != "" {
		c.TracingConfig = &types.TracingConfigResponse{Mode: t.Mode}
	}
	if in.LoggingConfig != nil {
		c.LoggingConfig = logging(*c.LoggingConfig, *in.LoggingConfig)
	}
}

func overwrite[T any](old **T, given *T) {
	if given != nil {
		*old = given
	}
}

// logging merges the given settings over the old; the JSON format has levels, by default INFO, the text format has none.
func logging(old, given types.LoggingConfig) *types.LoggingConfig {
	if given.LogFormat != "" {
		old.LogFormat = given.LogFormat
	}
	overwrite(&old.LogGroup, given.LogGroup)
	if old.LogFormat != types.LogFormatJson {
		old.ApplicationLogLevel, old.SystemLogLevel = "", ""
		return &old
	}
	if old.ApplicationLogLevel == "" {
		old.ApplicationLogLevel, old.SystemLogLevel = types.ApplicationLogLevelInfo, types.SystemLogLevelInfo
	}
	if given.ApplicationLogLevel != "" {
		old.ApplicationLogLevel = given.ApplicationLogLevel
	}
	if given.SystemLogLevel != "" {
		old.SystemLogLevel = given.SystemLogLevel
	}
	return &old
}
