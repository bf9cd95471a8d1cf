package cloudformation

import (
	"context"
	"errors"
	"time"

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
	revert    bool          // what somebody changed by hand is brought in line, too
	ended     chan struct{} // closed when it is over
	cancelled chan struct{} // closed when somebody wants it back
	done      []step        // what it did, in order
	garbage   []garbage     // what is deleted once everything has gone well
}

// step is what was done to one resource.
type step struct {
	logical          string
	before, after    cfn.Created
	had, has         map[string]any
	left             map[string]any // what the stack had made of it, if had is what somebody else did
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
	op.id, op.from, op.cancelled, op.ended = s.uuid(), st.shape.clone(), make(chan struct{}), make(chan struct{})
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
	defer close(op.ended)
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
