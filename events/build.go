package events

import "fmt"

const (
	codeBuildSource  = "aws.codebuild"
	buildChange      = "CodeBuild Build State Change"
	ssmSource        = "aws.ssm"
	automationChange = "EC2 Automation Execution Status-change Notification"
)

// Build is the detail of CodeBuild's state changes, as far as Sluice reads it
// (https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html).
type Build struct {
	Build   string `json:"build-id"` // its ARN
	Project string `json:"project-name"`
	Status  string `json:"build-status"`
}

// BuildPattern selects the ends of builds of the given projects.
func BuildPattern(projects []string) Pattern {
	return fromAWS(codeBuildSource, []string{buildChange}, map[string]any{
		"build-status": []string{"SUCCEEDED", "FAILED", "FAULT", "STOPPED", "TIMED_OUT"}, "project-name": projects,
	})
}

// Automation is the detail of SSM Automation's status changes, as far as Sluice reads it
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html).
type Automation struct {
	Execution string `json:"ExecutionId"`
	Document  string `json:"Definition"`
	Status    string `json:"Status"`
}

// AutomationPattern selects the ends of executions of the given documents.
func AutomationPattern(documents []string) Pattern {
	return fromAWS(ssmSource, []string{automationChange}, map[string]any{
		"Status": []string{"Success", "Failed", "TimedOut", "Cancelled"}, "Definition": documents,
	})
}

// PipelineRun is the detail of an execution's changes of state, as far as Sluice reads it
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html).
type PipelineRun struct {
	Pipeline  string `json:"pipeline"`
	Execution string `json:"execution-id"`
}

// PipelineRunPattern selects the ends of executions of the given pipelines.
func PipelineRunPattern(pipelines []string) Pattern {
	return fromAWS(pipelineSource, []string{pipelineChange}, map[string]any{
		"state": []string{"SUCCEEDED", "FAILED", "STOPPED", "SUPERSEDED", "CANCELED"}, "pipeline": pipelines,
	})
}

// RunHandle is the name of a pipeline's execution: "shop/1b2c...". No pipeline has a slash in its name.
func RunHandle(pipeline, execution string) string { return pipeline + "/" + execution }

// ReadEnded is the handle of a build or an execution that has ended: the build's ARN, the execution's id, that of a pipeline with the pipeline's name.
func ReadEnded(e Raw) (handle string, err error) {
	switch e.Source {
	case ssmSource:
		var a Automation
		err = Decode(e.Detail, "detail", &a)
		handle = a.Execution
	case pipelineSource:
		var r PipelineRun
		if err = Decode(e.Detail, "detail", &r); r.Pipeline != "" && r.Execution != "" {
			handle = RunHandle(r.Pipeline, r.Execution)
		}
	default:
		var b Build
		err = Decode(e.Detail, "detail", &b)
		handle = b.Build
	}
	switch {
	case err != nil:
		return "", err
	case handle == "":
		return "", &Malformed{"detail", fmt.Sprintf("of %.60q names nothing that has ended", e.DetailType), "send what CodeBuild, CodePipeline and Systems Manager send"}
	}
	return handle, nil
}
