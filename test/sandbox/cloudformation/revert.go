package cloudformation

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/test/sandbox/cfn"
)

// actual is what a resource is like now, in the words of its properties. gone says that somebody deleted it; a type that cannot be read is as the stack
// left it.
func (s *Service) actual(ctx context.Context, made cfn.Created, left map[string]any) (is map[string]any, gone bool, err error) {
	read := s.o.Keepers[made.Type].Read
	if read == nil {
		return left, false, nil
	}
	found, err := read(ctx, made.Ref)
	if err != nil || found == nil {
		return left, err == nil, err
	}
	is = maps.Clone(left)
	for name, value := range left {
		if now, known := found[name]; known && shown(now) != shown(value) {
			is[name] = now
		}
	}
	return is, false, nil
}

// reverting is what a drift-aware change set says of a resource beside what two templates differ in: it brings every resource in line with the template,
// makes one again that somebody deleted, and accepts what the template says by now
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html and
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceTargetDefinition.html). That a deleted resource is an Add is believed.
func (s *Service) reverting(st *stack, id string, wants map[string]any, c *types.ResourceChange) (*types.ResourceChange, error) {
	made, left := st.made[id], st.properties[id]
	is, gone, err := s.actual(s.o.Context, made, left)
	if err != nil {
		return c, err
	}
	if gone {
		return &types.ResourceChange{
			Action: types.ChangeActionAdd, LogicalResourceId: &id, PhysicalResourceId: aws.String(made.Ref), ResourceType: aws.String(made.Type),
			ResourceDriftStatus: types.StackResourceDriftStatusDeleted,
		}, nil
	}
	drifted := differing(left, is)
	if len(drifted) == 0 {
		if c != nil {
			c.ResourceDriftStatus = types.StackResourceDriftStatusInSync
		}
		return c, nil
	}
	if c == nil {
		c = &types.ResourceChange{
			Action: types.ChangeActionModify, LogicalResourceId: &id, PhysicalResourceId: aws.String(made.Ref), ResourceType: aws.String(made.Type),
			Replacement: types.ReplacementFalse, Scope: []types.ResourceAttribute{types.ResourceAttributeProperties},
		}
	}
	c.ResourceDriftStatus = types.StackResourceDriftStatusModified
	for _, name := range drifted {
		s.revertOf(c, made.Type, name, left[name], is[name], wants[name])
	}
	if !slices.ContainsFunc(c.Details, func(d types.ResourceChangeDetail) bool {
		return d.Target.AttributeChangeType != types.AttributeChangeTypeSyncWithActual
	}) {
		c.Action, c.Replacement = types.ChangeActionSyncWithActual, ""
	}
	return c, nil
}

// revertOf says of one property that it was changed by hand.
func (s *Service) revertOf(c *types.ResourceChange, kind, name string, left, is, wants any) {
	i := slices.IndexFunc(c.Details, func(d types.ResourceChangeDetail) bool { return aws.ToString(d.Target.Name) == name })
	if i < 0 {
		i = len(c.Details)
		c.Details = append(c.Details, types.ResourceChangeDetail{Evaluation: types.EvaluationTypeStatic, ChangeSource: types.ChangeSourceDirectModification, Target: &types.ResourceTargetDefinition{
			Attribute: types.ResourceAttributeProperties, Name: &name, RequiresRecreation: recreation(s.o.Keepers[kind], name),
		}})
	}
	d, now := &c.Details[i], time.Now()
	d.Target.BeforeValueFrom, d.Target.AfterValueFrom, d.Target.AttributeChangeType = types.BeforeValueFromActualState, types.AfterValueFromTemplate, types.AttributeChangeTypeModify
	d.Target.BeforeValue, d.Target.AfterValue = aws.String(shown(is)), aws.String(shown(wants))
	d.Target.Drift = &types.LiveResourceDrift{ActualValue: aws.String(shown(is)), PreviousValue: aws.String(shown(left)), DriftDetectionTimestamp: &now}
	if shown(is) == shown(wants) {
		d.Target.AttributeChangeType, d.ChangeSource = types.AttributeChangeTypeSyncWithActual, types.ChangeSourceNoModification
		return
	}
	c.Replacement = worse(c.Replacement, *d)
}

// valueless leaves the values of properties out, which come only when they are asked for (IncludePropertyValues of
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html). That details of drift come with them is believed.
func valueless(changes []types.Change) (all []types.Change) {
	for _, c := range changes {
		plain := *c.ResourceChange
		plain.Details = slices.Clone(plain.Details)
		for i, d := range plain.Details {
			target := *d.Target
			target.BeforeValue, target.AfterValue, target.Drift, target.BeforeValueFrom, target.AfterValueFrom = nil, nil, nil, "", ""
			plain.Details[i].Target = &target
		}
		all = append(all, types.Change{Type: c.Type, ResourceChange: &plain})
	}
	return all
}
