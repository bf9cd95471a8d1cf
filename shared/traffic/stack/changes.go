package stack

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// changes reads all pages of a change set, by its ARN or by its name and its stack's. Details of drift come with the values of properties; those are
// not kept, for they may be secret.
func (d *Deployer) changes(ctx context.Context, stack, set string, drift bool) (all []types.ResourceChange, err error) {
	in := &cloudformation.DescribeChangeSetInput{StackName: &stack, ChangeSetName: &set}
	if drift {
		in.IncludePropertyValues = aws.Bool(true)
	}
	for {
		page, err := d.cfn.DescribeChangeSet(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("reading change set %s: %w", set, err)
		}
		for _, c := range page.Changes {
			if c.ResourceChange != nil {
				all = append(all, *c.ResourceChange)
			}
		}
		if in.NextToken = page.NextToken; in.NextToken == nil {
			return all, nil
		}
	}
}

// nested is the type of a stack inside of a stack.
const nested = "AWS::CloudFormation::Stack"

// whole is all that a change set says, with what the change sets of nested stacks say
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/change-sets-for-nested-stacks.html). way leads to the resources: "Data/". What the
// policies of nested stacks forbid is added to p.
func (d *Deployer) whole(ctx context.Context, k kind.Stack, way string, changes []types.ResourceChange, p *protection) (all []rollout.Change, err error) {
	for _, c := range changes {
		inside, err := d.inside(ctx, k, way, c, p)
		if err != nil {
			return nil, err
		}
		if len(inside) == 0 || c.Action != types.ChangeActionModify || c.Replacement != types.ReplacementFalse {
			all = append(all, said(way, c))
		}
		all = append(all, inside...)
	}
	return all, nil
}

// inside is what happens to the resources of a nested stack.
func (d *Deployer) inside(ctx context.Context, k kind.Stack, way string, c types.ResourceChange, p *protection) (all []rollout.Change, err error) {
	if c.ChangeSetId == nil || aws.ToString(c.ResourceType) != nested || c.PhysicalResourceId == nil {
		return nil, nil
	}
	way += aws.ToString(c.LogicalResourceId) + "/"
	changes, err := d.changes(ctx, *c.PhysicalResourceId, *c.ChangeSetId, k.Reverts())
	if err != nil {
		return nil, err
	}
	has, err := d.policy(ctx, *c.PhysicalResourceId)
	if err != nil {
		return nil, err
	}
	p.add(*c.PhysicalResourceId, forbidden(has, way, changes))
	return d.whole(ctx, k, way, changes, p)
}

// said is a change in Sluice's words.
func said(way string, c types.ResourceChange) rollout.Change {
	change := rollout.Change{Does: does(c), Name: way + aws.ToString(c.LogicalResourceId), Type: aws.ToString(c.ResourceType)}
	change.Data = kind.HoldsData(change.Type)
	change.Keeps = c.PolicyAction == types.PolicyActionRetain || c.PolicyAction == types.PolicyActionReplaceAndRetain
	change.Gone = c.ResourceDriftStatus == types.StackResourceDriftStatusDeleted
	for _, d := range c.Details {
		if d.Target == nil {
			continue
		}
		name := aws.ToString(d.Target.Name)
		if name == "" {
			name = string(d.Target.Attribute)
		}
		if !slices.Contains(change.Of, name) {
			change.Of = append(change.Of, name)
		}
		if drifted(*d.Target) && !slices.Contains(change.Undoes, name) {
			change.Undoes = append(change.Undoes, name)
		}
	}
	return change
}

// drifted says whether a property was changed by hand since the last deployment, and is not left as it is now.
func drifted(t types.ResourceTargetDefinition) bool {
	return t.AttributeChangeType != types.AttributeChangeTypeSyncWithActual && (t.Drift != nil || t.BeforeValueFrom == types.BeforeValueFromActualState)
}

// does is what a change does. A nested stack that changes, and of which nobody says how, may do anything to what it has.
func does(c types.ResourceChange) rollout.Does {
	switch {
	case c.Action == types.ChangeActionAdd || c.Action == types.ChangeActionImport:
		return rollout.Adds
	case c.Action == types.ChangeActionRemove:
		return rollout.Deletes
	case c.Action == types.ChangeActionSyncWithActual:
		return rollout.Accepts
	case c.Action == types.ChangeActionDynamic:
		return rollout.DoesUnknown
	case c.Replacement == types.ReplacementTrue:
		return rollout.Replaces
	case c.Replacement == types.ReplacementConditional:
		return rollout.MightReplace
	case aws.ToString(c.ResourceType) == nested && c.ChangeSetId == nil:
		return rollout.DoesUnknown
	}
	return rollout.Alters
}
