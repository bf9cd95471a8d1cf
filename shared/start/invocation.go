package start

import (
	"context"
	"strings"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// Invocation is the id of the present invocation. Lambda's retries have the same id.
func Invocation(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return "nobody"
}

// Alias is the alias or version by which the function was invoked; empty when it was invoked by its name alone. IAM grants each alias
// by itself, so a caller that may use one alias cannot use another
// (https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html).
func Alias(ctx context.Context) string {
	lc, ok := lambdacontext.FromContext(ctx)
	if !ok {
		return ""
	}
	parts := strings.SplitN(lc.InvokedFunctionArn, ":", 8) // arn:aws:lambda:region:account:function:name[:alias]
	if len(parts) < 8 {
		return ""
	}
	return parts[7]
}
