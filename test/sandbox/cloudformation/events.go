package cloudformation

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscfn "github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

const (
	statusChange = "CloudFormation Stack Status Change"
	stackType    = "AWS::CloudFormation::Stack"
	pageOfEvents = 100
)

// turn puts the stack into a status, which its events tell, and the default bus, too: durably, so perhaps more than once
// (https://docs.aws.amazon.com/eventbridge/latest/ref/event-delivery-level.html). Here the end of an operation is told twice.
func (s *Service) turn(st *stack, to types.StackStatus, why string) {
	st.status, st.reason = to, why
	s.note(st, st.name, st.id, stackType, types.ResourceStatus(to), why)
	detail := map[string]any{
		"stack-id": st.id, "status-details": map[string]any{"status": string(to), "status-reason": why}, "client-request-token": st.op.token,
	}
	times := 1
	if st.rests() {
		times = 2
	}
	for range times {
		s.mu.Tell(func() { s.o.Emit(s.o.Context, statusChange, []string{st.id}, detail) })
	}
}

// note writes an event of the stack. All events of an operation bear its token
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackEvent.html, ClientRequestToken).
func (s *Service) note(st *stack, logical, physical, of string, status types.ResourceStatus, why string) {
	now := time.Now()
	st.events = append(st.events, types.StackEvent{
		EventId: aws.String(fmt.Sprintf("%s-%s-%d", logical, status, len(st.events))), StackId: &st.id, StackName: &st.name, Timestamp: &now, ClientRequestToken: text(st.op.token),
		LogicalResourceId: &logical, PhysicalResourceId: text(physical), ResourceType: &of, ResourceStatus: status, ResourceStatusReason: text(why), OperationId: text(st.op.id),
	})
}

// DescribeStackEvents lists the events of a stack, the newest first.
func (s *Service) DescribeStackEvents(_ context.Context, in *awscfn.DescribeStackEventsInput) (*awscfn.DescribeStackEventsOutput, error) {
	defer s.lock()()
	st, err := s.find(in.StackName)
	if err != nil {
		return nil, err
	}
	end := len(st.events)
	if in.NextToken != nil {
		if _, err := fmt.Sscan(*in.NextToken, &end); err != nil || end < 0 || end > len(st.events) {
			return nil, invalid("the token is not one of this stack's")
		}
	}
	from := max(0, end-pageOfEvents)
	out := &awscfn.DescribeStackEventsOutput{}
	for i := end - 1; i >= from; i-- {
		out.StackEvents = append(out.StackEvents, st.events[i])
	}
	if from > 0 {
		out.NextToken = aws.String(fmt.Sprint(from))
	}
	return out, nil
}
