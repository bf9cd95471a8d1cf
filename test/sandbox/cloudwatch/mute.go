package cloudwatch

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// A muteRule keeps the actions of its alarms from running during its windows. It changes neither their states nor
// their events, which carry its name meanwhile.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html
type muteRule struct {
	name, arn string
	in        *awscloudwatch.PutAlarmMuteRuleInput
	schedule  *muteSchedule
	updated   time.Time
}

// A muteWindow is a time in which a rule mutes.
type muteWindow struct {
	arn        string
	start, end time.Time
}

func (s *Service) muteARN(name string) string {
	return s.opts.Home.ARN("cloudwatch", "alarm-mute-rule:"+name)
}

// PutAlarmMuteRule creates or overwrites a mute rule.
func (s *Service) PutAlarmMuteRule(_ context.Context, in *awscloudwatch.PutAlarmMuteRuleInput) (*awscloudwatch.PutAlarmMuteRuleOutput, error) {
	if str(in.Name) == "" || len(*in.Name) > 255 {
		return nil, validation("The parameter Name is required and has at most 255 characters.")
	}
	if in.Rule == nil || in.Rule.Schedule == nil {
		return nil, validation("The parameter Rule.Schedule is required.")
	}
	if in.MuteTargets != nil && len(in.MuteTargets.AlarmNames) > 100 {
		return nil, validation("A mute rule has at most 100 targets.")
	}
	sch := in.Rule.Schedule
	if strings.HasPrefix(str(sch.Expression), "cron(") {
		return nil, unsupported("mute rules by cron(...)")
	}
	parsed, err := parseSchedule(str(sch.Expression), str(sch.Duration), str(sch.Timezone))
	if err != nil {
		return nil, validation("Rule.Schedule is not valid: %v", err)
	}
	s.mu.Lock()
	defer s.unlock()
	now := time.Now()
	m := &muteRule{name: *in.Name, arn: s.muteARN(*in.Name), in: in, schedule: parsed, updated: now}
	s.mutes[m.name] = m
	s.resettle(now)
	return &awscloudwatch.PutAlarmMuteRuleOutput{}, nil
}

// DeleteAlarmMuteRule ends a rule; what it held runs now, as at the end of a window.
func (s *Service) DeleteAlarmMuteRule(_ context.Context, in *awscloudwatch.DeleteAlarmMuteRuleInput) (*awscloudwatch.DeleteAlarmMuteRuleOutput, error) {
	s.mu.Lock()
	defer s.unlock()
	m := s.mutes[str(in.AlarmMuteRuleName)]
	if m == nil {
		return nil, noMuteRule(str(in.AlarmMuteRuleName))
	}
	delete(s.mutes, m.name)
	s.resettle(time.Now())
	return &awscloudwatch.DeleteAlarmMuteRuleOutput{}, nil
}

func noMuteRule(name string) error {
	return &types.ResourceNotFoundException{Message: ptr("Alarm mute rule " + name + " does not exist.")}
}

// resettle looks at held actions after mute rules changed.
func (s *Service) resettle(now time.Time) {
	for _, name := range slices.Sorted(maps.Keys(s.alarms)) {
		if a := s.alarms[name]; a.settled != a.state.value {
			s.settle(a, now)
		}
	}
}

// mutedBy is the window that mutes an alarm now, or nil. Of several the one that ends last counts.
func (s *Service) mutedBy(name string, now time.Time) *muteWindow {
	var longest *muteWindow
	for _, rule := range slices.Sorted(maps.Keys(s.mutes)) {
		m := s.mutes[rule]
		if m.in.MuteTargets == nil || !slices.Contains(m.in.MuteTargets.AlarmNames, name) {
			continue
		}
		if w := m.windowAt(now); w != nil && (longest == nil || w.end.After(longest.end)) {
			longest = w
		}
	}
	return longest
}

func (m *muteRule) windowAt(now time.Time) *muteWindow {
	if m.in.StartDate != nil && now.Before(*m.in.StartDate) || m.in.ExpireDate != nil && !now.Before(*m.in.ExpireDate) {
		return nil
	}
	if !m.schedule.covers(now) {
		return nil
	}
	end := m.schedule.end()
	if e := m.in.ExpireDate; e != nil && e.Before(end) {
		end = *e
	}
	return &muteWindow{m.arn, m.schedule.once, end}
}

func (m *muteRule) status(now time.Time) types.AlarmMuteRuleStatus {
	switch {
	case !now.Before(m.schedule.end()) || m.in.ExpireDate != nil && !now.Before(*m.in.ExpireDate):
		return types.AlarmMuteRuleStatusExpired
	case m.windowAt(now) != nil:
		return types.AlarmMuteRuleStatusActive
	default:
		return types.AlarmMuteRuleStatusScheduled
	}
}

// oneTime is the type of every rule: recurring ones are by cron.
const oneTime = "ONE_TIME"

// GetAlarmMuteRule tells of one rule.
func (s *Service) GetAlarmMuteRule(_ context.Context, in *awscloudwatch.GetAlarmMuteRuleInput) (*awscloudwatch.GetAlarmMuteRuleOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.mutes[str(in.AlarmMuteRuleName)]
	if m == nil {
		return nil, noMuteRule(str(in.AlarmMuteRuleName))
	}
	return &awscloudwatch.GetAlarmMuteRuleOutput{
		AlarmMuteRuleArn: &m.arn, Name: &m.name, Description: m.in.Description, Rule: m.in.Rule,
		MuteTargets: m.in.MuteTargets, StartDate: m.in.StartDate, ExpireDate: m.in.ExpireDate,
		LastUpdatedTimestamp: &m.updated, MuteType: ptr(oneTime), Status: m.status(time.Now()),
	}, nil
}

// ListAlarmMuteRules lists rules by name, filtered by target and status.
func (s *Service) ListAlarmMuteRules(_ context.Context, in *awscloudwatch.ListAlarmMuteRulesInput) (*awscloudwatch.ListAlarmMuteRulesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	var found []types.AlarmMuteRuleSummary
	for _, name := range slices.Sorted(maps.Keys(s.mutes)) {
		m := s.mutes[name]
		targets := m.in.MuteTargets != nil && slices.Contains(m.in.MuteTargets.AlarmNames, str(in.AlarmName))
		status := m.status(now)
		if in.AlarmName != nil && !targets || len(in.Statuses) > 0 && !slices.Contains(in.Statuses, status) {
			continue
		}
		found = append(found, types.AlarmMuteRuleSummary{
			AlarmMuteRuleArn: &m.arn, ExpireDate: m.in.ExpireDate, LastUpdatedTimestamp: &m.updated,
			MuteType: ptr(oneTime), Status: status,
		})
	}
	found, next, err := paged(found, in.NextToken, in.MaxRecords, 50, 100)
	return &awscloudwatch.ListAlarmMuteRulesOutput{AlarmMuteRuleSummaries: found, NextToken: next}, err
}
