package appconfig

import (
	"fmt"
	"time"

	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"
)

// run lets a deployment grow and bake, until it is complete, goes back, or the sandbox ends.
func (s *Service) run(d *deployment) {
	s.mu.Lock()
	pace, steps := s.pace, grows(d.strategy, s.pace.Minute)
	s.mu.Unlock()
	grown := max(pace.Settle, steps[len(steps)-1].after)
	ends := grown + time.Duration(d.strategy.FinalBakeTimeInMinutes)*pace.Minute
	tick, look := pace.Tick, pace.Alarms
	for {
		next := min(tick, look, ends)
		if len(steps) > 0 {
			next = min(next, max(pace.Settle, steps[0].after))
		}
		if !s.pass(d, next) {
			return
		}
		if len(steps) > 0 && next >= max(pace.Settle, steps[0].after) {
			s.reach(d, steps[0].percent)
			steps = steps[1:]
		}
		if next >= look {
			look += pace.Alarms
			if s.alarmed(d) {
				return
			}
		}
		if next >= tick {
			tick += pace.Tick
			if s.refused(d) {
				return
			}
		}
		if next >= ends {
			s.complete(d)
			return
		}
	}
}

// pass waits until a deployment is so old, and says whether it still goes forward then.
func (s *Service) pass(d *deployment, age time.Duration) (forward bool) {
	timer := time.NewTimer(time.Until(d.began.Add(age)))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-d.turned:
	case <-s.o.Context.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.o.Context.Err() == nil && (d.state == types.DeploymentStateDeploying || d.state == types.DeploymentStateBaking)
}

// reach makes a version available to more callers.
func (s *Service) reach(d *deployment, percent float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.state != types.DeploymentStateDeploying {
		return
	}
	d.percent = percent
	d.note(types.DeploymentEventTypePercentageUpdated, types.TriggeredByAppconfig, fmt.Sprintf("Configuration available to %.2f%% of clients", percent))
	if percent == 100 {
		d.state = types.DeploymentStateBaking
		d.note(types.DeploymentEventTypeBakeTimeStarted, types.TriggeredByAppconfig, "Deployment bake time started")
	}
}

func (s *Service) complete(d *deployment) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.state != types.DeploymentStateBaking {
		return
	}
	d.state, d.completed = types.DeploymentStateComplete, time.Now()
	d.to.serves[d.of.id] = d.version
	d.note(types.DeploymentEventTypeDeploymentCompleted, types.TriggeredByAppconfig, "Deployment completed")
	s.notify(d, "On Deployment Complete", "OnDeploymentComplete")
}

// turn has a deployment go back: callers are served what was there before at once, and the deployment is over a little later (belief). The caller holds
// the lock.
func (s *Service) turn(d *deployment, by types.TriggeredBy, why string, calls ...types.ActionInvocation) {
	if d.state != types.DeploymentStateDeploying && d.state != types.DeploymentStateBaking {
		return
	}
	d.state, d.percent = types.DeploymentStateRollingBack, 0
	d.note(types.DeploymentEventTypeRollbackStarted, by, why, calls...)
	close(d.turned)
	settle := s.pace.Settle
	go func() {
		select {
		case <-time.After(settle):
		case <-s.o.Context.Done():
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		d.state, d.completed = types.DeploymentStateRolledBack, time.Now()
		d.note(types.DeploymentEventTypeRollbackCompleted, by, "Rollback completed")
		s.notify(d, "On Deployment Rollback", "OnDeploymentRolledBack")
	}()
}

// alarmed looks at the alarms of a deployment's environment, and turns the deployment round if one is red or has no data: "AppConfig rolls back on
// ALARM or INSUFFICIENT_DATA", and alarms whose actions are disabled are not considered
// (https://docs.aws.amazon.com/appconfig/latest/userguide/monitoring-deployments.html).
func (s *Service) alarmed(d *deployment) bool {
	for _, m := range d.to.monitors {
		state, actions, err := s.o.Alarm(aws.ToString(m.AlarmRoleArn), aws.ToString(m.AlarmArn))
		why := "CloudWatch alarm " + aws.ToString(m.AlarmArn) + " is in state " + state
		switch {
		case err != nil: // belief: an alarm that cannot be read counts as one without data
			why = fmt.Sprintf("CloudWatch alarm %s could not be read: %v", aws.ToString(m.AlarmArn), err)
		case !actions || state == string(cloudwatchtypes.StateValueOk):
			continue
		}
		s.mu.Lock()
		s.turn(d, types.TriggeredByCloudwatchAlarm, why)
		s.mu.Unlock()
		return true
	}
	return false
}
