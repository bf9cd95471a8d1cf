package cloudformation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/test/sandbox/cfn"
)

// operation is a creation or an update of a stack, with its way back.
type operation struct {
	id, token string
	creates   bool
	lenient   bool // DisableRollback: what was done before a failure stays
	set       *changeSet
	from, to  shape
	cancelled chan struct{} // closed when somebody wants it back
	done      []step        // what it did, in order
	garbage   []garbage     // what is deleted once everything has gone well
}

// step is what was done to one resource.
type step struct {
	logical          string
	before, after    cfn.Created
	had, has         map[string]any
	added, displaced bool
}

// garbage is a physical resource that nothing refers to any more.
type garbage struct {
	logical string
	made    cfn.Created
	retain  bool
}

// errCancelled ends what is under way because somebody wants it back.
var errCancelled = errors.New("Stack update cancelled")

// begin begins an operation on a stack at rest.
func (s *Service) begin(st *stack, op *operation) {
	op.id, op.from, op.cancelled = s.uuid(), st.shape.clone(), make(chan struct{})
	st.op = op
	if !op.creates {
		st.outdate(op.set)
		st.updated = time.Now()
	}
	first := types.StackStatusUpdateInProgress
	if op.creates {
		first = types.StackStatusCreateInProgress
	}
	s.turn(st, first, "User Initiated")
	st.text, st.template, st.parameters = op.to.text, op.to.template, op.to.parameters
	go s.carryOut(st, op)
}

// carryOut makes and changes the resources, watches the alarms for as long as the rollback configuration says, and then deletes what is not needed
// any more (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html).
func (s *Service) carryOut(st *stack, op *operation) {
	ctx, stop := context.WithCancelCause(s.o.Context)
	defer stop(nil)
	go func() {
		select {
		case <-op.cancelled:
			stop(errCancelled)
		case <-ctx.Done():
		}
	}()
	if !op.creates {
		go s.monitor(ctx, st, stop)
	}
	err := s.advance(ctx, st, op)
	if err == nil {
		err = s.hold(ctx, st)
	}
	if s.o.Context.Err() != nil { // the sandbox ends
		return
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	switch {
	case err != nil && op.creates:
		s.settle(st, types.StackStatusRollbackComplete, "The following resource(s) failed: "+err.Error())
	case err != nil && op.lenient && !errors.Is(err, errCancelled):
		s.settle(st, types.StackStatusUpdateFailed, err.Error())
	case err != nil:
		s.goBack(st, op, err.Error())
	default:
		s.complete(st, op)
	}
}

// settle ends an operation.
func (s *Service) settle(st *stack, to types.StackStatus, why string) {
	defer s.lock()()
	if set := st.op.set; set != nil {
		set.execution = types.ExecutionStatusExecuteComplete
		if to != types.StackStatusUpdateComplete {
			set.execution = types.ExecutionStatusExecuteFailed
		}
	}
	s.turn(st, to, why)
}

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
	names := differing(properties, wants)
	if len(names) == 0 {
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
	return s.modify(ctx, st, op, id, keeper, before, properties, wants)
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

// complete deletes what is not needed any more, and ends the operation.
func (s *Service) complete(st *stack, op *operation) {
	if op.creates {
		s.settle(st, types.StackStatusCreateComplete, "")
		return
	}
	unlock := s.lock()
	select {
	case <-op.cancelled: // in the last moment
		unlock()
		s.goBack(st, op, errCancelled.Error())
		return
	default:
	}
	s.turn(st, types.StackStatusUpdateCompleteCleanupInProgress, "")
	unlock()
	s.sweep(st, op.garbage)
	if s.o.Context.Err() == nil {
		s.settle(st, types.StackStatusUpdateComplete, "")
	}
}

// sweep deletes resources. One that cannot be deleted stays, and the operation ends all the same
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html, UPDATE_COMPLETE_CLEANUP_IN_PROGRESS).
func (s *Service) sweep(st *stack, all []garbage) {
	if !s.passes(s.pace.Cleanup) {
		return
	}
	for _, g := range all {
		status, why := types.ResourceStatusDeleteComplete, ""
		if g.retain {
			status = types.ResourceStatusDeleteSkipped
		} else if err := s.o.Keepers[g.made.Type].Delete(s.o.Context, g.made.Ref); err != nil {
			status, why = types.ResourceStatusDeleteFailed, err.Error()
		}
		unlock := s.lock()
		s.note(st, g.logical, g.made.Ref, g.made.Type, status, why)
		unlock()
	}
}

// spends lets the time of a change go by, unless it is taken back meanwhile.
func (s *Service) spends(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// passes says whether the time went by before the sandbox ended.
func (s *Service) passes(d time.Duration) bool { return s.spends(s.o.Context, d) == nil }

// watch takes over a rollback configuration, which is saved with the stack until another one is given
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackConfiguration.html).
func (st *stack) watch(c *types.RollbackConfiguration) error {
	if err := checkTriggers(c); err != nil || c == nil {
		return err
	}
	if st.triggers == nil {
		st.triggers = &types.RollbackConfiguration{}
	}
	if c.RollbackTriggers != nil {
		st.triggers.RollbackTriggers = c.RollbackTriggers
	}
	if c.MonitoringTimeInMinutes != nil {
		st.triggers.MonitoringTimeInMinutes = c.MonitoringTimeInMinutes
	}
	return nil
}

func checkTriggers(c *types.RollbackConfiguration) error {
	if c == nil {
		return nil
	}
	if len(c.RollbackTriggers) > 5 {
		return invalid("1 validation error detected: Value at 'rollbackConfiguration.rollbackTriggers' failed to satisfy constraint: Member must have length less than or equal to 5")
	}
	if m := aws.ToInt32(c.MonitoringTimeInMinutes); m < 0 || m > 180 {
		return invalid("1 validation error detected: Value '%d' at 'rollbackConfiguration.monitoringTimeInMinutes' failed to satisfy constraint: Member must have value less than or equal to 180", m)
	}
	for _, t := range c.RollbackTriggers {
		if kind := aws.ToString(t.Type); kind != "AWS::CloudWatch::Alarm" && kind != "AWS::CloudWatch::CompositeAlarm" {
			return invalid("Rollback trigger type %s is not supported", kind)
		}
	}
	return nil
}
