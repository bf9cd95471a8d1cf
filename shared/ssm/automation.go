package ssm

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/shared/gates"
)

type automationAPI interface {
	StartAutomationExecution(context.Context, *ssm.StartAutomationExecutionInput, ...func(*ssm.Options)) (*ssm.StartAutomationExecutionOutput, error)
	GetAutomationExecution(context.Context, *ssm.GetAutomationExecutionInput, ...func(*ssm.Options)) (*ssm.GetAutomationExecutionOutput, error)
	StopAutomationExecution(context.Context, *ssm.StopAutomationExecutionInput, ...func(*ssm.Options)) (*ssm.StopAutomationExecutionOutput, error)
}

// Automations are executions of SSM Automation documents.
type Automations struct{ ssm automationAPI }

// NewAutomations opens the Automation of an account and region.
func NewAutomations(cfg aws.Config) *Automations { return &Automations{ssm: ssm.NewFromConfig(cfg)} }

// IsRefused says whether Automation will never start this: there is no such document, or it takes other parameters.
func IsRefused(err error) bool {
	var missing *types.AutomationDefinitionNotFoundException
	var parameters *types.InvalidAutomationExecutionParametersException
	return errors.As(err, &missing) || errors.As(err, &parameters)
}

// Start executes a document and returns the execution's id. The same key gives the same execution
// (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html).
func (a *Automations) Start(ctx context.Context, document, key string, parameters map[string][]string) (id string, err error) {
	out, err := a.ssm.StartAutomationExecution(ctx, &ssm.StartAutomationExecutionInput{DocumentName: &document, ClientToken: aws.String(token(key)), Parameters: parameters})
	if err != nil {
		return "", fmt.Errorf("executing document %s: %w", document, err)
	}
	return aws.ToString(out.AutomationExecutionId), nil
}

// token is a key in the form of a UUID, which the service requires.
func token(key string) string {
	sum := sha256.Sum256([]byte(key))
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// Progress reads how far an execution is.
func (a *Automations) Progress(ctx context.Context, id string) (gates.Progress, error) {
	out, err := a.ssm.GetAutomationExecution(ctx, &ssm.GetAutomationExecutionInput{AutomationExecutionId: &id})
	var missing *types.AutomationExecutionNotFoundException
	if errors.As(err, &missing) {
		return gates.Progress{Ended: true, Failed: "Automation does not know it any more"}, nil
	}
	if err != nil {
		return gates.Progress{}, fmt.Errorf("reading execution %s: %w", id, err)
	}
	e := out.AutomationExecution
	switch e.AutomationExecutionStatus {
	case types.AutomationExecutionStatusSuccess, types.AutomationExecutionStatusCompletedWithSuccess:
		return gates.Progress{Ended: true}, nil
	case types.AutomationExecutionStatusFailed, types.AutomationExecutionStatusTimedout, types.AutomationExecutionStatusCancelled,
		types.AutomationExecutionStatusCompletedWithFailure, types.AutomationExecutionStatusRejected, types.AutomationExecutionStatusExited:
		why := aws.ToString(e.FailureMessage)
		if why == "" {
			why = "Automation says " + string(e.AutomationExecutionStatus)
		}
		return gates.Progress{Ended: true, Failed: why}, nil
	}
	return gates.Progress{}, nil
}

// Stop ends an execution that nobody waits for any more; it may have ended by itself.
func (a *Automations) Stop(ctx context.Context, id string) error {
	_, err := a.ssm.StopAutomationExecution(ctx, &ssm.StopAutomationExecutionInput{AutomationExecutionId: &id, Type: types.StopTypeCancel})
	var missing *types.AutomationExecutionNotFoundException
	var ended *types.InvalidAutomationStatusUpdateException
	if err != nil && !errors.As(err, &missing) && !errors.As(err, &ended) {
		return fmt.Errorf("stopping execution %s: %w", id, err)
	}
	return nil
}
