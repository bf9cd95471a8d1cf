package lambda

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// GetFunctionConfiguration gives the settings of $LATEST, a version, or the primary version of an alias.
func (s *Service) GetFunctionConfiguration(_ context.Context, in *awslambda.GetFunctionConfigurationInput) (*awslambda.GetFunctionConfigurationOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, c, err := s.configuration(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	return as[awslambda.GetFunctionConfigurationOutput](c), nil
}

// SayImage has GetFunction say that all versions of a function are made of an image, which is how a function of package type
// Image looks to whoever asks for it; one cannot be created here.
func (s *Service) SayImage(function, uri string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.images[function] = uri
}

// GetFunction gives the settings, tags and reserved concurrency. The code cannot be downloaded from here.
func (s *Service) GetFunction(_ context.Context, in *awslambda.GetFunctionInput) (*awslambda.GetFunctionOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, c, err := s.configuration(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	out := &awslambda.GetFunctionOutput{Configuration: &c, Tags: maps.Clone(f.tags), Code: &types.FunctionCodeLocation{
		RepositoryType: new("S3"),
		Error: &types.FunctionCodeLocationError{
			ErrorCode: new("NotImplemented"), Message: new("this sandbox does not serve downloads of code"),
		},
	}}
	if uri := s.images[aws.ToString(in.FunctionName)]; uri != "" {
		out.Code = &types.FunctionCodeLocation{RepositoryType: new("ECR"), ImageUri: &uri, ResolvedImageUri: &uri}
	}
	if f.reserved != nil {
		out.Concurrency = &types.Concurrency{ReservedConcurrentExecutions: f.reserved}
	}
	return out, nil
}

// configuration resolves a name and qualifier; its ARN is the one that was asked for. The caller holds the lock.
func (s *Service) configuration(name, qualifier *string) (*function, types.FunctionConfiguration, error) {
	ref, err := s.refer(name, qualifier)
	if err != nil {
		return nil, types.FunctionConfiguration{}, err
	}
	f, v, err := s.findVersion(ref)
	if err != nil {
		return nil, types.FunctionConfiguration{}, err
	}
	c := f.described(v)
	c.FunctionArn = new(s.arn(ref))
	return f, c, nil
}

// ListFunctions lists $LATEST of every function by name or, with FunctionVersion ALL, the published versions too.
func (s *Service) ListFunctions(_ context.Context, in *awslambda.ListFunctionsInput) (*awslambda.ListFunctionsOutput, error) {
	s.mu.Lock()
	var all []types.FunctionConfiguration
	for _, name := range slices.Sorted(maps.Keys(s.functions)) {
		f := s.functions[name]
		all = append(all, f.latest.config)
		if in.FunctionVersion == types.FunctionVersionAll {
			all = append(all, f.publishedConfigs()...)
		}
	}
	s.mu.Unlock()
	page, next, err := paginate(all, in.Marker, in.MaxItems)
	return &awslambda.ListFunctionsOutput{Functions: page, NextMarker: next}, err
}

// ListVersionsByFunction lists $LATEST and the published versions in order.
func (s *Service) ListVersionsByFunction(_ context.Context, in *awslambda.ListVersionsByFunctionInput) (*awslambda.ListVersionsByFunctionOutput, error) {
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
	first := f.latest.config
	first.FunctionArn = new(s.arn(reference{f.name, latest}))
	all := append([]types.FunctionConfiguration{first}, f.publishedConfigs()...)
	page, next, err := paginate(all, in.Marker, in.MaxItems)
	return &awslambda.ListVersionsByFunctionOutput{Versions: page, NextMarker: next}, err
}

func (f *function) publishedConfigs() []types.FunctionConfiguration {
	var all []types.FunctionConfiguration
	for _, v := range f.versions {
		all = append(all, v.config)
	}
	return all
}

// paginate gives the page of all that marker begins, by default 50 items as AWS does, and the next marker if any.
func paginate[T any](all []T, marker *string, limit *int32) (page []T, next *string, err error) {
	from, size := 0, 50
	if marker != nil {
		if from, err = strconv.Atoi(*marker); err != nil || from < 0 || from > len(all) {
			return nil, nil, invalid("Invalid marker: %s", *marker)
		}
	}
	if limit != nil {
		if size = int(*limit); size < 1 {
			return nil, nil, invalid("MaxItems must be at least 1")
		}
	}
	to := min(from+size, len(all))
	if to < len(all) {
		next = new(strconv.Itoa(to))
	}
	return all[from:to], next, nil
}
