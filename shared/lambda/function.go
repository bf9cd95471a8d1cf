// Package lambda hands work to Sluice's own functions, and asks for their addresses.
package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/shared/rollout"
)

// api holds functions and is no interface, so that the linker does not keep every method of the client in the console (docs/adr/0013).
type api struct {
	Invoke               func(context.Context, *lambda.InvokeInput, ...func(*lambda.Options)) (*lambda.InvokeOutput, error)
	GetFunctionUrlConfig func(context.Context, *lambda.GetFunctionUrlConfigInput, ...func(*lambda.Options)) (*lambda.GetFunctionUrlConfigOutput, error)
}

// Function is one of Sluice's functions.
type Function struct {
	lambda api
	name   string
}

// New opens the function of that name.
func New(cfg aws.Config, name string) *Function {
	c := lambda.NewFromConfig(cfg)
	return &Function{lambda: api{c.Invoke, c.GetFunctionUrlConfig}, name: name}
}

// Of is the function of the same work for another kind of target. suffix is what its name ends with (kind.Facts.Suffix).
func (f *Function) Of(suffix string) *Function {
	return &Function{lambda: f.lambda, name: f.name + suffix}
}

// Send invokes the function asynchronously: Lambda tries three times, and then puts the payload into the dead-letter queue
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

// Ask invokes the function and waits for its answer. Its own failure is an error, too.
func (f *Function) Ask(ctx context.Context, payload, answer any) error {
	body, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("encoding the payload of %s: %w", f.name, err)
	}
	out, err := f.lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: &f.name, InvocationType: types.InvocationTypeRequestResponse, Payload: body}, Patient)
	switch {
	case err != nil:
		return fmt.Errorf("invoking %s: %w", f.name, err)
	case out.FunctionError != nil:
		return fmt.Errorf("%s failed: %.300s", f.name, rollout.MachineError{Error: *out.FunctionError, Cause: string(out.Payload)}.Says())
	}
	if err := json.Unmarshal(out.Payload, answer); err != nil {
		return fmt.Errorf("reading the answer of %s: %w", f.name, err)
	}
	return nil
}

var errNoAddress = errors.New("has no address")

// IsNoAddress says whether an error means that a function has no address.
func IsNoAddress(err error) bool { return errors.Is(err, errNoAddress) }

// Address is the function's URL, with a slash at its end.
func (f *Function) Address(ctx context.Context) (string, error) {
	out, err := f.lambda.GetFunctionUrlConfig(ctx, &lambda.GetFunctionUrlConfigInput{FunctionName: &f.name})
	var none *types.ResourceNotFoundException
	if errors.As(err, &none) {
		return "", fmt.Errorf("%s %w: there are Regions where functions have none, and what people say comes by events there (docs/operations.md)", f.name, errNoAddress)
	}
	if err != nil {
		return "", fmt.Errorf("asking for the address of %s: %w", f.name, err)
	}
	return aws.ToString(out.FunctionUrl), nil
}
