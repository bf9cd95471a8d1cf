package stack

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

var _ traffic.Undoing = (*Deployer)(nil)

// policy is the one that a stack has, by its name or ARN.
func (d *Deployer) policy(ctx context.Context, stack string) (p kind.StackPolicy, err error) {
	out, err := d.cfn.GetStackPolicy(ctx, &cloudformation.GetStackPolicyInput{StackName: &stack})
	if err == nil {
		p, err = kind.ReadStackPolicy(aws.ToString(out.StackPolicyBody))
	}
	if err != nil {
		return p, fmt.Errorf("reading the policy of stack %s: %w", stack, err)
	}
	return p, nil
}

// protected says which changes a policy forbids: before anything moves, where CloudFormation would find out in the middle of the update. Both the policy
// that the stack has and the one that it is to have must allow them: a release does not take away what protects the stack from itself.
func protected(k kind.Stack, has kind.StackPolicy, changes []types.ResourceChange) *rollout.Rejection {
	if found := forbidden(has, "", changes); len(found) > 0 {
		return rollout.Because("the stack's policy forbids "+strings.Join(found, ", "),
			"leave those resources as they are, or have somebody who may set the stack's policy allow it: aws cloudformation set-stack-policy")
	}
	if k.Policy == nil {
		return nil
	}
	if found := forbidden(*k.Policy, "", changes); len(found) > 0 {
		return rollout.Because("the policy in the definition forbids "+strings.Join(found, ", "), "leave those resources as they are, or allow it under target.stack.policy")
	}
	return nil
}

// forbidden is what a policy forbids of the changes of its stack: "Update:Replace of Data/Orders (AWS::DynamoDB::Table)", with the way to them.
func forbidden(p kind.StackPolicy, way string, changes []types.ResourceChange) (all []string) {
	for _, c := range changes {
		if action := updates(c); action != "" && !p.Allows(action, aws.ToString(c.LogicalResourceId)) {
			all = append(all, fmt.Sprintf("%s of %s%s (%s)", action, way, aws.ToString(c.LogicalResourceId), aws.ToString(c.ResourceType)))
		}
	}
	return all
}

// protection is what the policies of nested stacks forbid. Each stack has a policy of its own for its resources; that of the stack around it speaks of
// the nested stack as a whole.
type protection struct{ stacks, found []string }

func (p *protection) add(stack string, found []string) {
	if len(found) > 0 {
		p.stacks, p.found = append(p.stacks, stack), append(p.found, found...)
	}
}

func (p protection) forbids() *rollout.Rejection {
	if len(p.found) == 0 {
		return nil
	}
	return rollout.Because("the policy of a nested stack forbids "+strings.Join(p.found, ", "),
		"leave those resources as they are, or have somebody who may set its policy allow it: aws cloudformation set-stack-policy --stack-name "+strings.Join(p.stacks, ", and of "))
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

// before is what is kept of the policy that stood with a revision.
type before struct {
	Since  string           `json:"since"`  // the token of the operation that the stack rested after
	Policy kind.StackPolicy `json:"policy"` // no statements: it had none
}

// protect sets the policy of the definition before an update, and keeps what the stack had until then. A start that is repeated, on a stack that nobody
// has updated since, keeps what the first one found.
func (d *Deployer) protect(ctx context.Context, k kind.Stack, s situation) error {
	if k.Policy == nil {
		return nil
	}
	has, err := d.policy(ctx, k.Stack)
	if err != nil {
		return err
	}
	kept, err := d.kept(ctx, k, s.revision)
	if err != nil {
		return err
	}
	if kept == nil || kept.Since != s.token {
		text, _ := json.Marshal(before{s.token, has}) // values of these types never fail
		if err := d.shelf.put(ctx, k, k.PolicyBefore(s.revision), string(text)); err != nil {
			return err
		}
	}
	return d.setPolicy(ctx, k, has, *k.Policy)
}

func (d *Deployer) setPolicy(ctx context.Context, k kind.Stack, has, wants kind.StackPolicy) error {
	if has.Same(wants) {
		return nil
	}
	_, err := d.cfn.SetStackPolicy(ctx, &cloudformation.SetStackPolicyInput{StackName: &k.Stack, StackPolicyBody: aws.String(wants.Text())})
	return wrapped("setting the policy of", rollout.Target{Stack: &k}, err)
}

// kept is the policy that stood with a revision; nil when none was kept.
func (d *Deployer) kept(ctx context.Context, k kind.Stack, revision string) (*before, error) {
	text, err := d.shelf.get(ctx, k, k.PolicyBefore(revision))
	if err != nil || text == nil {
		return nil, err
	}
	var b before
	if err := json.Unmarshal(text, &b); err != nil {
		return nil, &traffic.Obstacle{What: fmt.Sprintf("%s is not what Sluice wrote: %v", k.PolicyBefore(revision), err), Remedy: "set the policy of " + k.String() + " by hand: aws cloudformation set-stack-policy"}
	}
	return &b, nil
}

// Undo implements traffic.Undoing: it puts the policy back that stood with stable. One that somebody else has set since stays.
func (d *Deployer) Undo(ctx context.Context, t rollout.Target, stable string, ours func() error) error {
	k := *t.Stack
	if k.Policy == nil {
		return nil
	}
	has, err := d.policy(ctx, k.Stack)
	if err != nil || !has.Same(*k.Policy) {
		return err
	}
	kept, err := d.kept(ctx, k, stable)
	if err != nil || kept == nil || kept.Policy.Same(has) {
		return err
	}
	if err := ours(); err != nil {
		return err
	}
	return d.setPolicy(ctx, k, has, kept.Policy)
}
