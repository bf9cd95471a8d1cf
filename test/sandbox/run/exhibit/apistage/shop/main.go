// Command shop is the function behind the API of the show: each of its versions fails as often as its environment says.
package main

import (
	"context"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	failing, _ := strconv.ParseFloat(os.Getenv("FAILING"), 64) // nothing fails where nothing is said
	lambda.Start(func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
		return answer(os.Getenv("AWS_LAMBDA_FUNCTION_VERSION"), rand.Float64()*100 < failing), nil
	})
}

// answer says which version answered, also when it failed: callers of the show count by version.
func answer(version string, failed bool) events.APIGatewayProxyResponse {
	r := events.APIGatewayProxyResponse{StatusCode: http.StatusOK, Headers: map[string]string{"X-Version": version}, Body: "paid, by version " + version + "\n"}
	if failed {
		r.StatusCode, r.Body = http.StatusServiceUnavailable, "payment failed: the new currency table has no entry for EUR\n"
	}
	return r
}
