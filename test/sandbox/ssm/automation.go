package ssm

import (
	"context"
	"crypto/sha256"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsssm "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/test/sandbox/wire"
)

// A Document is what an Automation document does. It ends when ctx does; failed is what went wrong, empty when nothing did.
type Document func(ctx context.Context, parameters map[string][]string) (failed string)

// PutAutomation makes or replaces an Automation document. The language of AWS's documents is not interpreted here.
func (s *Service) PutAutomation(name string, d Document) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.documents[name] = d
}

// An execution is one run of a document.
type execution struct {
	types.AutomationExecution
	request *awsssm.StartAutomationExecutionInput
	stop    context.CancelFunc
}

// StartAutomationExecution runs a document. The same token is the same execution; with another request it is refused.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html
func (s *Service) StartAutomationExecution(_ context.Context, in *awsssm.StartAutomationExecutionInput) (*awsssm.StartAutomationExecutionOutput, error) {
	if in.Targets != nil || in.TargetLocations != nil || in.Mode == types.ExecutionModeInteractive || in.AlarmConfiguration != nil || in.DocumentVersion != nil {
		return nil, wire.NotImplemented("StartAutomationExecution with more than a document, its parameters and a token")
	}
	if t := aws.ToString(in.ClientToken); t != "" && len(t) != 36 {
		return nil, wire.Validation("1 validation error detected: Value at 'clientToken' failed to satisfy constraint: Member must have length 36")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	work, known := s.documents[aws.ToString(in.DocumentName)]
	if !known {
		return nil, &types.AutomationDefinitionNotFoundException{Message: aws.String("Document with name " + aws.ToString(in.DocumentName) + " does not exist.")}
	}
	if e := s.byToken[aws.ToString(in.ClientToken)]; e != nil && in.ClientToken != nil {
		if !reflect.DeepEqual(e.request, in) {
			return nil, &types.IdempotentParameterMismatch{Message: aws.String("The token was used with other parameters.")}
		}
		return &awsssm.StartAutomationExecutionOutput{AutomationExecutionId: e.AutomationExecutionId}, nil
	}
	e, ctx := s.enter(in)
	go s.run(ctx, e, work)
	return &awsssm.StartAutomationExecutionOutput{AutomationExecutionId: e.AutomationExecutionId}, nil
}

func (s *Service) enter(in *awsssm.StartAutomationExecutionInput) (*execution, context.Context) {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", *in.DocumentName, len(s.executions)))
	id := fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
	ctx, stop := context.WithCancel(s.options.Context)
	e := &execution{request: in, stop: stop, AutomationExecution: types.AutomationExecution{
		AutomationExecutionId: &id, DocumentName: in.DocumentName, DocumentVersion: aws.String("1"), Parameters: in.Parameters,
		AutomationExecutionStatus: types.AutomationExecutionStatusInprogress, ExecutionStartTime: aws.Time(time.Now()), Mode: types.ExecutionModeAuto,
	}}
	s.executions[id] = e
	if in.ClientToken != nil {
		s.byToken[*in.ClientToken] = e
	}
	return e, ctx
}

func (s *Service) run(ctx context.Context, e *execution, work Document) {
	defer e.stop()
	failed := work(ctx, e.Parameters)
	if s.options.Context.Err() != nil { // the sandbox ends
		return
	}
	s.mu.Lock()
	now := time.Now()
	e.ExecutionEndTime, e.AutomationExecutionStatus = &now, types.AutomationExecutionStatusSuccess
	switch {
	case ctx.Err() != nil:
		e.AutomationExecutionStatus = types.AutomationExecutionStatusCancelled
	case failed != "":
		e.AutomationExecutionStatus, e.FailureMessage = types.AutomationExecutionStatusFailed, &failed
	}
	ended := e.AutomationExecution
	s.mu.Unlock()
	s.tell(ended)
}

// tell sends what Systems Manager sends when an execution has ended
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html).
func (s *Service) tell(e types.AutomationExecution) {
	const clock = "Jan 2, 2006 3:04:05 PM"
	s.options.Emit(s.options.Context, "EC2 Automation Execution Status-change Notification", []string{
		s.home.ARN("ssm", "automation-execution/"+*e.AutomationExecutionId), s.home.ARN("ssm", "automation-definition/"+*e.DocumentName+":1"),
	}, map[string]any{
		"ExecutionId": *e.AutomationExecutionId, "Definition": *e.DocumentName, "DefinitionVersion": 1.0, "Status": string(e.AutomationExecutionStatus),
		"StartTime": e.ExecutionStartTime.UTC().Format(clock), "EndTime": e.ExecutionEndTime.UTC().Format(clock),
		"Time": e.ExecutionEndTime.Sub(*e.ExecutionStartTime).Seconds(), "ExecutedBy": s.home.ARN("iam", "role/sluice"),
	})
}

// GetAutomationExecution describes an execution.
func (s *Service) GetAutomationExecution(_ context.Context, in *awsssm.GetAutomationExecutionInput) (*awsssm.GetAutomationExecutionOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	e := s.executions[aws.ToString(in.AutomationExecutionId)]
	if e == nil {
		return nil, noExecution(in.AutomationExecutionId)
	}
	found := e.AutomationExecution
	return &awsssm.GetAutomationExecutionOutput{AutomationExecution: &found}, nil
}

// StopAutomationExecution cancels an execution; one that has ended cannot be.
func (s *Service) StopAutomationExecution(_ context.Context, in *awsssm.StopAutomationExecutionInput) (*awsssm.StopAutomationExecutionOutput, error) {
	if in.Type == types.StopTypeComplete {
		return nil, wire.NotImplemented("StopAutomationExecution of type Complete")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.executions[aws.ToString(in.AutomationExecutionId)]
	switch {
	case e == nil:
		return nil, noExecution(in.AutomationExecutionId)
	case e.ExecutionEndTime != nil:
		return nil, &types.InvalidAutomationStatusUpdateException{Message: aws.String("The execution has ended.")}
	}
	e.AutomationExecutionStatus = types.AutomationExecutionStatusCancelling
	e.stop()
	return &awsssm.StopAutomationExecutionOutput{}, nil
}

func noExecution(id *string) error {
	return &types.AutomationExecutionNotFoundException{Message: aws.String("There is no automation execution with id " + aws.ToString(id) + ".")}
}

// DescribeDocument tells of an Automation document of the account's own. Those of Amazon, whose names begin with AWS, are not known here.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeDocument.html
func (s *Service) DescribeDocument(_ context.Context, in *awsssm.DescribeDocumentInput) (*awsssm.DescribeDocumentOutput, error) {
	name := aws.ToString(in.Name)
	if in.DocumentVersion != nil || in.VersionName != nil || strings.HasPrefix(name, "AWS") {
		return nil, wire.NotImplemented("DescribeDocument of a version, or of a document of Amazon")
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if _, known := s.documents[name]; !known {
		return nil, &types.InvalidDocument{Message: aws.String("Document with name " + name + " does not exist.")}
	}
	return &awsssm.DescribeDocumentOutput{Document: &types.DocumentDescription{Name: &name, DocumentType: types.DocumentTypeAutomation, Status: types.DocumentStatusActive}}, nil
}
