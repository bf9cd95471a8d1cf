package lambda

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/test/sandbox/wire"
)

// A functionURL is the web address of a function. Those of aliases are not implemented.
type functionURL struct {
	id       string
	authType types.FunctionUrlAuthType
	created  string
}

// CreateFunctionUrlConfig gives a function an address, one at most. What the address is made of is the same each time.
func (s *Service) CreateFunctionUrlConfig(_ context.Context, in *awslambda.CreateFunctionUrlConfigInput) (*awslambda.CreateFunctionUrlConfigOutput, error) {
	switch {
	case s.without():
		return nil, invalid("Function URLs are not available in %s", s.o.Home.Region)
	case in.Qualifier != nil:
		return nil, missing("function URLs of aliases")
	case in.Cors != nil:
		return nil, missing("CORS of function URLs")
	case in.InvokeMode == types.InvokeModeResponseStream:
		return nil, missing("streamed responses of function URLs")
	case in.AuthType != types.FunctionUrlAuthTypeNone && in.AuthType != types.FunctionUrlAuthTypeAwsIam:
		return nil, invalid("1 validation error detected: Value '%s' at 'authType' failed to satisfy constraint", in.AuthType)
	}
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
	if f.url != nil {
		return nil, conflict("Failed to create function url config for [functionArn = %s]. Error message:  FunctionUrlConfig exists for this Lambda function", s.arn(ref))
	}
	sum := sha256.Sum256([]byte(s.arn(ref)))
	f.url = &functionURL{id: hex.EncodeToString(sum[:16]), authType: in.AuthType, created: modified()}
	return &awslambda.CreateFunctionUrlConfigOutput{
		AuthType: f.url.authType, CreationTime: &f.url.created, FunctionArn: new(s.arn(ref)), FunctionUrl: new(s.address(f.url)), InvokeMode: types.InvokeModeBuffered,
	}, nil
}

// withoutURLs are the Regions of the partition aws in which functions have no addresses
// (https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html).
var withoutURLs = []string{
	"ap-south-2", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ap-east-2", "ca-west-1", "eu-south-2", "eu-central-2", "il-central-1", "me-central-1",
}

// without says whether functions have no addresses here, as in all of China
// (https://docs.amazonaws.cn/en_us/aws/latest/userguide/lambda.html). How AWS words its refusal is not documented.
func (s *Service) without() bool {
	return s.o.Home.Partition() == wire.China || slices.Contains(withoutURLs, s.o.Home.Region)
}

// GetFunctionUrlConfig gives the address of a function.
func (s *Service) GetFunctionUrlConfig(_ context.Context, in *awslambda.GetFunctionUrlConfigInput) (*awslambda.GetFunctionUrlConfigOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ref, err := s.withURL(in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	return &awslambda.GetFunctionUrlConfigOutput{
		AuthType: f.url.authType, CreationTime: &f.url.created, LastModifiedTime: &f.url.created,
		FunctionArn: new(s.arn(ref)), FunctionUrl: new(s.address(f.url)), InvokeMode: types.InvokeModeBuffered,
	}, nil
}

// withURL finds a function that has an address; the caller holds the lock.
func (s *Service) withURL(name, qualifier *string) (*function, reference, error) {
	ref, err := s.refer(name, qualifier)
	if err != nil {
		return nil, ref, err
	}
	f, err := s.find(ref)
	if err != nil {
		return nil, ref, err
	}
	if f.url == nil || ref.qualifier != "" {
		return nil, ref, notFound("The resource you requested does not exist.")
	}
	return f, ref, nil
}

// address is the URL. AWS's own host name stands for a service that nobody can reach over the network; a served one has a name
// that browsers and curl know to be this machine (RFC 6761, section 6.3).
func (s *Service) address(u *functionURL) string {
	if s.o.WebPort == "" {
		return "https://" + s.host(u) + "/"
	}
	return "http://" + s.host(u) + ":" + s.o.WebPort + "/"
}

func (s *Service) host(u *functionURL) string {
	domain := "on.aws"
	if s.o.WebPort != "" {
		domain = "localhost"
	}
	return fmt.Sprintf("%s.lambda-url.%s.%s", u.id, s.o.Home.Region, domain)
}
