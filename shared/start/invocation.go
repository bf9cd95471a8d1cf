package start

import (
	"context"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// Invocation names what a function does now; Lambda's retries of it have the same name.
func Invocation(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return "nobody"
}
