package stack

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/shared/rollout"
)

// statement is one of a stack's policy (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html).
type statement struct {
	Effect                string
	Action, NotAction     words
	Resource, NotResource words
	Condition             json.RawMessage
}

// words is one word or a list of them.
type words []string

// UnmarshalJSON takes both spellings.
func (w *words) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*w = words{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(w))
}

// protected says which changes the stack's policy forbids: before anything moves, where CloudFormation would find out in the middle of the update.
// Sluice respects the policy, and does not set it: whoever may set it may take it away.
func (d *Deployer) protected(ctx context.Context, t rollout.Target, changes []types.ResourceChange) (*rollout.Rejection, error) {
	out, err := d.cfn.GetStackPolicy(ctx, &cloudformation.GetStackPolicyInput{StackName: &t.Stack.Stack})
	if err != nil {
		return nil, fmt.Errorf("reading the policy of %s: %w", t.Stack, err)
	}
	if aws.ToString(out.StackPolicyBody) == "" {
		return nil, nil
	}
	var p struct{ Statement []statement }
	if err := json.Unmarshal([]byte(*out.StackPolicyBody), &p); err != nil {
		return nil, fmt.Errorf("reading the policy of %s: %w", t.Stack, err)
	}
	var forbidden []string
	for _, c := range changes {
		if action := updates(c); action != "" && !allowed(p.Statement, action, aws.ToString(c.LogicalResourceId)) {
			forbidden = append(forbidden, fmt.Sprintf("%s of %s (%s)", action, aws.ToString(c.LogicalResourceId), aws.ToString(c.ResourceType)))
		}
	}
	if len(forbidden) == 0 {
		return nil, nil
	}
	return rollout.Because("the stack's policy forbids "+strings.Join(forbidden, ", "),
		"leave those resources as they are, or have somebody who may set the stack's policy allow it: aws cloudformation set-stack-policy"), nil
}

// updates is the action of a policy that a change is; empty for what is added. What may replace counts as a change: CloudFormation decides later.
func updates(c types.ResourceChange) string {
	switch {
	case c.Action == types.ChangeActionRemove:
		return "Update:Delete"
	case c.Action != types.ChangeActionModify:
		return ""
	case c.Replacement == types.ReplacementTrue:
		return "Update:Replace"
	}
	return "Update:Modify"
}

// allowed says whether a policy allows an action: some statement does, and none denies it. A statement with a condition (on the type of resources) is
// left to CloudFormation.
func allowed(policy []statement, action, logical string) bool {
	allows, unknown := false, false
	for _, s := range policy {
		if !s.about(action, logical) {
			continue
		}
		switch {
		case len(s.Condition) > 0:
			unknown = true
		case s.Effect == "Deny":
			return false
		default:
			allows = true
		}
	}
	return allows || unknown
}

func (s statement) about(action, logical string) bool {
	like := func(of words, word string) bool {
		return slices.ContainsFunc(of, func(pattern string) bool {
			matches, _ := path.Match(strings.TrimPrefix(pattern, "LogicalResourceId/"), word)
			return pattern == "*" || matches
		})
	}
	acts := like(s.Action, action) || len(s.NotAction) > 0 && !like(s.NotAction, action)
	return acts && (like(s.Resource, logical) || len(s.NotResource) > 0 && !like(s.NotResource, logical))
}
