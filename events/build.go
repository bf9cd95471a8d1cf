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

// ReadEnded is the handle of a build or an execution that has ended: the build's ARN, the execution's id.
func ReadEnded(e Raw) (handle string, err error) {
	if e.Source == ssmSource {
		var a Automation
		if err := Decode(e.Detail, "detail", &a); err != nil {
			return "", err
		}
		handle = a.Execution
	} else {
		var b Build
		if err := Decode(e.Detail, "detail", &b); err != nil {
			return "", err
		}
		handle = b.Build
	}
	if handle == "" {
		return "", &Malformed{"detail", fmt.Sprintf("of %.60q names nothing that has ended", e.DetailType), "send what CodeBuild and Systems Manager send"}
	}
	return handle, nil
}
