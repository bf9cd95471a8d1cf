package cloudformation

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

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

// monitor has the operation turned round when an alarm of its rollback configuration is in ALARM or is missing; INSUFFICIENT_DATA turns nothing round.
// How often CloudFormation looks is not documented.
func (s *Service) monitor(ctx context.Context, st *stack, turn context.CancelCauseFunc) {
	for {
		s.mu.Lock()
		var alarms []types.RollbackTrigger
		if st.triggers != nil {
			alarms = st.triggers.RollbackTriggers
		}
		poll := s.pace.Poll
		s.mu.Unlock()
		for _, t := range alarms {
			switch s.o.Alarm(*t.Arn) {
			case "":
				turn(fmt.Errorf("Unable to find alarm %s of the rollback triggers", *t.Arn))
			case "ALARM":
				turn(fmt.Errorf("Rollback triggered by alarm %s", *t.Arn))
			}
		}
		if s.spends(ctx, poll) != nil {
			return
		}
	}
}

// hold lets the monitoring time go by, which begins when all resources are there.
func (s *Service) hold(ctx context.Context, st *stack) error {
	s.mu.Lock()
	minutes, minute := 0, time.Minute
	if s.pace.Minute > 0 {
		minute = s.pace.Minute
	}
	if st.triggers != nil && !st.op.creates {
		minutes = int(aws.ToInt32(st.triggers.MonitoringTimeInMinutes))
	}
	s.mu.Unlock()
	return s.spends(ctx, time.Duration(minutes)*minute)
}
