package lambda

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// A Condition is what state a version is in, and what becomes of it: Pending turns into Then after For, and Inactive begins to be Pending
// when somebody invokes it (https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html). A version without a condition is Active as soon
// as it is published, as plain packages nearly are.
type Condition struct {
	State  types.State
	Code   types.StateReasonCode
	Reason string
	For    time.Duration
	Then   types.State // "" is Active
	since  time.Time
}

// Becomes puts a version of a function into a condition, as publishing with a VPC, SnapStart or an image does.
func (s *Service) Becomes(function, number string, c Condition) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, _, err := s.findVersion(reference{function, number})
	if err != nil {
		return err
	}
	c.since = time.Now()
	if f.conditions == nil {
		f.conditions = map[string]Condition{}
	}
	f.conditions[number] = c
	return nil
}

// condition is how a version stands now; the caller holds the lock.
func (f *function) condition(number string) Condition {
	c, ok := f.conditions[number]
	switch {
	case !ok:
		return Condition{State: types.StateActive}
	case c.State != types.StatePending || time.Since(c.since) < c.For:
		return c
	case c.Then == "" || c.Then == types.StateActive:
		return Condition{State: types.StateActive}
	}
	c.State = c.Then
	return c
}

// described is a version's configuration with the state that it is in; the caller holds the lock.
func (f *function) described(v *version) types.FunctionConfiguration {
	config := v.config
	c := f.condition(*config.Version)
	if config.State = c.State; c.State != types.StateActive {
		config.StateReasonCode, config.StateReason = c.Code, new(c.Reason)
	}
	return config
}

// ready refuses what cannot be done with a version that is not Active: "Functions can only be successfully invoked while active", and while
// one is Pending "any invocations or other API actions that operate on the function will fail" (functions-states.html). The
// caller holds the lock.
func (f *function) ready(number string, allowed ...types.State) error {
	c := f.condition(number)
	for _, s := range append(allowed, types.StateActive) {
		if c.State == s {
			return nil
		}
	}
	return conflict("The operation cannot be performed at this time. The function is currently in the following state: %s", c.State)
}

// wake has an Inactive version made ready again, which begins with an invocation that fails (functions-states.html). The caller holds the lock.
func (f *function) wake(number string) {
	if c := f.condition(number); c.State == types.StateInactive {
		f.conditions[number] = Condition{
			State: types.StatePending, Code: types.StateReasonCodeRestoring, Reason: "The function is being restored.", For: c.For, Then: c.Then, since: time.Now(),
		}
	}
}
