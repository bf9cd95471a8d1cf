package eventbridge

import (
	"context"
	"time"

	awseventbridge "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
)

// EnableRule puts a rule to work.
func (s *Service) EnableRule(_ context.Context, in *awseventbridge.EnableRuleInput) (*awseventbridge.EnableRuleOutput, error) {
	err := s.setState(in.EventBusName, in.Name, types.RuleStateEnabled)
	return &awseventbridge.EnableRuleOutput{}, err
}

// DisableRule puts a rule to rest.
func (s *Service) DisableRule(_ context.Context, in *awseventbridge.DisableRuleInput) (*awseventbridge.DisableRuleOutput, error) {
	err := s.setState(in.EventBusName, in.Name, types.RuleStateDisabled)
	return &awseventbridge.DisableRuleOutput{}, err
}

func (s *Service) setState(busName, name *string, state types.RuleState) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, r, err := s.ruleOf(busName, name)
	if err != nil || r.state == state {
		return err
	}
	r.state = state
	s.listen(b, r)
	return nil
}

// scheduleNext arms the rule's timer; the caller holds the lock.
func (s *Service) scheduleNext(r *rule) {
	now := time.Now()
	r.cancel = s.alarms.after(r.schedule.Next(now).Sub(now), func() { s.fallDue(r) })
}

// fallDue hands the rule's targets a scheduled event, which no other rule sees, and arms the timer again.
func (s *Service) fallDue(r *rule) {
	s.mu.Lock()
	// A rule that was disabled in this very moment has cancelled too late.
	current := r.enabled() && r.schedule != 0
	var targets []*target
	if current {
		targets = r.targets
		s.scheduleNext(r)
	}
	s.mu.Unlock()
	if !current {
		return
	}
	m, err := s.newMessage(Event{
		Source: "aws.events", DetailType: "Scheduled Event", Resources: []string{r.arn}, Detail: []byte("{}"),
	})
	if err != nil {
		return // the detail is an object
	}
	s.trigger(r, targets, m)
}
