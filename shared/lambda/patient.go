package lambda

import (
	"errors"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// Patient makes a client wait for the functions that it invokes. Other calls end or fail within ten seconds; a function may take fifteen
// minutes, and the context ends the call. Only a throttled call is tried again, because it has run nothing. After any other failure the
// function may have run, so the caller decides whether to run it once more.
func Patient(o *lambda.Options) {
	if plain, ok := o.HTTPClient.(*http.Client); ok {
		longer := *plain
		longer.Timeout = 0
		o.HTTPClient = &longer
	}
	o.Retryer = throttled()
}

// throttled tries again only when Lambda says "too many requests".
func throttled() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.Retryables = []retry.IsErrorRetryable{retry.RetryableErrorCode{Codes: retry.DefaultThrottleErrorCodes}}
	})
}

// IsNotReady says whether Lambda is still preparing what was invoked or changed, which passes by itself
// (https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html, https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
func IsNotReady(err error) bool {
	var busy *types.ResourceConflictException
	var snapshot *types.SnapStartNotReadyException
	var artifact *types.CodeArtifactUserPendingException
	var volume *types.ResourceNotReadyException
	return errors.As(err, &busy) || errors.As(err, &snapshot) || errors.As(err, &artifact) || errors.As(err, &volume)
}
