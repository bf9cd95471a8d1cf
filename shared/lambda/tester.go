package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/shared/gates"
	"sluice/shared/rollout"
)

type invoker interface {
	Invoke(context.Context, *lambda.InvokeInput, ...func(*lambda.Options)) (*lambda.InvokeOutput, error)
}

// Tester invokes functions that test a release, and waits for what they say.
type Tester struct{ lambda invoker }

// NewTester opens the functions of an account and region.
func NewTester(cfg aws.Config) *Tester { return &Tester{lambda: lambda.NewFromConfig(cfg, Patient)} }

// Test invokes a function and judges its answer. The Progress says what the function answered; it has not ended when the function
// took too long. A failure of Lambda itself is an error; for a function that Lambda is still preparing it is a rollout.NotReady.
func (t *Tester) Test(ctx context.Context, function string, e rollout.JobEvent, within time.Duration) (gates.Progress, error) {
	body, err := json.Marshal(e)
	if err != nil {
		return gates.Progress{}, fmt.Errorf("encoding the event of test %s: %w", function, err)
	}
	limited, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	out, err := t.lambda.Invoke(limited, &lambda.InvokeInput{FunctionName: &function, Payload: body})
	var missing *types.ResourceNotFoundException
	switch {
	case IsNotReady(err):
		return gates.Progress{}, &rollout.NotReady{What: fmt.Sprintf("test function %s is not ready yet: %v", function, err)}
	case errors.As(err, &missing):
		return gates.Progress{Ended: true, Failed: "there is no function " + function}, nil
	case err != nil && limited.Err() != nil && ctx.Err() == nil:
		return gates.Progress{}, nil
	case err != nil:
		return gates.Progress{}, fmt.Errorf("invoking test %s: %w", function, err)
	}
	return judged(out), nil
}

func judged(out *lambda.InvokeOutput) gates.Progress {
	if out.FunctionError != nil {
		var failure struct {
			ErrorMessage string `json:"errorMessage"`
		}
		_ = json.Unmarshal(out.Payload, &failure) // a function that was killed says nothing
		return gates.Progress{Ended: true, Failed: orText(failure.ErrorMessage, "the function failed: "+*out.FunctionError)}
	}
	var answer rollout.JobAnswer
	if json.Unmarshal(out.Payload, &answer) == nil && answer.Failed() {
		return gates.Progress{Ended: true, Failed: answer.Reason()}
	}
	return gates.Progress{Ended: true}
}

func orText(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}
