// Command shop is the function behind the alias of the show's stack: each of its versions fails as often as its environment says.
package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"strconv"

	"github.com/aws/aws-lambda-go/lambda"
)

var errPayment = errors.New("payment failed: the new currency table has no entry for EUR")

func main() {
	failing, _ := strconv.ParseFloat(os.Getenv("FAILING"), 64) // nothing fails where nothing is said
	lambda.Start(func(context.Context) (string, error) { return pay(rand.Float64()*100 < failing) })
}

// pay answers a request.
func pay(fails bool) (string, error) {
	if fails {
		return "", errPayment
	}
	return "paid, by version " + os.Getenv("AWS_LAMBDA_FUNCTION_VERSION"), nil
}
