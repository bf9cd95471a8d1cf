package cloudformation

import (
	"maps"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/test/sandbox/cfn"
)

// changes is what an update of the stack would change, as
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html says. What depends on a resource that is made or changed
// first is not known yet: it is Dynamic, and may turn out not to change. set is the change set that is made; nil for an update without one.
func (s *Service) changes(st *stack, to shape, set *changeSet) ([]types.Change, error) {
	supposed := maps.Clone(st.made)
	stand := s.standing(st.name, to, supposed)
	var found []types.Change
	for _, id := range to.template.Order() {
		wants, wanted, err := stand.Wants(id)
		if err != nil {
			return nil, invalid("Template error: %v", err)
		}
		before, is := st.made[id]
		r := to.template.Resources[id]
		switch {
		case !wanted:
			delete(supposed, id)
		case !is || before.Type != r.Type:
			supposed[id] = cfn.Created{Type: r.Type, Unsettled: cfn.Whole}
			found = append(found, change(types.ResourceChange{Action: types.ChangeActionAdd, LogicalResourceId: &id, ResourceType: &r.Type}))
		default:
			c := s.modification(st, to, id, wants)
			if set != nil && set.revert {
				if c, err = s.reverting(st, id, wants, c); err != nil {
					return nil, err
				}
			}
			if before.Type == stackType {
				if c, err = s.within(before, id, wants, c, set); err != nil {
					return nil, err
				}
			}
			if c != nil {
				after := before
				if after.Unsettled = cfn.Attributes; c.Replacement != types.ReplacementFalse && c.Action != types.ChangeActionSyncWithActual {
					after.Unsettled = cfn.Whole
				}
				supposed[id] = after
				found = append(found, change(*c))
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(st.made)) {
		if _, stays := supposed[id]; stays && to.template.Resources[id] != nil {
			continue
		}
		made := st.made[id]
		c := types.ResourceChange{Action: types.ChangeActionRemove, LogicalResourceId: &id, PhysicalResourceId: aws.String(made.Ref), ResourceType: aws.String(made.Type), PolicyAction: types.PolicyActionDelete}
		if st.template.Resources[id].DeletionPolicy == "Retain" {
			c.PolicyAction = types.PolicyActionRetain
		}
		found = append(found, change(c))
	}
	slices.SortFunc(found, func(a, b types.Change) int {
		return cmp(*a.ResourceChange.LogicalResourceId, *b.ResourceChange.LogicalResourceId)
	})
	return found, nil
}

func cmp(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func change(c types.ResourceChange) types.Change {
	return types.Change{Type: types.ChangeTypeResource, ResourceChange: &c}
}

// standing resolves a shape over what was made.
func (s *Service) standing(name string, to shape, made map[string]cfn.Created) *cfn.Stack {
	return cfn.Standing(to.template, cfn.Options{Home: s.o.Home, StackName: name, Parameters: to.parameters}, made)
}

// modification is what changes of one resource; nil when nothing does.
func (s *Service) modification(st *stack, to shape, id string, wants map[string]any) *types.ResourceChange {
	had, made, keeper := st.properties[id], st.made[id], s.o.Keepers[st.made[id].Type]
	c := &types.ResourceChange{
		Action: types.ChangeActionModify, LogicalResourceId: &id, PhysicalResourceId: aws.String(made.Ref), ResourceType: aws.String(made.Type),
		Replacement: types.ReplacementFalse, Scope: []types.ResourceAttribute{types.ResourceAttributeProperties},
	}
	for _, name := range differing(had, wants) {
		d := types.ResourceChangeDetail{Evaluation: types.EvaluationTypeStatic, ChangeSource: types.ChangeSourceDirectModification, Target: &types.ResourceTargetDefinition{
			Attribute: types.ResourceAttributeProperties, Name: &name, RequiresRecreation: recreation(keeper, name),
		}}
		if of, what, unknown := cfn.Unknown(wants[name]); unknown {
			d.Evaluation, d.ChangeSource, d.CausingEntity = types.EvaluationTypeDynamic, types.ChangeSourceResourceAttribute, aws.String(of+"."+what)
			if what == "Ref" {
				d.ChangeSource, d.CausingEntity = types.ChangeSourceResourceReference, &of
			}
		} else if p := causing(to, id, name); p != "" && reflect.DeepEqual(st.template.Resources[id].Properties[name], to.template.Resources[id].Properties[name]) {
			d.ChangeSource, d.CausingEntity = types.ChangeSourceParameterReference, &p
		}
		c.Details = append(c.Details, d)
		c.Replacement = worse(c.Replacement, d)
	}
	if len(c.Details) == 0 {
		return nil
	}
	if c.Replacement == types.ReplacementTrue {
		c.PolicyAction = types.PolicyActionReplaceAndDelete
		if to.template.Resources[id].UpdateReplacePolicy == "Retain" {
			c.PolicyAction = types.PolicyActionReplaceAndRetain
		}
	}
	return c
}

// differing are the properties that are not the same.
func differing(a, b map[string]any) (names []string) {
	for name := range a {
		if !reflect.DeepEqual(a[name], b[name]) {
			names = append(names, name)
		}
	}
	for name := range b {
		if _, both := a[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func recreation(k cfn.Keeper, property string) types.RequiresRecreation {
	switch {
	case slices.Contains(k.Replaces, property):
		return types.RequiresRecreationAlways
	case slices.Contains(k.Perhaps, property):
		return types.RequiresRecreationConditionally
	}
	return types.RequiresRecreationNever
}

// worse is the change with the most impact: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html, Replacement.
func worse(so types.Replacement, d types.ResourceChangeDetail) types.Replacement {
	switch {
	case so == types.ReplacementTrue || d.Target.RequiresRecreation == types.RequiresRecreationAlways && d.Evaluation == types.EvaluationTypeStatic:
		return types.ReplacementTrue
	case d.Target.RequiresRecreation != types.RequiresRecreationNever:
		return types.ReplacementConditional
	}
	return so
}

// causing is a parameter that a property of the template refers to by Ref; empty when it refers to none.
func causing(to shape, id, property string) string {
	var find func(v any) string
	find = func(v any) string {
		switch v := v.(type) {
		case map[string]any:
			if name, is := v["Ref"].(string); is && len(v) == 1 {
				if _, declared := to.template.Parameters[name]; declared {
					return name
				}
			}
			for _, key := range slices.Sorted(maps.Keys(v)) {
				if found := find(v[key]); found != "" {
					return found
				}
			}
		case []any:
			for _, item := range v {
				if found := find(item); found != "" {
					return found
				}
			}
		}
		return ""
	}
	return find(to.template.Resources[id].Properties[property])
}
