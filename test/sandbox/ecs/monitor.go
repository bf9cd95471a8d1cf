package ecs

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// monitor is what a deployment makes of the alarms that its configuration names
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html).
type monitor struct {
	names     []string
	status    types.ServiceDeploymentRollbackMonitorsStatus
	triggered []string
}

// monitors begins to watch alarms. One that is red already has all of them ignored for this deployment: "If an alarm is in ALARM state at the start of
// the deployment, Amazon ECS will not monitor alarms for the duration of that deployment."
func (s *Service) monitors(config types.DeploymentConfiguration) monitor {
	m := monitor{status: types.ServiceDeploymentRollbackMonitorsStatusDisabled}
	if a := config.Alarms; a != nil && a.Enable {
		m.names = a.AlarmNames
		if len(s.red(m.names)) == 0 {
			m.status = types.ServiceDeploymentRollbackMonitorsStatusMonitoring
		}
	}
	return m
}

func (s *Service) red(names []string) []string {
	if s.o.Red == nil || len(names) == 0 {
		return nil
	}
	return s.o.Red(names)
}

// watchAlarms ends a deployment one of whose alarms is red, and has it go back if its configuration says so.
func (s *Service) watchAlarms(sv *service, d *serviceDeployment) {
	if d.alarms.status != types.ServiceDeploymentRollbackMonitorsStatusMonitoring || d.status != types.ServiceDeploymentStatusInProgress {
		return
	}
	red := s.red(d.alarms.names)
	if len(red) == 0 {
		return
	}
	slices.Sort(red)
	d.alarms.status, d.alarms.triggered = types.ServiceDeploymentRollbackMonitorsStatusTriggered, red
	why := "Service deployment rolled back because the following alarms are in ALARM state: " + strings.Join(red, ", ") // the words are not documented
	s.becomes(sv, d.tasks, types.DeploymentRolloutStateFailed, "ECS deployment failed: alarm detected.")
	if d.config.Alarms.Rollback && len(d.source) > 0 {
		s.turn(sv, d, why)
		return
	}
	s.closeHooks(sv, d)
	d.becomes(types.ServiceDeploymentStatusStopped, "Service deployment stopped because the following alarms are in ALARM state: "+strings.Join(red, ", "))
}

// complete ends the watch of a deployment that succeeded.
func (m *monitor) complete() {
	if m.status == types.ServiceDeploymentRollbackMonitorsStatusMonitoring {
		m.status = types.ServiceDeploymentRollbackMonitorsStatusMonitoringComplete
	}
}

func (m monitor) described() *types.ServiceDeploymentAlarms {
	return &types.ServiceDeploymentAlarms{AlarmNames: m.names, Status: m.status, TriggeredAlarmNames: m.triggered}
}
