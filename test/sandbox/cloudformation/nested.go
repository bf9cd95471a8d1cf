package cloudformation

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/test/sandbox/cfn"
)

// nestedKeeper makes a stack inside of a stack (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html). Its name
// begins with that of the stack around it. On AWS a nested stack deletes what it replaced when the stack around it does; here it does so when it is
// updated itself.
func (s *Service) nestedKeeper() cfn.Keeper {
	return cfn.Keeper{Create: s.nest, Update: s.renest, Delete: s.unnest, Named: "StackName"}
}

// embedded are the template and the parameters that the properties of a nested stack name. A parameter whose value is not known yet is unknown.
func (s *Service) embedded(st *stack, properties map[string]any) (to shape, known bool, err error) {
	url, _ := properties["TemplateURL"].(string)
	text, template, err := s.template(nil, &url)
	if err != nil {
		return to, false, err
	}
	var given []types.Parameter
	parameters, _ := properties["Parameters"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		if _, _, unknown := cfn.Unknown(parameters[name]); unknown {
			return to, false, nil
		}
		given = append(given, types.Parameter{ParameterKey: &name, ParameterValue: aws.String(cfn.Text(parameters[name]))})
	}
	to, err = s.towards(st, text, template, given)
	return to, true, err
}

func (s *Service) nest(ctx context.Context, _ string, properties map[string]any) (ref string, attributes map[string]string, err error) {
	st := &stack{name: cfn.Text(properties["StackName"]), created: time.Now()}
	st.shape = shape{made: map[string]cfn.Created{}, properties: map[string]map[string]any{}}
	to, _, err := s.embedded(st, properties)
	if err != nil {
		return "", nil, err
	}
	unlock := s.lock()
	st.id = s.o.Home.ARN("cloudformation", "stack/"+st.name+"/"+s.uuid())
	s.stacks = append(s.stacks, st)
	op := &operation{creates: true, to: to}
	s.begin(st, op)
	unlock()
	attributes, err = s.nestedEnd(ctx, st, op, types.StackStatusCreateComplete)
	return st.id, attributes, err
}

func (s *Service) renest(ctx context.Context, ref string, properties map[string]any) (map[string]string, error) {
	unlock := s.lock()
	st, err := s.find(&ref)
	if err != nil {
		unlock()
		return nil, err
	}
	to, _, err := s.embedded(st, properties)
	var changes []types.Change
	if err == nil {
		changes, err = s.changes(st, to, nil)
	}
	if err != nil || len(changes) == 0 {
		attributes := outputs(st)
		unlock()
		return attributes, err
	}
	op := &operation{to: to}
	s.begin(st, op)
	unlock()
	return s.nestedEnd(ctx, st, op, types.StackStatusUpdateComplete)
}

// nestedEnd waits until an operation of a nested stack is over. When the stack around it is turned round, so is the nested one.
func (s *Service) nestedEnd(ctx context.Context, st *stack, op *operation, wants types.StackStatus) (map[string]string, error) {
	select {
	case <-op.ended:
	case <-ctx.Done():
		close(op.cancelled)
		<-op.ended
		return nil, context.Cause(ctx)
	}
	defer s.lock()()
	if st.status != wants {
		return nil, fmt.Errorf("Embedded stack %s was not successfully updated. Currently in %s with reason: %s", st.id, st.status, st.reason)
	}
	return outputs(st), nil
}

// outputs are what Fn::GetAtt answers of a nested stack.
func outputs(st *stack) map[string]string {
	all := map[string]string{}
	for name, value := range st.outputs {
		all["Outputs."+name] = value
	}
	return all
}

func (s *Service) unnest(ctx context.Context, ref string) error {
	s.mu.Lock()
	st, err := s.find(&ref)
	if err != nil {
		s.mu.Unlock()
		return err
	}
	made := maps.Clone(st.made)
	s.stacks = slices.DeleteFunc(s.stacks, func(o *stack) bool { return o == st })
	s.mu.Unlock()
	for _, id := range slices.Backward(slices.Sorted(maps.Keys(made))) {
		if err := s.o.Keepers[made[id].Type].Delete(ctx, made[id].Ref); err != nil {
			return err
		}
	}
	return nil
}

// within is what changes of a nested stack. A change set that does not include nested stacks takes every one for changed, because their templates may be
// (ChangeSource Automatic: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChangeDetail.html). One that includes them has
// change sets for those that change, which are executed with it
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/change-sets-for-nested-stacks.html). That it leaves the others out is believed.
func (s *Service) within(made cfn.Created, id string, wants map[string]any, c *types.ResourceChange, set *changeSet) (*types.ResourceChange, error) {
	automatic := &types.ResourceChange{
		Action: types.ChangeActionModify, LogicalResourceId: &id, PhysicalResourceId: aws.String(made.Ref), ResourceType: aws.String(made.Type),
		Replacement: types.ReplacementFalse, Scope: []types.ResourceAttribute{types.ResourceAttributeProperties},
		Details: []types.ResourceChangeDetail{{
			Evaluation: types.EvaluationTypeDynamic, ChangeSource: types.ChangeSourceAutomatic,
			Target: &types.ResourceTargetDefinition{Attribute: types.ResourceAttributeProperties, RequiresRecreation: types.RequiresRecreationNever},
		}},
	}
	if c == nil && set != nil && !set.nested {
		return automatic, nil
	}
	st, err := s.find(&made.Ref)
	if err != nil {
		return nil, err
	}
	to, known, err := s.embedded(st, wants)
	if err != nil || !known || set != nil && !set.nested {
		return c, err
	}
	inner, err := s.changes(st, to, set)
	if err != nil || len(inner) == 0 {
		return c, err
	}
	if c == nil {
		c = automatic
	}
	if set != nil {
		child := &changeSet{
			name: set.name + "-" + s.uuid()[:8], status: types.ChangeSetStatusCreateComplete, execution: types.ExecutionStatusUnavailable,
			reason: "Executable from root change set", created: time.Now(), to: to, changes: inner, nested: true,
		}
		child.id = s.o.Home.ARN("cloudformation", "changeSet/"+child.name+"/"+s.uuid())
		st.sets = append(st.sets, child)
		c.ChangeSetId = &child.id
	}
	return c, nil
}
