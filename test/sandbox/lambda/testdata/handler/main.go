// A function that does what its event says, for the tests of the process runner.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct{ Do, Text string }

type answer struct {
	Text      string
	PID       int
	Variables []string
	Request   string
	ARN       string
	Remaining time.Duration
}

func main() {
	if os.Getenv("FAIL_INIT") != "" {
		fmt.Println("no database")
		os.Exit(3)
	}
	lambda.Start(handle)
}

func handle(ctx context.Context, e event) (answer, error) {
	switch e.Do {
	case "print":
		fmt.Println(e.Text)
		fmt.Fprint(os.Stderr, "and no line feed")
	case "fail":
		return answer{}, errors.New(e.Text)
	case "panic":
		panic(e.Text)
	case "exit":
		os.Exit(7)
	case "hang":
		time.Sleep(time.Hour)
	case "breed":
		child := exec.Command("sleep", "3600")
		if err := child.Start(); err != nil {
			return answer{}, err
		}
		return answer{PID: child.Process.Pid}, nil
	}
	lc, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	variables := os.Environ()
	slices.Sort(variables)
	return answer{
		Text: e.Text, PID: os.Getpid(), Variables: variables,
		Request: lc.AwsRequestID, ARN: lc.InvokedFunctionArn, Remaining: time.Until(deadline),
	}, nil
}
