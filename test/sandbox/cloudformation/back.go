package cloudformation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscfn "github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/wire"
)

// goBack takes back what was done.
func (s *Service) goBack(st *stack, op *operation, why string) {
	unlock := s.lock()
	if st.status != types.StackStatusUpdateRollbackInProgress { // it was not cancelled
		s.turn(st, types.StackStatusUpdateRollbackInProgress, why)
	}
	unlock()
	s.undo(st, op, nil)
}

// undo takes the steps back that are left, the last one first. One that cannot be taken back ends it, until somebody has it go on.
func (s *Service) undo(st *stack, op *operation, skip []string) {
	for len(op.done) > 0 {
		last := op.done[len(op.done)-1]
		if err := s.takeBack(st, op, last, slices.Contains(skip, last.logical)); err != nil {
			if s.o.Context.Err() == nil {
				s.settle(st, types.StackStatusUpdateRollbackFailed, fmt.Sprintf("The following resource(s) failed to update: [%s].", last.logical))
			}
			return
		}
		op.done = op.done[:len(op.done)-1]
	}
	unlock := s.lock()
	st.shape = op.from
	st.outputs = nil
	if stand := s.standing(st.name, op.from, st.made); stand.Output() == nil {
		st.outputs = stand.Outputs
	}
	s.turn(st, types.StackStatusUpdateRollbackCompleteCleanupInProgress, "")
	unlock()
	s.sweep(st, op.garbage)
	if s.o.Context.Err() == nil {
		s.settle(st, types.StackStatusUpdateRollbackComplete, "")
	}
}

// takeBack takes one step back. What was made for nothing is deleted in the end.
func (s *Service) takeBack(st *stack, op *operation, it step, skipped bool) error {
	kind := or(it.before.Type, it.after.Type)
	if !it.added && !it.displaced && !skipped {
		unlock := s.lock()
		s.note(st, it.logical, it.before.Ref, kind, types.ResourceStatusUpdateInProgress, "")
		unlock()
		if err := s.spends(s.o.Context, s.o.Keepers[kind].Takes); err != nil {
			return err
		}
		if _, err := s.o.Keepers[kind].Update(s.o.Context, it.before.Ref, it.had); err != nil {
			unlock := s.lock()
			defer unlock()
			s.note(st, it.logical, it.before.Ref, kind, types.ResourceStatusUpdateFailed, err.Error())
			return err
		}
	}
	defer s.lock()()
	op.garbage = slices.DeleteFunc(op.garbage, func(g garbage) bool { return g.logical == it.logical && g.made.Ref == it.before.Ref })
	if it.added || it.displaced && it.after.Ref != "" {
		op.garbage = append(op.garbage, garbage{it.logical, it.after, false})
	}
	if it.added {
		delete(st.made, it.logical)
		delete(st.properties, it.logical)
		return nil
	}
	st.made[it.logical], st.properties[it.logical] = it.before, it.had
	if it.left != nil {
		st.properties[it.logical] = it.left
	}
	s.note(st, it.logical, it.before.Ref, kind, types.ResourceStatusUpdateComplete, "")
	return nil
}

// CancelUpdateStack turns an update round: only one in UPDATE_IN_PROGRESS
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CancelUpdateStack.html).
func (s *Service) CancelUpdateStack(_ context.Context, in *awscfn.CancelUpdateStackInput) (*awscfn.CancelUpdateStackOutput, error) {
	defer s.lock()()
	st, err := s.find(in.StackName)
	if err != nil {
		return nil, err
	}
	if st.status != types.StackStatusUpdateInProgress {
		return nil, invalid("CancelUpdateStack cannot be called from current stack status")
	}
	select {
	case <-st.op.cancelled: // asked before
	default:
		st.op.token = or(aws.ToString(in.ClientRequestToken), st.op.token)
		s.turn(st, types.StackStatusUpdateRollbackInProgress, errCancelled.Error())
		close(st.op.cancelled)
	}
	return &awscfn.CancelUpdateStackOutput{}, nil
}

// RollbackStack takes back an update that failed and was left as it was (DisableRollback).
func (s *Service) RollbackStack(_ context.Context, in *awscfn.RollbackStackInput) (*awscfn.RollbackStackOutput, error) {
	defer s.lock()()
	st, err := s.find(in.StackName)
	if err != nil {
		return nil, err
	}
	if st.begun(in.ClientRequestToken) != nil {
		return &awscfn.RollbackStackOutput{StackId: &st.id, OperationId: &st.op.id}, nil
	}
	if st.status != types.StackStatusUpdateFailed {
		return nil, invalid("RollbackStack cannot be called from current stack status %s", st.status)
	}
	st.op.token, st.role = or(aws.ToString(in.ClientRequestToken), st.op.token), or(aws.ToString(in.RoleARN), st.role)
	s.turn(st, types.StackStatusUpdateRollbackInProgress, "User Initiated")
	go s.undo(st, st.op, nil)
	return &awscfn.RollbackStackOutput{StackId: &st.id, OperationId: &st.op.id}, nil
}

// ContinueUpdateRollback has a way back go on that has failed.
func (s *Service) ContinueUpdateRollback(_ context.Context, in *awscfn.ContinueUpdateRollbackInput) (*awscfn.ContinueUpdateRollbackOutput, error) {
	if aws.ToBool(in.ForceRollback) {
		return nil, wire.NotImplemented("ContinueUpdateRollback with ForceRollback")
	}
	defer s.lock()()
	st, err := s.find(in.StackName)
	if err != nil {
		return nil, err
	}
	if st.begun(in.ClientRequestToken) != nil {
		return &awscfn.ContinueUpdateRollbackOutput{}, nil
	}
	if st.status != types.StackStatusUpdateRollbackFailed {
		return nil, invalid("Stack: %s is in %s state and can not be rolled back.", st.id, st.status)
	}
	st.op.token, st.role = or(aws.ToString(in.ClientRequestToken), st.op.token), or(aws.ToString(in.RoleARN), st.role)
	s.turn(st, types.StackStatusUpdateRollbackInProgress, "User Initiated")
	go s.undo(st, st.op, in.ResourcesToSkip)
	return &awscfn.ContinueUpdateRollbackOutput{}, nil
}

// Heads are the parameters that a stack will have when nothing else happens to it.
func (s *Service) Heads(stackName string) map[string]string {
	defer s.lock()()
	st, err := s.find(&stackName)
	switch {
	case err != nil:
		return nil
	case strings.HasPrefix(string(st.status), "UPDATE_ROLLBACK"):
		return st.op.from.parameters
	}
	return st.parameters
}

// Made is what became of a resource of a stack, for a story that looks past CloudFormation.
func (s *Service) Made(stackName, logical string) cfn.Created {
	defer s.lock()()
	st, err := s.find(&stackName)
	if err != nil {
		return cfn.Created{}
	}
	return st.made[logical]
}
