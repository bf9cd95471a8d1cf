package sandbox

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/test/sandbox/cfn"
)

func (s *Sandbox) functionCreators() map[string]cfn.Creator {
	return map[string]cfn.Creator{
		"AWS::Lambda::Function": creator(map[string]string{
			"RuntimeManagementConfig": "handlers bring their own runtime",
			"KmsKeyArn":               notEncrypted,
		}, s.createFunction),
		"AWS::Lambda::Version":           creator(nil, s.createVersion),
		"AWS::Lambda::Alias":             creator(nil, s.createAlias),
		"AWS::Lambda::Url":               creator(nil, s.createURL),
		"AWS::Lambda::Permission":        creator(nil, s.createPermission),
		"AWS::Lambda::EventInvokeConfig": creator(nil, s.createInvokeConfig),
	}
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
type functionProperties struct {
	FunctionName, Description, Handler, PackageType, Role, Runtime string
	Architectures                                                  []types.Architecture
	Code                                                           struct{ S3Bucket, S3Key string }
	DeadLetterConfig                                               *types.DeadLetterConfig
	Environment                                                    struct{ Variables map[string]string }
	EphemeralStorage                                               *types.EphemeralStorage
	LoggingConfig                                                  *types.LoggingConfig
	TracingConfig                                                  *types.TracingConfig
	MemorySize, ReservedConcurrentExecutions, Timeout              *int32
	Tags                                                           []tag
}

func (s *Sandbox) createFunction(ctx context.Context, id string, p functionProperties) (resource, error) {
	in := &lambda.CreateFunctionInput{
		FunctionName:  new(s.named(p.FunctionName, id)),
		Role:          &p.Role,
		Code:          &types.FunctionCode{S3Bucket: &p.Code.S3Bucket, S3Key: &p.Code.S3Key},
		Description:   optional(p.Description),
		Handler:       optional(p.Handler),
		PackageType:   types.PackageType(p.PackageType),
		Runtime:       types.Runtime(p.Runtime),
		Architectures: p.Architectures,
		Environment:   &types.Environment{Variables: p.Environment.Variables},
		MemorySize:    p.MemorySize,
		Timeout:       p.Timeout,
		Tags:          tagMap(p.Tags),

		DeadLetterConfig: p.DeadLetterConfig,
		EphemeralStorage: p.EphemeralStorage,
		LoggingConfig:    p.LoggingConfig,
		TracingConfig:    p.TracingConfig,
	}
	out, err := s.Lambda.CreateFunction(ctx, in)
	if err != nil {
		return resource{}, err
	}
	if p.ReservedConcurrentExecutions != nil {
		_, err = s.Lambda.PutFunctionConcurrency(ctx, &lambda.PutFunctionConcurrencyInput{
			FunctionName: in.FunctionName, ReservedConcurrentExecutions: p.ReservedConcurrentExecutions,
		})
	}
	return resource{*in.FunctionName, map[string]string{"Arn": *out.FunctionArn}}, err
}

type versionProperties struct{ FunctionName, Description, CodeSha256 string }

func (s *Sandbox) createVersion(ctx context.Context, _ string, p versionProperties) (resource, error) {
	out, err := s.Lambda.PublishVersion(ctx, &lambda.PublishVersionInput{
		FunctionName: &p.FunctionName, Description: optional(p.Description), CodeSha256: optional(p.CodeSha256),
	})
	if err != nil {
		return resource{}, err
	}
	return resource{*out.FunctionArn, map[string]string{"FunctionArn": *out.FunctionArn, "Version": *out.Version}}, nil
}

type aliasProperties struct {
	FunctionName, FunctionVersion, Name, Description string
	RoutingConfig                                    struct {
		AdditionalVersionWeights []struct {
			FunctionVersion string
			FunctionWeight  float64
		}
	}
	ProvisionedConcurrencyConfig *struct{ ProvisionedConcurrentExecutions int32 }
}

func (s *Sandbox) createAlias(ctx context.Context, _ string, p aliasProperties) (resource, error) {
	in := &lambda.CreateAliasInput{
		FunctionName: &p.FunctionName, FunctionVersion: &p.FunctionVersion, Name: &p.Name, Description: optional(p.Description),
	}
	for _, w := range p.RoutingConfig.AdditionalVersionWeights {
		in.RoutingConfig = &types.AliasRoutingConfiguration{
			AdditionalVersionWeights: map[string]float64{w.FunctionVersion: w.FunctionWeight},
		}
	}
	out, err := s.Lambda.CreateAlias(ctx, in)
	if err != nil {
		return resource{}, err
	}
	if c := p.ProvisionedConcurrencyConfig; c != nil {
		_, err = s.Lambda.PutProvisionedConcurrencyConfig(ctx, &lambda.PutProvisionedConcurrencyConfigInput{
			FunctionName: &p.FunctionName, Qualifier: &p.Name, ProvisionedConcurrentExecutions: &c.ProvisionedConcurrentExecutions,
		})
	}
	return resource{*out.AliasArn, map[string]string{"AliasArn": *out.AliasArn}}, err
}

type urlProperties struct {
	TargetFunctionArn, Qualifier string
	AuthType                     types.FunctionUrlAuthType
	InvokeMode                   types.InvokeMode
}

func (s *Sandbox) createURL(ctx context.Context, _ string, p urlProperties) (resource, error) {
	out, err := s.Lambda.CreateFunctionUrlConfig(ctx, &lambda.CreateFunctionUrlConfigInput{
		FunctionName: &p.TargetFunctionArn, Qualifier: optional(p.Qualifier), AuthType: p.AuthType, InvokeMode: p.InvokeMode,
	})
	if err != nil {
		return resource{}, err
	}
	return resource{*out.FunctionArn, map[string]string{"FunctionArn": *out.FunctionArn, "FunctionUrl": *out.FunctionUrl}}, nil
}

type permissionProperties struct {
	Action, FunctionName, Principal, SourceAccount, SourceArn, EventSourceToken, PrincipalOrgID string
	FunctionUrlAuthType                                                                         types.FunctionUrlAuthType
	InvokedViaFunctionUrl                                                                       *bool
}

func (s *Sandbox) createPermission(ctx context.Context, id string, p permissionProperties) (resource, error) {
	_, err := s.Lambda.AddPermission(ctx, &lambda.AddPermissionInput{
		StatementId: &id, Action: &p.Action, FunctionName: &p.FunctionName, Principal: &p.Principal,
		SourceAccount: optional(p.SourceAccount), SourceArn: optional(p.SourceArn),
		EventSourceToken: optional(p.EventSourceToken), PrincipalOrgID: optional(p.PrincipalOrgID),
		FunctionUrlAuthType: p.FunctionUrlAuthType, InvokedViaFunctionUrl: p.InvokedViaFunctionUrl,
	})
	return resource{ref: id}, err
}

type invokeConfigProperties struct {
	FunctionName, Qualifier                        string
	MaximumEventAgeInSeconds, MaximumRetryAttempts *int32
	DestinationConfig                              struct{ OnFailure, OnSuccess struct{ Destination string } }
}

func (s *Sandbox) createInvokeConfig(ctx context.Context, id string, p invokeConfigProperties) (resource, error) {
	in := &lambda.PutFunctionEventInvokeConfigInput{
		FunctionName: &p.FunctionName, Qualifier: &p.Qualifier,
		MaximumEventAgeInSeconds: p.MaximumEventAgeInSeconds, MaximumRetryAttempts: p.MaximumRetryAttempts,
		DestinationConfig: &types.DestinationConfig{},
	}
	if to := p.DestinationConfig.OnFailure.Destination; to != "" {
		in.DestinationConfig.OnFailure = &types.OnFailure{Destination: &to}
	}
	if to := p.DestinationConfig.OnSuccess.Destination; to != "" {
		in.DestinationConfig.OnSuccess = &types.OnSuccess{Destination: &to}
	}
	_, err := s.Lambda.PutFunctionEventInvokeConfig(ctx, in)
	return resource{ref: id}, err
}
