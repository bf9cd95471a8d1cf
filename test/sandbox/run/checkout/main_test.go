package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// After the show $LATEST is the bad commit: four calls of it by hand turned the alarm of the version that serves red.
func TestOnlyWhatCallersAskCountsForTheAlarm(t *testing.T) {
	for arn, counts := range map[string]bool{
		"arn:aws:lambda:us-east-1:123456789012:function:checkout:live": true,
		"arn:aws:lambda:us-east-1:123456789012:function:checkout:3":    false,
		"arn:aws:lambda:us-east-1:123456789012:function:checkout":      false,
	} {
		var metrics bytes.Buffer
		ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{InvokedFunctionArn: arn})
		if _, err := pay(ctx, &metrics, true); err == nil {
			t.Errorf("%s: a request that fails was answered", arn)
		}
		if got := strings.Contains(metrics.String(), `"Errors":1`); got != counts {
			t.Errorf("%s: the alarm counts it: %v, want %v", arn, got, counts)
		}
	}
}
