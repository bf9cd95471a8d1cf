package sandbox

import (
	"context"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/smithy-go/middleware"

	"sluice/test/sandbox/wire"
)

// inProcessEndpoint is where clients believe they send; nothing is ever resolved or dialled.
const inProcessEndpoint = "http://sandbox.invalid"

// Config makes clients of this sandbox that call it in this process. role is the name or ARN of a role of the template,
// whose policies then decide; "" is the person at the keyboard, who may do everything.
func (s *Sandbox) Config(role string) aws.Config {
	return s.ConfigAs(role, sessionOfFunctions)
}

// ConfigAs makes clients of somebody who has taken on a role and chosen a name for the session.
func (s *Sandbox) ConfigAs(role, session string) aws.Config {
	cfg := aws.Config{
		Region:       s.options.Home.Region,
		Credentials:  credentials.StaticCredentialsProvider{Value: s.access.signAs(role, session)},
		BaseEndpoint: aws.String(s.base()),
		HTTPClient:   wire.Client(s.handler),
	}
	if s.options.Direct { // the rest is for clients that are none of the SDK's
		cfg.APIOptions = []func(*middleware.Stack) error{s.api.Direct(s.access.principal(role))}
	}
	return cfg
}

// ConfigFor makes clients that call as a function of the template does: with the credentials of its role.
func (s *Sandbox) ConfigFor(function string) (aws.Config, error) {
	out, err := s.Lambda.GetFunctionConfiguration(context.Background(), &lambda.GetFunctionConfigurationInput{FunctionName: &function})
	if err != nil {
		return aws.Config{}, fmt.Errorf("finding the role of %s: %w", function, err)
	}
	return s.Config(*out.Role), nil
}

// Key is what the person at the keyboard signs with: whoever calls the port without it, or without a role's, is refused.
func (s *Sandbox) Key() aws.Credentials { return s.access.person }

// KeyAs is what somebody signs with who has taken on a role and chosen a name for the session.
func (s *Sandbox) KeyAs(role, session string) aws.Credentials {
	return s.access.signAs(role, session)
}

// Environment is what the AWS CLI, SDKs and scripts need to call the port as the person at the keyboard.
func (s *Sandbox) Environment() []string {
	home := s.options.Home
	return []string{
		"AWS_ENDPOINT_URL=" + s.Endpoint(), "AWS_REGION=" + home.Region, "AWS_DEFAULT_REGION=" + home.Region,
		"AWS_ACCESS_KEY_ID=" + s.Key().AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + s.Key().SecretAccessKey,
	}
}

// Handler answers every API call of the sandbox.
func (s *Sandbox) Handler() http.Handler { return s.handler }

// Endpoint is the URL on which the sandbox listens, "" if it does not.
func (s *Sandbox) Endpoint() string {
	if s.listener == nil {
		return ""
	}
	return "http://" + s.listener.Addr().String()
}

// base is where clients in this process believe they send.
func (s *Sandbox) base() string {
	if s.listener == nil {
		return inProcessEndpoint
	}
	return s.Endpoint()
}
