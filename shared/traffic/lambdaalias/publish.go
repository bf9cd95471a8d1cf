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

// Publish implements traffic.Publisher. If the code has not changed since the last version, Lambda returns that version
// (https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html).
func (p *Publisher) Publish(ctx context.Context, t rollout.Target, o rollout.Object, id string) (version string, why *rollout.Rejection, err error) {
	function := t.LambdaAlias.Function
	in := &lambda.UpdateFunctionCodeInput{FunctionName: &function, S3Bucket: &o.Bucket, S3Key: &o.Key, Publish: true}
	if id != "" {
		in.S3ObjectVersion = &id
	}
	out, err := p.lambda.UpdateFunctionCode(ctx, in)
	if invoke.IsNotReady(err) { // another update is in progress
		return "", nil, &rollout.NotReady{What: fmt.Sprintf("function %s cannot be published yet: %v", function, err)}
	}
	if err == nil {
		return aws.ToString(out.Version), nil, nil
	}
	err = fmt.Errorf("publishing s3://%s/%s as a version of %s: %w", o.Bucket, o.Key, function, err)
	if why := unpublished(o, err); why != nil {
		return "", why, nil
	}
	return "", nil, err
}

// unpublished says why an object can never become a version; nil for an error that may pass by itself.
func unpublished(o rollout.Object, err error) *rollout.Rejection {
	var wrong *types.InvalidParameterValueException
	var large *types.CodeStorageExceededException
	if isNotFound(err) || errors.As(err, &wrong) || errors.As(err, &large) { // no such object or function, or the object is no code
		return rollout.Because(err.Error(), "check the object, and that Lambda may read it")
	}
	if why, denied := refusal(err); denied {
		return rollout.Because(fmt.Sprintf("Making a version of s3://%s/%s was refused: %s", o.Bucket, o.Key, why),
			"where the objects are encrypted under a key of your own, name it as source.s3.kmsKey and deploy; a bucket or a key of another account must let Sluice's build role in")
	}
	return nil
}

// refusal says whether access was denied (to Lambda, to the object or to its key), and what AWS says about it. It is undocumented which error
// Lambda returns when S3 or KMS refuses, so both names count.
func refusal(err error) (why string, denied bool) {
	var refused smithy.APIError
	if !errors.As(err, &refused) || refused.ErrorCode() != "AccessDeniedException" && refused.ErrorCode() != "KMSAccessDeniedException" {
		return "", false
	}
	return refused.ErrorMessage(), true
}
