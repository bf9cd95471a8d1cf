package events

import (
	"fmt"
	"strings"
	"time"
)

const (
	actionChange      = "CodePipeline Action Execution State Change"
	putApprovalResult = "PutApprovalResult"
	pipelineCalls     = "codepipeline.amazonaws.com"
	approvalCategory  = "Approval"
)

// PipelineAction names an action of a pipeline.
type PipelineAction struct {
	Pipeline string
	Stage    string
	Action   string
}

// PipelineApproval is a person's answer in a manual approval action of CodePipeline, as CloudTrail reports it.
type PipelineApproval struct {
	PipelineAction
	Approve bool
	Summary string
	By      string // ARN of the IAM user, or of the session of a role
	Origin  string // address and program
	At      time.Time
}

// PipelineWait is a manual approval action that waits for somebody.
type PipelineWait struct {
	PipelineAction
	Execution string
}

// PipelineApprovalPattern selects answers in manual approval actions of some pipelines. It needs a trail with management events. A
// failed call carries an errorCode and is not selected.
func PipelineApprovalPattern(pipelines []string) Pattern {
	return fromAWS(pipelineSource, []string{apiCall}, map[string]any{
		"eventSource": []string{pipelineCalls}, "eventName": []string{putApprovalResult}, "errorCode": []any{map[string]any{"exists": false}},
		"requestParameters": map[string]any{"pipelineName": pipelines},
	})
}

// PipelineWaitPattern selects the events of manual approval actions of some pipelines that begin to wait.
func PipelineWaitPattern(pipelines []string) Pattern {
	return fromAWS(pipelineSource, []string{actionChange}, map[string]any{
		"pipeline": pipelines, "state": []string{"STARTED"}, "type": map[string]any{"category": []string{approvalCategory}},
	})
}

// FromPipeline is what an event of CodePipeline says about a manual approval action; both results are nil when it says nothing.
func FromPipeline(e Raw) (*PipelineApproval, *PipelineWait, error) {
	switch {
	case e.Source == pipelineSource && e.DetailType == apiCall:
		a, err := readApproval(e)
		return a, nil, err
	case e.Source == pipelineSource && e.DetailType == actionChange:
		w, err := readWait(e)
		return nil, w, err
	}
	return nil, nil, nil
}

// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html and
// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutApprovalResult.html
func readApproval(e Raw) (*PipelineApproval, error) {
	var d struct {
		Source   string    `json:"eventSource"`
		Name     string    `json:"eventName"`
		Time     time.Time `json:"eventTime"`
		Error    string    `json:"errorCode"`
		Address  string    `json:"sourceIPAddress"`
		Agent    string    `json:"userAgent"`
		Identity struct {
			ARN string `json:"arn"`
		} `json:"userIdentity"`
		Request struct {
			Pipeline string `json:"pipelineName"`
			Stage    string `json:"stageName"`
			Action   string `json:"actionName"`
			Result   struct {
				Status  string `json:"status"`
				Summary string `json:"summary"`
			} `json:"result"`
		} `json:"requestParameters"`
	}
	if err := Decode(e.Detail, "detail", &d); err != nil {
		return nil, err
	}
	if d.Source != pipelineCalls || d.Name != putApprovalResult || d.Error != "" {
		return nil, nil
	}
	status := d.Request.Result.Status
	switch {
	case status != "Approved" && status != "Rejected":
		return nil, &Malformed{"detail.requestParameters.result.status", fmt.Sprintf("is %.60q", status), "write Approved or Rejected"}
	case d.Identity.ARN == "":
		return nil, &Malformed{"detail.userIdentity.arn", "is missing", "write whose call it was"}
	case d.Time.IsZero():
		return nil, &Malformed{"detail.eventTime", "is missing", "write when the call was"}
	}
	action, err := PipelineAction{d.Request.Pipeline, d.Request.Stage, d.Request.Action}.checked("detail.requestParameters")
	return &PipelineApproval{
		PipelineAction: action, Approve: status == "Approved", Summary: Line(d.Request.Result.Summary), By: Line(d.Identity.ARN),
		Origin: Line(d.Address + " " + d.Agent), At: d.Time,
	}, err
}

// https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
func readWait(e Raw) (*PipelineWait, error) {
	var d struct {
		Pipeline  string `json:"pipeline"`
		Execution string `json:"execution-id"`
		Stage     string `json:"stage"`
		Action    string `json:"action"`
		State     string `json:"state"`
		Type      struct {
			Category string `json:"category"`
		} `json:"type"`
	}
	if err := Decode(e.Detail, "detail", &d); err != nil {
		return nil, err
	}
	if d.State != "STARTED" || d.Type.Category != approvalCategory {
		return nil, nil
	}
	action, err := PipelineAction{d.Pipeline, d.Stage, d.Action}.checked("detail")
	return &PipelineWait{PipelineAction: action, Execution: Line(d.Execution)}, err
}

func (a PipelineAction) checked(at string) (PipelineAction, error) {
	a = PipelineAction{Line(a.Pipeline), Line(a.Stage), Line(a.Action)}
	if a.Pipeline == "" || a.Stage == "" || a.Action == "" || strings.Contains(a.Pipeline+a.Stage+a.Action, "/") {
		return a, &Malformed{at, "does not name pipeline, stage and action", "write all three"}
	}
	return a, nil
}
