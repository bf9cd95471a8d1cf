// Command hello is the floor that cold starts are compared with: a Lambda function that does nothing.
package main

import "github.com/aws/aws-lambda-go/lambda"

func main() {
	lambda.Start(func() (string, error) { return "hello", nil })
}
