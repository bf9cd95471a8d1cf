// Package lambda hands work to Sluice's own functions, and asks for their addresses.
package lambda

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

type api interface {
	Invoke(context.Context, *lambda.InvokeInput, ...func(*lambda.Options)) (*lambda.InvokeOutput, error)
	GetFunctionUrlConfig(context.Context, *lambda.GetFunctionUrlConfigInput, ...func(*lambda.Options)) (*lambda.GetFunctionUrlConfigOutput, error)
}

// Function is one of Sluice's functions.
type Function struct {
	lambda api
	name   string
}

// New opens the function of that name.
func New(cfg aws.Config, name string) *Function {
	return &Function{lambda: lambda.NewFromConfig(cfg), name: name}
}

// Send puts a payload into the function's own queue: Lambda tries it three times, and then it lies in the dead-letter queue
// (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html).
func (f *Function) Send(ctx context.Context, payload any) error {
	body, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("encoding the payload of %s: %w", f.name, err)
	}
	_, err = f.lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: &f.name, InvocationType: types.InvocationTypeEvent, Payload: body})
	if err != nil {
		return fmt.Errorf("invoking %s: %w", f.name, err)
	}
	return nil
}

// Address is where the function is on the web, with a slash at its end.
func (f *Function) Address(ctx context.Context) (string, error) {
	out, err := f.lambda.GetFunctionUrlConfig(ctx, &lambda.GetFunctionUrlConfigInput{FunctionName: &f.name})
	if err != nil {
		return "", fmt.Errorf("asking for the address of %s: %w", f.name, err)
	}
	return aws.ToString(out.FunctionUrl), nil
}

// Ask invokes the function and reads its answer.
func (f *Function) Ask(ctx context.Context, payload, answer any) error {
	body, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("encoding the payload of %s: %w", f.name, err)
	}
	out, err := f.lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: &f.name, Payload: body})
	if err != nil {
		return fmt.Errorf("invoking %s: %w", f.name, err)
	}
	if out.FunctionError != nil {
		return fmt.Errorf("invoking %s: %s: %.500s", f.name, *out.FunctionError, out.Payload)
	}
	if err := json.Unmarshal(out.Payload, answer); err != nil {
		return fmt.Errorf("reading the answer of %s: %w", f.name, err)
	}
	return nil
}
