package lambda

import (
	"context"
	"maps"
	"slices"

	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// CreateFunction makes a function that is Active at once; AWS leaves it Pending for some seconds.
func (s *Service) CreateFunction(ctx context.Context, in *awslambda.CreateFunctionInput) (*awslambda.CreateFunctionOutput, error) {
	ref, err := s.refer(in.FunctionName, nil)
	if err != nil {
		return nil, err
	}
	if err := refuseUnknown(in); err != nil {
		return nil, err
	}
	code, err := s.fetch(ctx, deref(in.Code))
	if err != nil {
		return nil, err
	}
	v := (&version{config: s.configure(ref, in)}).withCode(code).revise()
	if err := s.check(v.config); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, exists := s.functions[ref.name]; exists {
		return nil, conflict("Function already exist: %s", ref.name)
	}
	f := newFunction(ref.name, v, maps.Clone(in.Tags))
	s.functions[ref.name] = f
	if in.Publish {
		v = s.publish(f, in.Description)
	}
	return as[awslambda.CreateFunctionOutput](v.config), nil
}

// configure gives $LATEST its first configuration, with AWS's defaults.
func (s *Service) configure(ref reference, in *awslambda.CreateFunctionInput) types.FunctionConfiguration {
	c := types.FunctionConfiguration{
		FunctionName: new(ref.name), FunctionArn: new(s.arn(reference{name: ref.name})), Version: new(latest),
		Role: in.Role, Runtime: in.Runtime, Handler: in.Handler, Description: new(deref(in.Description)),
		MemorySize: new(int32(128)), Timeout: new(int32(3)), Architectures: []types.Architecture{types.ArchitectureX8664},
		PackageType: types.PackageTypeZip, EphemeralStorage: &types.EphemeralStorage{Size: new(int32(512))},
		TracingConfig: &types.TracingConfigResponse{Mode: types.TracingModePassThrough},
		State:         types.StateActive, LastUpdateStatus: types.LastUpdateStatusSuccessful,
		LoggingConfig: &types.LoggingConfig{LogFormat: types.LogFormatText, LogGroup: new("/aws/lambda/" + ref.name)},
	}
	if len(in.Architectures) > 0 {
		c.Architectures = slices.Clone(in.Architectures)
	}
	apply(&c, &awslambda.UpdateFunctionConfigurationInput{
		DeadLetterConfig: in.DeadLetterConfig, Environment: in.Environment, EphemeralStorage: in.EphemeralStorage,
		LoggingConfig: in.LoggingConfig, MemorySize: in.MemorySize, Timeout: in.Timeout, TracingConfig: in.TracingConfig,
	})
	return c
}

// refuseUnknown refuses what a function could ask for and would not get.
func refuseUnknown(in *awslambda.CreateFunctionInput) error {
	if in.PackageType == types.PackageTypeImage || in.ImageConfig != nil {
		return missing("package type Image")
	}
	if in.Runtime == "" || in.Handler == nil {
		return invalid("Runtime and Handler are mandatory parameters for functions created with deployment packages.")
	}
	return refuseFeatures(&awslambda.UpdateFunctionConfigurationInput{
		Layers: in.Layers, VpcConfig: in.VpcConfig, FileSystemConfigs: in.FileSystemConfigs, SnapStart: in.SnapStart,
		KMSKeyArn: in.KMSKeyArn, DurableConfig: in.DurableConfig, CapacityProviderConfig: in.CapacityProviderConfig,
	})
}

// DeleteFunction deletes a function with all that belongs to it or, with a qualifier, one version no alias refers to.
func (s *Service) DeleteFunction(_ context.Context, in *awslambda.DeleteFunctionInput) (*awslambda.DeleteFunctionOutput, error) {
	ref, err := s.refer(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	gone, err := s.remove(ref)
	if err != nil {
		return nil, err
	}
	for _, qualifier := range gone {
		s.tellPolicy(reference{ref.name, qualifier}, nil)
	}
	return &awslambda.DeleteFunctionOutput{StatusCode: 204}, nil
}

// remove takes a function or version away and gives the qualifiers that lose a policy with it.
func (s *Service) remove(ref reference) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.find(ref)
	if err != nil {
		return nil, err
	}
	if ref.qualifier == "" {
		delete(s.functions, ref.name)
		return slices.Collect(maps.Keys(f.policies)), nil
	}
	return f.removeVersion(ref.qualifier)
}

func (f *function) removeVersion(number string) ([]string, error) {
	if number == latest {
		return nil, invalid("$LATEST version cannot be deleted without deleting the function.")
	}
	if !versionPattern.MatchString(number) {
		return nil, invalid("Deletion of aliases is not currently supported.")
	}
	if users := f.aliasesOf(number); len(users) > 0 {
		return nil, conflict("Unable to delete version because the following aliases reference it: %v", users)
	}
	f.versions = slices.DeleteFunc(f.versions, func(v *version) bool { return *v.config.Version == number })
	delete(f.provisioned, number)
	delete(f.async, number)
	_, had := f.policies[number]
	delete(f.policies, number)
	if !had {
		return nil, nil
	}
	return []string{number}, nil
}
