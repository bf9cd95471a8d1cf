package events

import (
	"fmt"
	"strings"
)

const (
	cloudFormationSource = "aws.cloudformation"
	stackStatusChange    = "CloudFormation Stack Status Change"
)

// StackStatus is the detail of an event about a stack (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/eventbridge-events.html).
type StackStatus struct {
	ID string `json:"stack-id"`
}

// StackStatusPattern selects the ends of updates of the given stacks, and of ways back from them.
func StackStatusPattern(stacks []string) Pattern {
	ids := make([]map[string]string, len(stacks))
	for i, s := range stacks {
		ids[i] = map[string]string{"wildcard": "arn:aws*" + stackID + s + "/*"}
	}
	return fromAWS(cloudFormationSource, []string{stackStatusChange}, map[string]any{
		"stack-id":       ids,
		"status-details": map[string]any{"status": []string{"UPDATE_COMPLETE", "UPDATE_FAILED", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED"}},
	})
}

const stackID = ":stack/"

// movedStack is the target that an event of CloudFormation is about.
func movedStack(e Raw) (target string, err error) {
	var s StackStatus
	if err := Decode(e.Detail, "detail", &s); err != nil {
		return "", err
	}
	_, name, names := strings.Cut(s.ID, stackID)
	if name, _, _ = strings.Cut(name, "/"); !names || name == "" {
		return "", &Malformed{"detail", fmt.Sprintf("of %.60q names no stack", e.DetailType), "send what CloudFormation sends"}
	}
	return "stack:" + name, nil
}
