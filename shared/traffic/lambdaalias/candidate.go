package lambdaalias

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/events"
	"sluice/shared/kind"
	invoke "sluice/shared/lambda"
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
func NewInspector(cfg aws.Config) *Inspector { return &Inspector{lambda.NewFromConfig(cfg)} }

// Inspect implements traffic.Inspector.
func (i *Inspector) Inspect(ctx context.Context, t rollout.Target, revision, stable string) (*rollout.Rejection, error) {
	a := *t.LambdaAlias
	v, err := i.version(ctx, a, revision, stable)
	if err != nil {
		return nil, err
	}
	if why := v.check(a); why != nil {
		return why, nil
	}
	if v.state == "Inactive" {
		if err := i.wake(ctx, a, revision); err != nil {
			return nil, err
		}
	}
	return nil, v.unready(a)
}

// Survey implements traffic.Surveyor. Unlike Inspect, it invokes nothing.
func (i *Inspector) Survey(ctx context.Context, t rollout.Target, stable string) (*rollout.Rejection, error) {
	v, err := i.version(ctx, *t.LambdaAlias, stable, stable)
	if err != nil {
		return nil, err
	}
	return v.check(*t.LambdaAlias), nil
}

// version reads what decides whether a version may be released beside stable.
func (i *Inspector) version(ctx context.Context, a kind.LambdaAlias, number, stable string) (version, error) {
	v := version{number: number}
	if number == "" || number == "$LATEST" {
		return v, nil
	}
	next, err := i.configuration(ctx, a.Function, number)
	if isNotFound(err) {
		v.missing = true
		return v, nil
	}
	if err != nil {
		return v, err
	}
	now, err := i.configuration(ctx, a.Function, stable)
	if err != nil {
		return v, err
	}
	v.role, v.stableRole = aws.ToString(next.Role), aws.ToString(now.Role)
	v.deadLetter, v.stableDead = deadLetter(next), deadLetter(now)
	v.state, v.why = string(next.State), why(next)
	v.provisioned, err = i.provisioned(ctx, a)
	return v, err
}

func (i *Inspector) configuration(ctx context.Context, function, version string) (*lambda.GetFunctionConfigurationOutput, error) {
	out, err := i.lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &function, Qualifier: &version})
	if err != nil {
		return nil, fmt.Errorf("reading version %s of %s: %w", version, function, err)
	}
	return out, nil
}

func (i *Inspector) provisioned(ctx context.Context, a kind.LambdaAlias) (found bool, err error) {
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

// wake makes Lambda prepare an Inactive version, by invoking it; the invocation itself fails
// (https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html).
func (i *Inspector) wake(ctx context.Context, a kind.LambdaAlias, version string) error {
	_, err := i.lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: &a.Function, Qualifier: &version, Payload: []byte("{}")}, invoke.Patient)
	if err != nil && !invoke.IsNotReady(err) {
		return fmt.Errorf("waking version %s of %s: %w", version, a.Function, err)
	}
	return nil
}

// why is what Lambda says about a version that is not Active.
func why(c *lambda.GetFunctionConfigurationOutput) string {
	if c.StateReasonCode == "" {
		return aws.ToString(c.StateReason)
	}
	return string(c.StateReasonCode) + ": " + aws.ToString(c.StateReason)
}

// spare is how much of its time a function keeps for the work after a test.
const spare = 20 * time.Second

// Probe implements traffic.Prober by an invocation. It waits as long as the calling function has time, less spare; the limit of other calls does not
// hold. A failed invocation is not tried again. failure is the function's error, or says that it took too long.
func (i *Inspector) Probe(ctx context.Context, t rollout.Target, version string, payload json.RawMessage) (failure string, err error) {
	a := *t.LambdaAlias
	if len(payload) == 0 {
		payload = json.RawMessage("{}")
	}
	limited, cancel := ctx, context.CancelFunc(func() {})
	begun := time.Now()
	if end, ok := ctx.Deadline(); ok {
		limited, cancel = context.WithDeadline(ctx, end.Add(-spare))
	}
	defer cancel()
	out, err := i.lambda.Invoke(limited, &lambda.InvokeInput{FunctionName: &a.Function, Qualifier: &version, Payload: payload}, invoke.Patient)
	switch {
	case invoke.IsNotReady(err):
		return "", &rollout.NotReady{What: fmt.Sprintf("version %s of function %s is not ready yet: %v", version, a.Function, err)}
	case err != nil && limited.Err() != nil && ctx.Err() == nil:
		return fmt.Sprintf("it did not answer within %s, which is as long as it is waited for", time.Since(begun).Round(time.Second)), nil
	case err != nil:
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

// isNotFound says whether the function, version or alias does not exist.
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
