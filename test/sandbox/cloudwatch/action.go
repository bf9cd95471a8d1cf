package cloudwatch

import (
	"fmt"
	"time"
)

// settle runs the actions of an alarm's state, if they are due: once per change, not while a mute rule or a suppressor
// holds them, and not at all when the alarm has come back to the state it was last settled in. What is held is looked
// at again when the hold may end. Call it with mu held.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules-behaviour.html
func (s *Service) settle(a *alarm, now time.Time) {
	a.forgetTimers()
	by, until := s.suppression(a, now)
	a.state.suppressedBy, a.state.suppressedReason = by, suppressedReason(by)
	switch m := s.mutedBy(a.name, now); {
	case a.state.value == a.settled:
	case !a.actionsEnabled:
		a.settled = a.state.value
	case m != nil:
		s.lookAgain(a, m.end.Sub(now))
	case by != "":
		if !until.IsZero() {
			s.lookAgain(a, until.Sub(now))
		}
	default:
		a.settled = a.state.value
		s.perform(a)
	}
}

func (s *Service) lookAgain(a *alarm, in time.Duration) {
	if s.closed {
		return
	}
	a.again = time.AfterFunc(in, func() {
		s.mu.Lock()
		defer s.unlock()
		if !s.closed && s.alarms[a.name] == a {
			s.settle(a, time.Now())
		}
	})
}

// perform runs the actions of the alarm's state.
func (s *Service) perform(a *alarm) {
	actions := a.actions[a.state.value]
	if len(actions) == 0 {
		return
	}
	region := regionName(s.opts.Home.Region)
	subject := fmt.Sprintf("%s: %q in %s", a.state.value, a.name, region)
	message := s.message(a, region)
	for _, arn := range actions {
		if s.opts.Notify != nil {
			s.after(func() { s.opts.Notify(s.ctx, arn, subject, message) })
		}
	}
}

// regionName is what notifications call a Region.
func regionName(region string) string {
	names := map[string]string{
		"us-east-1": "US East (N. Virginia)", "us-east-2": "US East (Ohio)", "us-west-2": "US West (Oregon)",
		"eu-west-1": "EU (Ireland)", "eu-central-1": "EU (Frankfurt)", "eu-north-1": "EU (Stockholm)",
	}
	if name, known := names[region]; known {
		return name
	}
	return region
}
