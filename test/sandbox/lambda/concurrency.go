package lambda

import (
	"context"

	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// minUnreserved is what AWS keeps back for functions without a reservation
// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html).
const minUnreserved = 100

// PutFunctionConcurrency reserves concurrency for a function, which is also its limit: 0 stops it.
func (s *Service) PutFunctionConcurrency(_ context.Context, in *awslambda.PutFunctionConcurrencyInput) (*awslambda.PutFunctionConcurrencyOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.unqualified(in.FunctionName)
	if err != nil {
		return nil, err
	}
	wanted := deref(in.ReservedConcurrentExecutions)
	if in.ReservedConcurrentExecutions == nil || wanted < 0 {
		return nil, invalid("ReservedConcurrentExecutions must be at least 0")
	}
	if s.unreserved(f)-int(wanted) < minUnreserved {
		return nil, invalid("Specified ReservedConcurrentExecutions for function decreases account's "+
			"UnreservedConcurrentExecution below its minimum value of [%d].", minUnreserved)
	}
	f.reserved = new(wanted)
	return &awslambda.PutFunctionConcurrencyOutput{ReservedConcurrentExecutions: new(wanted)}, nil
}

// unqualified finds a function by name; the caller holds the lock.
func (s *Service) unqualified(name *string) (*function, error) {
	ref, err := s.refer(name, nil)
	if err != nil {
		return nil, err
	}
	return s.find(ref)
}

// unreserved is the account's concurrency without the reservations of all functions but one; the caller holds the lock.
func (s *Service) unreserved(except *function) int {
	left := s.o.Concurrency
	for _, f := range s.functions {
		if f != except && f.reserved != nil {
			left -= int(*f.reserved)
		}
	}
	return left
}

// A slot is one unit of concurrency in use, of the function's reservation or of the account's rest.
type slot struct {
	f        *function
	reserved bool
}

// take admits one execution or gives the reason to throttle it; the caller holds the lock.
func (s *Service) take(f *function) (slot, error) {
	if f.reserved != nil {
		if f.busy >= int(*f.reserved) {
			return slot{}, throttled(types.ThrottleReasonReservedFunctionConcurrentInvocationLimitExceeded)
		}
		f.busy++
		return slot{f, true}, nil
	}
	if s.busy >= s.unreserved(f) {
		return slot{}, throttled(types.ThrottleReasonConcurrentInvocationLimitExceeded)
	}
	f.busy++
	s.busy++
	return slot{f, false}, nil
}

func (s *Service) release(t slot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.f.busy--
	if !t.reserved {
		s.busy--
	}
}
