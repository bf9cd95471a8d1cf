// Command checkout is the demo service: a real Lambda function whose repository `make run` pushes good and bad commits to.
//
// It counts its requests and errors by version as high-resolution embedded metrics, so that an alarm can react in ten
// seconds (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

// Failing is the percentage of requests that fail: the difference between a good commit and a bad one.
const failing = 0.0

// Callers use this alias.
const alias = "live"

var errPayment = errors.New("payment failed: the new currency table has no entry for EUR")

func main() {
	lambda.Start(func(ctx context.Context) (string, error) { return pay(ctx, os.Stdout, rand.Float64()*100 < failing) })
}

// pay answers a request. Only what callers ask counts: whoever tries a version by its number, or $LATEST, turns no alarm red.
func pay(ctx context.Context, metrics io.Writer, fails bool) (string, error) {
	if called(ctx) {
		count(metrics, fails)
	}
	if fails {
		return "", errPayment
	}
	return "paid, by version " + os.Getenv("AWS_LAMBDA_FUNCTION_VERSION"), nil
}

// called says whether a request came through the alias.
func called(ctx context.Context) bool {
	c, known := lambdacontext.FromContext(ctx)
	return known && strings.HasSuffix(c.InvokedFunctionArn, ":"+alias)
}

// count writes one request as a metric line, with and without the version.
func count(metrics io.Writer, failed bool) {
	bad := 0
	if failed {
		bad = 1
	}
	fmt.Fprintf(metrics, `{"_aws":{"Timestamp":%d,"CloudWatchMetrics":[{"Namespace":"Checkout","Dimensions":[["Service"],["Service","Version"]],`+
		`"Metrics":[{"Name":"Requests","Unit":"Count","StorageResolution":1},{"Name":"Errors","Unit":"Count","StorageResolution":1}]}]},`+
		`"Service":"checkout","Version":%q,"Requests":1,"Errors":%d}`+"\n",
		time.Now().UnixMilli(), os.Getenv("AWS_LAMBDA_FUNCTION_VERSION"), bad)
}
