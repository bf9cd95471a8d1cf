package stack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// Inspect implements traffic.Inspector. CloudFormation uses the role that the stack has for every update, also for one by somebody who may not pass the
// role (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html, RoleARN). Without a role it would use Sluice's own
// rights, which has none.
func (d *Deployer) Inspect(ctx context.Context, t rollout.Target, _, _ string) (*rollout.Rejection, error) {
	s, err := d.situation(ctx, t.Stack.Stack)
	if o := traffic.ObstacleOf(err); o != nil {
		return rollout.Because(o.What, o.Remedy), nil
	}
	if err != nil {
		return nil, err
	}
	if has := aws.ToString(s.RoleARN); has != t.Stack.Role {
		return rollout.Because(fmt.Sprintf("%s has the service role %q, and the definition names %s", t.Stack, has, t.Stack.Role),
			fmt.Sprintf("give it once: aws cloudformation update-stack --stack-name %s --use-previous-template --role-arn %s, with UsePreviousValue for each parameter; or name the stack's own in the definition", t.Stack.Stack, t.Stack.Role)), nil
	}
	if s.StackStatus == types.StackStatusUpdateRollbackFailed || s.StackStatus == types.StackStatusUpdateFailed {
		return rollout.Because(fmt.Sprintf("%s is %s: %s", t.Stack, s.StackStatus, s.reason()),
			fmt.Sprintf("bring it to rest first: aws cloudformation %s --stack-name %s", map[bool]string{true: "continue-update-rollback", false: "rollback-stack"}[s.turned()], t.Stack.Stack)), nil
	}
	return nil, nil
}

// Preview implements traffic.Previewer by a change set of the release's own. It also keeps the template that stands, so that there is a way back to it.
func (d *Deployer) Preview(ctx context.Context, t rollout.Target, i traffic.Intent) (p rollout.Preview, why *rollout.Rejection, err error) {
	s, err := d.situation(ctx, t.Stack.Stack)
	if err != nil {
		return p, nil, err
	}
	if !s.rests() {
		return p, nil, fmt.Errorf("previewing %s, which is %s: %w", t.ID(), s.StackStatus, traffic.ErrMoved)
	}
	if err := d.shelf.keep(ctx, *t.Stack, s.revision, s.template, shown(s.Parameters)); err != nil {
		return p, nil, err
	}
	name := setName(i.Release)
	set, err := d.cfn.DescribeChangeSet(ctx, &cloudformation.DescribeChangeSetInput{StackName: s.StackId, ChangeSetName: &name})
	switch missing := new(types.ChangeSetNotFoundException); {
	case errors.As(err, &missing):
		return d.create(ctx, t, s, i)
	case err != nil:
		return p, nil, fmt.Errorf("reading change set %s: %w", name, err)
	}
	switch {
	case set.Status == types.ChangeSetStatusFailed:
		return p, failed(t, set), nil
	case set.Status != types.ChangeSetStatusCreateComplete:
		return p, nil, &rollout.NotReady{What: "CloudFormation is finding out what the release changes"}
	case set.ExecutionStatus != types.ExecutionStatusAvailable: // the stack was changed since
		if _, err := d.cfn.DeleteChangeSet(ctx, &cloudformation.DeleteChangeSetInput{StackName: s.StackId, ChangeSetName: &name}); err != nil {
			return p, nil, fmt.Errorf("deleting change set %s: %w", name, err)
		}
		return d.create(ctx, t, s, i)
	}
	return d.previewed(ctx, t, s, i, set)
}

// setName is what a release's change set is called.
func setName(release string) string {
	return "sluice-" + strings.Map(func(r rune) rune {
		if strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", r) {
			return r
		}
		return '-'
	}, release)
}

// create begins to make the change set. Its token names the operation after which it is made, so that a call that is repeated makes it once.
func (d *Deployer) create(ctx context.Context, t rollout.Target, s situation, i traffic.Intent) (p rollout.Preview, why *rollout.Rejection, err error) {
	k := *t.Stack
	parameters, err := d.shelf.parameters(ctx, k, i.Revision)
	if err != nil {
		return p, nil, err
	}
	name := setName(i.Release)
	sum := sha256.Sum256([]byte(name + "\n" + s.token))
	_, err = d.cfn.CreateChangeSet(ctx, &cloudformation.CreateChangeSetInput{
		StackName: s.StackId, ChangeSetName: &name, ClientToken: aws.String(hex.EncodeToString(sum[:])), Description: aws.String("Sluice: release " + i.Release),
		TemplateURL: aws.String(d.url(k, i.Revision)), Parameters: parameters.given(), Capabilities: capabilities(k), RollbackConfiguration: watched(k, s, i),
		DeploymentConfig: &types.DeploymentConfig{Mode: types.DeploymentConfigModeStandard}, // EXPRESS has no way back
		DeploymentMode:   mode(k), IncludeNestedStacks: aws.Bool(true),
	})
	var api smithy.APIError
	exists := new(types.AlreadyExistsException)
	switch {
	case err == nil, errors.As(err, &exists):
		return p, nil, &rollout.NotReady{What: "CloudFormation is finding out what the release changes"}
	case says(err, "state and can not be updated"):
		return p, nil, fmt.Errorf("previewing %s: %w (%w)", t.ID(), traffic.ErrMoved, err)
	case says(err, "S3 error"):
		return p, nil, lost(k, i.Revision)
	case errors.As(err, &api) && api.ErrorCode() == "ValidationError":
		return p, rollout.Because("CloudFormation refuses the template: "+api.ErrorMessage(), "mend the template or its parameters, and release their new digest"), nil
	}
	return p, nil, refused(fmt.Errorf("making change set %s: %w", name, err))
}

// mode is that of change sets that undo what somebody changed by hand; empty for those that do not look at it
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html).
func mode(k kind.Stack) types.DeploymentMode {
	if k.Reverts() {
		return types.DeploymentModeRevertDrift
	}
	return ""
}

// mostTriggers and mostMonitoring are CloudFormation's limits
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackConfiguration.html).
const (
	mostTriggers   = 5
	mostMonitoring = 180 // minutes
)

// spare is how much longer the monitoring time is than the bake, which begins later. While it runs, nobody else can update the stack: so a bake that is
// repeated for want of evidence may outlast it.
const spare = 5 * time.Minute

// watched has CloudFormation watch guard alarms, too: if Sluice is dead, a red one turns the update round all the same.
func watched(k kind.Stack, s situation, i traffic.Intent) *types.RollbackConfiguration {
	c := &types.RollbackConfiguration{RollbackTriggers: []types.RollbackTrigger{}}
	part := strings.Split(aws.ToString(s.StackId), ":")
	for _, name := range i.Alarms[:min(len(i.Alarms), mostTriggers)] {
		of := "AWS::CloudWatch::Alarm"
		if slices.Contains(k.Composites, name) {
			of = "AWS::CloudWatch::CompositeAlarm"
		}
		c.RollbackTriggers = append(c.RollbackTriggers, types.RollbackTrigger{Type: &of, Arn: aws.String(fmt.Sprintf("arn:%s:cloudwatch:%s:%s:alarm:%s", part[1], part[3], part[4], name))})
	}
	c.MonitoringTimeInMinutes = aws.Int32(int32(min(mostMonitoring, math.Ceil((i.Bakes + spare).Minutes()))))
	return c
}

// failed says why there is no change set. "No changes" has no status of its own
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html).
func failed(t rollout.Target, set *cloudformation.DescribeChangeSetOutput) *rollout.Rejection {
	said := aws.ToString(set.StatusReason)
	if strings.Contains(said, "didn't contain changes") || strings.Contains(said, "No updates are to be performed") {
		return rollout.Because(fmt.Sprintf("the template changes nothing of %s: it differs from what stands only in its text", t.Stack), "nothing is to be done; release a template that changes something")
	}
	return rollout.Because("CloudFormation cannot say what the release changes: "+said, "mend the template or its parameters, and release their new digest")
}

// previewed is what a change set says. Template and parameters must be those that were asked for, or the stack would never be seen to serve them.
func (d *Deployer) previewed(ctx context.Context, t rollout.Target, s situation, i traffic.Intent, set *cloudformation.DescribeChangeSetOutput) (p rollout.Preview, why *rollout.Rejection, err error) {
	template, err := d.cfn.GetTemplate(ctx, &cloudformation.GetTemplateInput{StackName: s.StackId, ChangeSetName: set.ChangeSetId, TemplateStage: types.TemplateStageOriginal})
	if err != nil {
		return p, nil, fmt.Errorf("reading the template of %s: %w", aws.ToString(set.ChangeSetName), err)
	}
	is, err := digest(aws.ToString(template.TemplateBody), shown(set.Parameters))
	if err != nil {
		return p, nil, err
	}
	if is != i.Revision {
		return p, rollout.Because(fmt.Sprintf("template and parameters under %.12s have the digest %.12s", i.Revision, is),
			"name every parameter of the template in "+t.Stack.Parameters(i.Revision)+", null for those with NoEcho, and take the digest of both by the command of docs/targets/stack.md"), nil
	}
	found, err := d.changes(ctx, t.Stack.Stack, aws.ToString(set.ChangeSetId), t.Stack.Reverts())
	if err != nil {
		return p, nil, err
	}
	has, err := d.policy(ctx, t.Stack.Stack)
	if err != nil {
		return p, nil, err
	}
	if why := protected(*t.Stack, has, found); why != nil {
		return p, why, nil
	}
	var inside protection
	changes, err := d.whole(ctx, *t.Stack, "", found, &inside)
	if err != nil {
		return p, nil, err
	}
	if why := inside.forbids(); why != nil {
		return p, why, nil
	}
	if wants := t.Stack.Policy; wants != nil && !wants.Same(has) {
		changes = append(changes, rollout.Change{Does: rollout.Alters, Name: "the stack's policy", Type: "SetStackPolicy"})
	}
	return rollout.NewPreview(aws.ToString(set.ChangeSetId), changes), nil, nil
}

// Stands implements traffic.Previewer.
func (d *Deployer) Stands(ctx context.Context, t rollout.Target, id string) (bool, error) {
	set, err := d.cfn.DescribeChangeSet(ctx, &cloudformation.DescribeChangeSetInput{StackName: &t.Stack.Stack, ChangeSetName: &id})
	missing := new(types.ChangeSetNotFoundException)
	switch {
	case errors.As(err, &missing):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("reading change set %s: %w", id, err)
	}
	return set.ExecutionStatus != types.ExecutionStatusObsolete && set.ExecutionStatus != types.ExecutionStatusUnavailable, nil
}
