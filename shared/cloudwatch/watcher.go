// Package cloudwatch reads alarms and counts.
package cloudwatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go"

	"sluice/shared/judge"
)

type api interface {
	DescribeAlarms(context.Context, *cloudwatch.DescribeAlarmsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error)
	GetMetricData(context.Context, *cloudwatch.GetMetricDataInput, ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricDataOutput, error)
}

// Watcher reads the alarms and metrics of one account and region.
type Watcher struct{ cloudwatch api }

// New builds a watcher.
func New(cfg aws.Config) *Watcher { return &Watcher{cloudwatch: cloudwatch.NewFromConfig(cfg)} }

// Why is an error in words for people: what CloudWatch said, without the words of the SDK.
func Why(err error) string {
	var said smithy.APIError
	if errors.As(err, &said) {
		return said.ErrorCode() + ": " + said.ErrorMessage()
	}
	return err.Error()
}

// Alarms reads the present states of alarms, metric and composite, by name. An alarm that does not exist is left out.
func (w *Watcher) Alarms(ctx context.Context, names []string) (map[string]judge.AlarmState, error) {
	levels, err := w.Levels(ctx, names)
	if err != nil {
		return nil, err
	}
	return States(levels), nil
}

// States are the states of alarms by name.
func States(levels []Level) map[string]judge.AlarmState {
	states := make(map[string]judge.AlarmState, len(levels))
	for _, l := range levels {
		states[l.Alarm] = l.State
	}
	return states
}

// Level is the present state of an alarm, and how quickly the alarm can go red.
type Level struct {
	Alarm        string // its name
	ARN          string
	State        judge.AlarmState
	Reason       string
	Since        time.Time     // when it came into this state
	SuppressedBy string        // why a composite alarm's actions do not run: WaitPeriod, ExtensionPeriod or Alarm
	Reaction     time.Duration // how long something must be wrong before it can go red; 0 if that is unknown
}

// mostAlarms is how many names one DescribeAlarms takes, and the most that it answers at once
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html).
const mostAlarms = 100

// Levels reads the present states of any number of alarms, metric and composite, a hundred in one call.
// An alarm that does not exist is left out.
func (w *Watcher) Levels(ctx context.Context, names []string) ([]Level, error) {
	metric, composite, err := w.describe(ctx, names)
	if err != nil {
		return nil, err
	}
	var levels []Level
	for _, a := range metric {
		levels = append(levels, levelOf(a))
	}
	for _, a := range composite {
		levels = append(levels, levelOfComposite(a))
	}
	return levels, nil
}

func (w *Watcher) describe(ctx context.Context, names []string) (metric []types.MetricAlarm, composite []types.CompositeAlarm, err error) {
	for some := range slices.Chunk(names, mostAlarms) {
		out, err := w.cloudwatch.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{
			AlarmNames: some, AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm, types.AlarmTypeCompositeAlarm},
			MaxRecords: aws.Int32(mostAlarms),
		})
		if err != nil {
			return nil, nil, fmt.Errorf("reading alarms: %w", err)
		}
		metric, composite = append(metric, out.MetricAlarms...), append(composite, out.CompositeAlarms...)
	}
	return metric, composite, nil
}

func levelOf(a types.MetricAlarm) Level {
	return Level{
		Alarm: aws.ToString(a.AlarmName), ARN: aws.ToString(a.AlarmArn), State: judge.AlarmState(a.StateValue), Reason: aws.ToString(a.StateReason),
		Since: since(a.StateTransitionedTimestamp, a.StateUpdatedTimestamp), Reaction: reaction(a),
	}
}

func levelOfComposite(a types.CompositeAlarm) Level {
	return Level{
		Alarm: aws.ToString(a.AlarmName), ARN: aws.ToString(a.AlarmArn), State: judge.AlarmState(a.StateValue), Reason: aws.ToString(a.StateReason),
		Since: since(a.StateTransitionedTimestamp, a.StateUpdatedTimestamp), SuppressedBy: string(a.ActionsSuppressedBy),
	}
}

// since is when the state began. StateUpdatedTimestamp also moves when only the evaluation state of the alarm changes
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html).
func since(transitioned, updated *time.Time) time.Time {
	if transitioned != nil {
		updated = transitioned
	}
	return aws.ToTime(updated).Truncate(time.Millisecond) // as events tell it
}
