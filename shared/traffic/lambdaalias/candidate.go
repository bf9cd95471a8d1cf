package lambdaalias

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/events"
	"sluice/shared/rollout"
)

type inspectorAPI interface {
	GetFunctionConfiguration(context.Context, *lambda.GetFunctionConfigurationInput, ...func(*lambda.Options)) (*lambda.GetFunctionConfigurationOutput, error)
	GetProvisionedConcurrencyConfig(context.Context, *lambda.GetProvisionedConcurrencyConfigInput, ...func(*lambda.Options)) (*lambda.GetProvisionedConcurrencyConfigOutput, error)
	Invoke(context.Context, *lambda.InvokeInput, ...func(*lambda.Options)) (*lambda.InvokeOutput, error)
}

// Inspector looks at versions before they get traffic.
type Inspector struct{ lambda inspectorAPI }

// NewInspector builds an inspector on the account and region of cfg.
func NewInspector(cfg aws.Config) *Inspector { return &Inspector{lambda: lambda.NewFromConfig(cfg)} }

// Candidate reads what decides whether a version may be released beside stable.
func (i *Inspector) Candidate(ctx context.Context, a rollout.LambdaAlias, version, stable string) (rollout.Candidate, error) {
	c := rollout.Candidate{Version: version}
	if version == "" || version == "$LATEST" {
		return c, nil
	}
	next, err := i.configuration(ctx, a.Function, version)
	if isNotFound(err) {
		c.Missing = true
		return c, nil
	}
	if err != nil {
		return c, err
	}
	now, err := i.configuration(ctx, a.Function, stable)
	if err != nil {
		return c, err
	}
	c.Role, c.StableRole = aws.ToString(next.Role), aws.ToString(now.Role)
	c.DeadLetter, c.StableDead = deadLetter(next), deadLetter(now)
	c.ProvisionedConcurrency, err = i.provisioned(ctx, a)
	return c, err
}

func (i *Inspector) configuration(ctx context.Context, function, version string) (*lambda.GetFunctionConfigurationOutput, error) {
	out, err := i.lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &function, Qualifier: &version})
	if err != nil {
		return nil, fmt.Errorf("reading version %s of %s: %w", version, function, err)
	}
	return out, nil
}

func (i *Inspector) provisioned(ctx context.Context, a rollout.LambdaAlias) (found bool, err error) {
	_, err = i.lambda.GetProvisionedConcurrencyConfig(ctx, &lambda.GetProvisionedConcurrencyConfigInput{FunctionName: &a.Function, Qualifier: &a.Alias})
	var none *types.ProvisionedConcurrencyConfigNotFoundException
	if errors.As(err, &none) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading provisioned concurrency of %s:%s: %w", a.Function, a.Alias, err)
	}
	return true, nil
}

// Test invokes a version once. failure is empty when it returned, and the function's error when it did not.
func (i *Inspector) Test(ctx context.Context, a rollout.LambdaAlias, version string, payload json.RawMessage) (failure string, err error) {
	if len(payload) == 0 {
		payload = json.RawMessage("{}")
	}
	out, err := i.lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: &a.Function, Qualifier: &version, Payload: payload})
	if err != nil {
		return "", fmt.Errorf("invoking version %s of %s: %w", version, a.Function, err)
	}
	if out.FunctionError == nil {
		return "", nil
	}
	var answer struct {
		ErrorType    string `json:"errorType"`
		ErrorMessage string `json:"errorMessage"`
	}
	if err := json.Unmarshal(out.Payload, &answer); err != nil {
		return *out.FunctionError, nil
	}
	return events.Line(answer.ErrorType + ": " + answer.ErrorMessage), nil
}

// IsNotFound says whether the function, version or alias does not exist.
func IsNotFound(err error) bool { return isNotFound(err) }

func isNotFound(err error) bool {
	var missing *types.ResourceNotFoundException
	return errors.As(err, &missing)
}

func deadLetter(c *lambda.GetFunctionConfigurationOutput) string {
	if c.DeadLetterConfig == nil {
		return ""
	}
	return aws.ToString(c.DeadLetterConfig.TargetArn)
}
