// Command checkout is the demo service: a real Lambda function whose repository `make run` pushes good and bad commits to.
//
// It counts its requests and errors by version as high-resolution embedded metrics, so that an alarm can react in ten
// seconds (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
)

// Failing is the percentage of requests that fail: the difference between a good commit and a bad one.
const failing = 0.0

var errPayment = errors.New("payment failed: the new currency table has no entry for EUR")

func main() {
	lambda.Start(func(context.Context) (string, error) {
		failed := rand.Float64()*100 < failing
		count(failed)
		if failed {
			return "", errPayment
		}
		return "paid, by version " + os.Getenv("AWS_LAMBDA_FUNCTION_VERSION"), nil
	})
}

// count writes one request as a metric line, with and without the version.
func count(failed bool) {
	bad := 0
	if failed {
		bad = 1
	}
	fmt.Printf(`{"_aws":{"Timestamp":%d,"CloudWatchMetrics":[{"Namespace":"Checkout","Dimensions":[["Service"],["Service","Version"]],`+
		`"Metrics":[{"Name":"Requests","Unit":"Count","StorageResolution":1},{"Name":"Errors","Unit":"Count","StorageResolution":1}]}]},`+
		`"Service":"checkout","Version":%q,"Requests":1,"Errors":%d}`+"\n",
		time.Now().UnixMilli(), os.Getenv("AWS_LAMBDA_FUNCTION_VERSION"), bad)
}
