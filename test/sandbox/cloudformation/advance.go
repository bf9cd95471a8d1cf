package cloudformation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/test/sandbox/cfn"
)

// advance brings every resource to what the new template says, in order.
func (s *Service) advance(ctx context.Context, st *stack, op *operation) error {
	for _, id := range op.to.template.Order() {
		if err := s.bring(ctx, st, op, id); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, made := range st.made {
		if r := op.to.template.Resources[id]; r == nil || r.Type != made.Type {
			op.garbage = append(op.garbage, garbage{id, made, op.from.template.Resources[id].DeletionPolicy == "Retain"})
			op.done = append(op.done, step{logical: id, before: made, had: st.properties[id], displaced: true})
			delete(st.made, id)
			delete(st.properties, id)
		}
	}
	slices.SortFunc(op.garbage, func(a, b garbage) int { return strings.Compare(a.logical, b.logical) })
	stand := s.standing(st.name, op.to, st.made)
	if err := stand.Output(); err != nil {
		return err
	}
	st.outputs = stand.Outputs
	return nil
}

// bring brings one resource to what the template says.
func (s *Service) bring(ctx context.Context, st *stack, op *operation, id string) error {
	s.mu.Lock()
	wants, wanted, err := s.standing(st.name, op.to, st.made).Wants(id)
	before, had := st.made[id]
	properties, kind := st.properties[id], op.to.template.Resources[id].Type
	s.mu.Unlock()
	switch {
	case err != nil:
		return err
	case !wanted:
		return nil
	case !had || before.Type != kind:
		return s.add(ctx, st, op, id, kind, wants)
	}
	left := properties
	if op.revert {
		is, gone, err := s.actual(ctx, before, properties)
		if err != nil {
			return err
		}
		if gone {
			return s.add(ctx, st, op, id, kind, wants)
		}
		properties = is
	}
	names := differing(properties, wants)
	if len(names) == 0 && kind != stackType { // a nested stack is updated each time: its template may be another one
		return nil
	}
	keeper := s.o.Keepers[kind]
	replaces := slices.ContainsFunc(names, func(n string) bool { return slices.Contains(keeper.Replaces, n) })
	action := map[bool]string{true: "Update:Replace", false: "Update:Modify"}[replaces]
	s.mu.Lock()
	why := st.denied(action, id)
	s.mu.Unlock()
	if why != "" {
		return s.failed(st, id, before.Ref, kind, types.ResourceStatusUpdateFailed, why)
	}
	if replaces {
		return s.replace(ctx, st, op, id, keeper, before, properties, wants)
	}
	if err := s.modify(ctx, st, op, id, keeper, before, properties, wants); err != nil {
		return err
	}
	if op.revert {
		op.done[len(op.done)-1].left = left
	}
	return nil
}

// failed tells that a resource failed, and is the error of it.
func (s *Service) failed(st *stack, id, ref, kind string, status types.ResourceStatus, why string) error {
	defer s.lock()()
	s.note(st, id, ref, kind, status, why)
	return fmt.Errorf("The following resource(s) failed to %s: [%s].", map[bool]string{true: "create", false: "update"}[status == types.ResourceStatusCreateFailed], id)
}

func (s *Service) add(ctx context.Context, st *stack, op *operation, id, kind string, wants map[string]any) error {
	made, err := s.create(ctx, st, id, kind, wants, types.ResourceStatusCreateInProgress, types.ResourceStatusCreateFailed)
	if err != nil {
		return err
	}
	defer s.lock()()
	st.made[id], st.properties[id] = made, wants
	op.done = append(op.done, step{logical: id, after: made, has: wants, added: true})
	s.note(st, id, made.Ref, kind, types.ResourceStatusCreateComplete, "")
	return nil
}

// create makes a resource, with a name of the stack's where the template names none.
func (s *Service) create(ctx context.Context, st *stack, id, kind string, wants map[string]any, begins, fails types.ResourceStatus) (cfn.Created, error) {
	keeper := s.o.Keepers[kind]
	unlock := s.lock()
	s.note(st, id, "", kind, begins, "")
	given := map[string]any{}
	for name, value := range wants {
		given[name] = value
	}
	if _, named := given[keeper.Named]; !named && keeper.Named != "" {
		given[keeper.Named] = st.name + "-" + id + "-" + strings.ToUpper(s.uuid()[:8])
	}
	unlock()
	if err := s.spends(ctx, keeper.Takes); err != nil {
		return cfn.Created{}, err
	}
	ref, attributes, err := keeper.Create(ctx, id, given)
	if err != nil {
		return cfn.Created{}, s.failed(st, id, "", kind, fails, err.Error())
	}
	return cfn.Created{Type: kind, Ref: ref, Attributes: attributes}, nil
}

// replace makes another resource in the place of one. One with a name of its own cannot be replaced: two would have that name
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html).
func (s *Service) replace(ctx context.Context, st *stack, op *operation, id string, k cfn.Keeper, before cfn.Created, had, wants map[string]any) error {
	if name := wants[k.Named]; name != nil && name == had[k.Named] {
		return s.failed(st, id, before.Ref, before.Type, types.ResourceStatusUpdateFailed,
			fmt.Sprintf("CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename %s and update the stack again.", before.Ref))
	}
	s.mu.Lock()
	s.note(st, id, before.Ref, before.Type, types.ResourceStatusUpdateInProgress, "Requested update requires the creation of a new physical resource; hence creating one.")
	s.mu.Unlock()
	made, err := s.create(ctx, st, id, before.Type, wants, types.ResourceStatusUpdateInProgress, types.ResourceStatusUpdateFailed)
	if err != nil {
		return err
	}
	defer s.lock()()
	st.made[id], st.properties[id] = made, wants
	op.done = append(op.done, step{logical: id, before: before, had: had, after: made, has: wants, displaced: true})
	op.garbage = append(op.garbage, garbage{id, before, op.to.template.Resources[id].UpdateReplacePolicy == "Retain"})
	s.note(st, id, made.Ref, made.Type, types.ResourceStatusUpdateComplete, "")
	return nil
}

func (s *Service) modify(ctx context.Context, st *stack, op *operation, id string, k cfn.Keeper, before cfn.Created, had, wants map[string]any) error {
	s.mu.Lock()
	s.note(st, id, before.Ref, before.Type, types.ResourceStatusUpdateInProgress, "")
	s.mu.Unlock()
	if err := s.spends(ctx, k.Takes); err != nil {
		return err
	}
	attributes, err := k.Update(ctx, before.Ref, wants)
	if err != nil {
		return s.failed(st, id, before.Ref, before.Type, types.ResourceStatusUpdateFailed, err.Error())
	}
	after := before
	after.Attributes = attributes
	defer s.lock()()
	st.made[id], st.properties[id] = after, wants
	op.done = append(op.done, step{logical: id, before: before, had: had, after: after, has: wants})
	s.note(st, id, after.Ref, after.Type, types.ResourceStatusUpdateComplete, "")
	return nil
}
