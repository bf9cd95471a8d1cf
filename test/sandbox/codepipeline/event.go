package codepipeline

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// news is an event that is told once the lock is free.
type news struct {
	detailType string
	resources  []string
	detail     any
}

func (s *Service) tell(all []news) {
	for _, n := range all {
		s.Emit(s.ctx, n.detailType, n.resources, n.detail)
	}
}

// news is what CodePipeline says about an action
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html).
func (s *Service) news(p *pipeline, st *stage, a *action, e *execution, state string) news {
	return news{"CodePipeline Action Execution State Change", []string{s.arn(*p.Name)}, map[string]any{
		"pipeline": *p.Name, "execution-id": *e.PipelineExecutionId, "stage": *st.Name, "action": *a.Name, "state": state, "region": s.Home.Region, "version": 1,
		"type": map[string]any{
			"owner": string(a.ActionTypeId.Owner), "provider": aws.ToString(a.ActionTypeId.Provider), "category": string(a.ActionTypeId.Category), "version": aws.ToString(a.ActionTypeId.Version),
		},
	}}
}

// changes gives an execution a state, which CodePipeline tells
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html).
func (s *Service) changes(p *pipeline, e *execution, to types.PipelineExecutionStatus) news {
	e.Status = to
	state := map[types.PipelineExecutionStatus]string{
		types.PipelineExecutionStatusInProgress: "STARTED", types.PipelineExecutionStatusStopping: "STOPPING", types.PipelineExecutionStatusStopped: "STOPPED",
		types.PipelineExecutionStatusSucceeded: "SUCCEEDED", types.PipelineExecutionStatusFailed: "FAILED", types.PipelineExecutionStatusSuperseded: "SUPERSEDED",
	}[to]
	return news{"CodePipeline Pipeline Execution State Change", []string{s.arn(*p.Name)}, map[string]any{
		"pipeline": *p.Name, "execution-id": *e.PipelineExecutionId, "state": state, "version": *p.Version,
		"execution-trigger": map[string]any{"trigger-type": string(e.Trigger.TriggerType)},
	}}
}

// trail is what CloudTrail says about an answer: management events come to EventBridge where there is a trail
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html).
func (s *Service) trail(by string, in *codepipeline.PutApprovalResultInput, at time.Time) news {
	return news{"AWS API Call via CloudTrail", nil, map[string]any{
		"eventVersion": "1.11", "eventSource": "codepipeline.amazonaws.com", "eventName": "PutApprovalResult", "eventTime": at.UTC().Format(time.RFC3339),
		"awsRegion": s.Home.Region, "sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2", "readOnly": false, "eventType": "AwsApiCall",
		"managementEvent": true, "recipientAccountId": s.Home.Account, "eventCategory": "Management",
		"userIdentity": map[string]any{"arn": by, "accountId": s.Home.Account},
		"requestParameters": map[string]any{
			"pipelineName": *in.PipelineName, "stageName": *in.StageName, "actionName": *in.ActionName, "token": "HIDDEN_DUE_TO_SECURITY_REASONS",
			"result": map[string]any{"status": string(in.Result.Status), "summary": *in.Result.Summary},
		},
		"responseElements": map[string]any{"approvedAt": at.UTC().Format("Jan 2, 2006 3:04:05 PM")},
	}}
}
