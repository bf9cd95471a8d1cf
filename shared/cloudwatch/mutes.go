package cloudwatch

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"sluice/shared/gates"
)

type muteAPI interface {
	DescribeAlarms(context.Context, *cloudwatch.DescribeAlarmsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error)
	ListAlarmMuteRules(context.Context, *cloudwatch.ListAlarmMuteRulesInput, ...func(*cloudwatch.Options)) (*cloudwatch.ListAlarmMuteRulesOutput, error)
	GetAlarmMuteRule(context.Context, *cloudwatch.GetAlarmMuteRuleInput, ...func(*cloudwatch.Options)) (*cloudwatch.GetAlarmMuteRuleOutput, error)
}

// Mutes finds the alarms whose actions do not run.
type Mutes struct{ cloudwatch muteAPI }

// NewMutes opens the alarms of an account and region.
func NewMutes(cfg aws.Config) *Mutes { return &Mutes{cloudwatch: cloudwatch.NewFromConfig(cfg)} }

// Silent lists those of some alarms, 100 at most, that a rule mutes now, or that are composite alarms whose actions are suppressed.
func (m *Mutes) Silent(ctx context.Context, alarms []string, now time.Time) ([]gates.Silence, error) {
	silent, err := m.suppressed(ctx, alarms)
	if err != nil {
		return nil, err
	}
	muted, err := m.Muted(ctx, alarms, now)
	return append(silent, muted...), err
}

// Muted lists those of some alarms that a rule mutes now. It reads all active rules, which are few, and not the rules of each alarm.
func (m *Mutes) Muted(ctx context.Context, alarms []string, now time.Time) (silent []gates.Silence, err error) {
	pages := cloudwatch.NewListAlarmMuteRulesPaginator(m.cloudwatch, &cloudwatch.ListAlarmMuteRulesInput{Statuses: []types.AlarmMuteRuleStatus{types.AlarmMuteRuleStatusActive}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing mute rules: %w", err)
		}
		for _, rule := range page.AlarmMuteRuleSummaries {
			_, name, _ := strings.Cut(aws.ToString(rule.AlarmMuteRuleArn), ":alarm-mute-rule:")
			more, err := m.muted(ctx, name, alarms, now)
			if err != nil {
				return nil, err
			}
			silent = append(silent, more...)
		}
	}
	return silent, nil
}

func (m *Mutes) muted(ctx context.Context, rule string, alarms []string, now time.Time) (silent []gates.Silence, err error) {
	out, err := m.cloudwatch.GetAlarmMuteRule(ctx, &cloudwatch.GetAlarmMuteRuleInput{AlarmMuteRuleName: &rule})
	if err != nil {
		return nil, fmt.Errorf("reading mute rule %s: %w", rule, err)
	}
	if out.MuteTargets == nil {
		return nil, nil
	}
	for _, alarm := range out.MuteTargets.AlarmNames {
		if slices.Contains(alarms, alarm) {
			silent = append(silent, gates.Silence{Alarm: alarm, By: "mute rule " + rule, Until: end(out, now)})
		}
	}
	return silent, nil
}

// end is when a rule that mutes once stops muting; CloudWatch does not say it. For a rule that repeats, end is the zero time: a
// release that waits for it looks again. Expression: at(2026-11-30T10:00), Duration: PT90M.
func end(rule *cloudwatch.GetAlarmMuteRuleOutput, now time.Time) time.Time {
	if rule.Rule == nil || rule.Rule.Schedule == nil {
		return time.Time{}
	}
	s := rule.Rule.Schedule
	zone, err := time.LoadLocation(aws.ToString(s.Timezone))
	if err != nil {
		return time.Time{}
	}
	begun, err := time.ParseInLocation("at(2006-01-02T15:04)", aws.ToString(s.Expression), zone)
	if err != nil {
		return time.Time{}
	}
	length, err := time.ParseDuration(strings.ToLower(strings.TrimPrefix(aws.ToString(s.Duration), "PT")))
	if over := begun.Add(length); err == nil && over.After(now) {
		return over
	}
	return time.Time{}
}

func (m *Mutes) suppressed(ctx context.Context, alarms []string) (silent []gates.Silence, err error) {
	out, err := m.cloudwatch.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{
		AlarmNames: alarms, AlarmTypes: []types.AlarmType{types.AlarmTypeCompositeAlarm}, MaxRecords: aws.Int32(100),
	})
	if err != nil {
		return nil, fmt.Errorf("reading suppressed alarms: %w", err)
	}
	for _, a := range out.CompositeAlarms {
		if a.ActionsSuppressedBy != "" {
			silent = append(silent, gates.Silence{Alarm: aws.ToString(a.AlarmName), By: "its suppressor (" + string(a.ActionsSuppressedBy) + ")"})
		}
	}
	return silent, nil
}
