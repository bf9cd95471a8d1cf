package lambdaalias

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"

	invoke "sluice/shared/lambda"
	"sluice/shared/rollout"
)

type publisherAPI interface {
	UpdateFunctionCode(context.Context, *lambda.UpdateFunctionCodeInput, ...func(*lambda.Options)) (*lambda.UpdateFunctionCodeOutput, error)
}

// Publisher makes versions of functions.
type Publisher struct{ lambda publisherAPI }

// NewPublisher builds a publisher on the account and region of cfg.
func NewPublisher(cfg aws.Config) *Publisher { return &Publisher{lambda: lambda.NewFromConfig(cfg)} }

// Publish makes an object the function's code and publishes that as a version. The same code once more is the version that it was
// (https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html). id is of the object's version and may be empty.
func (p *Publisher) Publish(ctx context.Context, function string, o rollout.Object, id string) (version string, err error) {
	in := &lambda.UpdateFunctionCodeInput{FunctionName: &function, S3Bucket: &o.Bucket, S3Key: &o.Key, Publish: true}
	if id != "" {
		in.S3ObjectVersion = &id
	}
	out, err := p.lambda.UpdateFunctionCode(ctx, in)
	if invoke.IsNotReady(err) { // another update is in progress
		return "", &rollout.NotReady{What: fmt.Sprintf("function %s cannot be published yet: %v", function, err)}
	}
	if err != nil {
		return "", fmt.Errorf("publishing s3://%s/%s as a version of %s: %w", o.Bucket, o.Key, function, err)
	}
	return aws.ToString(out.Version), nil
}

// IsRefused says whether Lambda will never take this: there is no such object or function, or the object is no code.
func IsRefused(err error) bool {
	var wrong *types.InvalidParameterValueException
	var large *types.CodeStorageExceededException
	return isNotFound(err) || errors.As(err, &wrong) || errors.As(err, &large)
}

// Denied says that somebody may not do it, and what AWS says of it: call Lambda, read the object, or decrypt it. Which error it is that S3's or
// KMS's refusal becomes in Lambda's answer is undocumented; both names are taken.
func Denied(err error) (why string, denied bool) {
	var refused smithy.APIError
	if !errors.As(err, &refused) || refused.ErrorCode() != "AccessDeniedException" && refused.ErrorCode() != "KMSAccessDeniedException" {
		return "", false
	}
	return refused.ErrorMessage(), true
}
