// Package cloudwatch reads alarms and counts.
package cloudwatch

import (
	"context"
	"errors"
	"fmt"

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

// Why is an error in words for people: what CloudWatch said, without the SDK's own.
func Why(err error) string {
	var said smithy.APIError
	if errors.As(err, &said) {
		return said.ErrorCode() + ": " + said.ErrorMessage()
	}
	return err.Error()
}

// Alarms reads the present states of alarms, metric and composite, by name. An alarm that does not exist is left out.
// DescribeAlarms takes at most 100 names, which is also the limit of a definition.
func (w *Watcher) Alarms(ctx context.Context, names []string) (map[string]judge.AlarmState, error) {
	states := map[string]judge.AlarmState{}
	if len(names) == 0 {
		return states, nil
	}
	out, err := w.cloudwatch.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{
		AlarmNames: names, AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm, types.AlarmTypeCompositeAlarm},
		MaxRecords: aws.Int32(100),
	})
	if err != nil {
		return nil, fmt.Errorf("reading alarms: %w", err)
	}
	for _, a := range out.MetricAlarms {
		states[aws.ToString(a.AlarmName)] = judge.AlarmState(a.StateValue)
	}
	for _, a := range out.CompositeAlarms {
		states[aws.ToString(a.AlarmName)] = judge.AlarmState(a.StateValue)
	}
	return states, nil
}
