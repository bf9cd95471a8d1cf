package start

import (
	"context"
	"strings"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// Invocation names what a function does now; Lambda's retries of it have the same name.
func Invocation(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return "nobody"
}

// Alias is the alias or version that a function was invoked by; empty when it was invoked by its name alone. IAM allows each by itself,
// so whoever is allowed one alias cannot come through another
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
