package cloudfront

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
)

// A function is code that runs at edges, once it is published.
type function struct {
	name, etag string
	made       time.Time
	config     *types.FunctionConfig
	code       *script
	live       bool
}

// largestFunction is in bytes (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions).
const largestFunction = 10 << 10

// CreateFunction makes a function, which runs nowhere yet.
func (s *Service) CreateFunction(_ context.Context, in *api.CreateFunctionInput) (*api.CreateFunctionOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := aws.ToString(in.Name)
	switch {
	case s.functions[name] != nil:
		return nil, &types.FunctionAlreadyExists{Message: aws.String("A function with the same name already exists.")}
	case len(in.FunctionCode) > largestFunction:
		return nil, &types.FunctionSizeLimitExceeded{Message: aws.String("The function is larger than 10 KB.")}
	case in.FunctionConfig == nil || in.FunctionConfig.Runtime != types.FunctionRuntimeCloudfrontJs20:
		return nil, illegalArgument("the sandbox runs functions of cloudfront-js-2.0 alone")
	}
	if a := in.FunctionConfig.KeyValueStoreAssociations; a != nil && len(a.Items) > 0 {
		if len(a.Items) > 1 { // Restrictions on key value stores: one for a function
			return nil, illegalArgument("a function has one key value store at most")
		}
		if s.stores[aws.ToString(a.Items[0].KeyValueStoreARN)] == nil {
			return nil, &types.EntityNotFound{Message: aws.String("The key value store was not found.")}
		}
	}
	code, err := compiled(name, in.FunctionCode)
	if err != nil {
		return nil, illegalArgument("the code does not compile: %v", err)
	}
	f := &function{name: name, etag: s.newETag(), made: time.Now(), config: copied(in.FunctionConfig), code: code}
	s.functions[name] = f
	return &api.CreateFunctionOutput{ETag: &f.etag, Location: aws.String(s.functionARN(name)), FunctionSummary: s.summary(f, types.FunctionStageDevelopment)}, nil
}

// PublishFunction has edges run a function.
func (s *Service) PublishFunction(_ context.Context, in *api.PublishFunctionInput) (*api.PublishFunctionOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.function(in.Name)
	if err != nil {
		return nil, err
	}
	if err := matches(in.IfMatch, f.etag); err != nil {
		return nil, err
	}
	f.live = true
	return &api.PublishFunctionOutput{FunctionSummary: s.summary(f, types.FunctionStageLive)}, nil
}

// DescribeFunction says how a function is configured. What was never published is not there in the stage LIVE.
func (s *Service) DescribeFunction(_ context.Context, in *api.DescribeFunctionInput) (*api.DescribeFunctionOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.function(in.Name)
	if err != nil {
		return nil, err
	}
	if in.Stage == types.FunctionStageLive && !f.live {
		return nil, noSuchFunction()
	}
	return &api.DescribeFunctionOutput{ETag: &f.etag, FunctionSummary: s.summary(f, in.Stage)}, nil
}

func (s *Service) function(name *string) (*function, error) {
	if f := s.functions[aws.ToString(name)]; f != nil {
		return f, nil
	}
	return nil, noSuchFunction()
}

func noSuchFunction() error {
	return &types.NoSuchFunctionExists{Message: aws.String("The specified function does not exist.")}
}

func (s *Service) functionARN(name string) string {
	return s.o.Home.Global("cloudfront", "function/"+name)
}

func (s *Service) summary(f *function, stage types.FunctionStage) *types.FunctionSummary {
	if stage == "" {
		stage = types.FunctionStageDevelopment
	}
	return &types.FunctionSummary{Name: &f.name, Status: aws.String("UNASSOCIATED"), FunctionConfig: copied(f.config), FunctionMetadata: &types.FunctionMetadata{
		FunctionARN: aws.String(s.functionARN(f.name)), Stage: stage, CreatedTime: &f.made, LastModifiedTime: &f.made,
	}}
}

// published is the function that runs on viewers' requests of a behavior; nil where none does.
func (s *Service) published(associations *types.FunctionAssociations) *function {
	if associations == nil {
		return nil
	}
	for _, a := range associations.Items {
		for _, f := range s.functions {
			if a.EventType == types.EventTypeViewerRequest && aws.ToString(a.FunctionARN) == s.functionARN(f.name) && f.live {
				return f
			}
		}
	}
	return nil
}

// checkFunctions refuses associations with functions that were never published
// (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_FunctionAssociation.html: it "must be published to the LIVE stage").
func (s *Service) checkFunctions(c *types.DistributionConfig) error {
	associated := []*types.FunctionAssociations{c.DefaultCacheBehavior.FunctionAssociations}
	if c.CacheBehaviors != nil {
		for _, b := range c.CacheBehaviors.Items {
			associated = append(associated, b.FunctionAssociations)
		}
	}
	for _, a := range associated {
		if a != nil && len(a.Items) > 0 && s.published(a) == nil {
			return &types.InvalidFunctionAssociation{Message: aws.String("A CloudFront function association is invalid.")}
		}
	}
	return nil
}
