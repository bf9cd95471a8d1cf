package events

const (
	codeBuildSource = "aws.codebuild"
	buildChange     = "CodeBuild Build State Change"
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
