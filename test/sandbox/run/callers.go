package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"sluice/test/sandbox/run/exhibit"
)

// callers is the namespace of what callers count themselves, second by second, whatever the service is made of.
const callers = "Callers"

// counted makes the metrics of a service's callers: of all revisions together, and of each that an answer names.
func (w *world) counted(service string) func(exhibit.Answer) {
	return func(a exhibit.Answer) {
		failed := 0.0
		if a.Failed {
			failed = 1
		}
		dimensions := []map[string]string{{"Service": service}}
		if a.Revision != "" {
			dimensions = append(dimensions, map[string]string{"Service": service, "Revision": a.Revision})
		}
		for _, d := range dimensions {
			w.sandbox.CloudWatch.Record(callers, "Requests", d, "Count", 1, time.Now(), 1)
			w.sandbox.CloudWatch.Record(callers, "Errors", d, "Count", failed, time.Now(), 1)
		}
	}
}

// watch makes the alarms on what a service's callers count that are not there.
func (w *world) watch(ctx context.Context, service string, alarms []string) error {
	for _, name := range alarms {
		found, err := w.alarms.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{name}})
		if err != nil {
			return fmt.Errorf("looking for alarm %s: %w", name, err)
		}
		if len(found.MetricAlarms) > 0 {
			continue
		}
		_, err = w.alarms.PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{
			AlarmName: &name, AlarmDescription: aws.String("More than 3 failed requests in ten seconds, as callers count them."),
			Namespace: aws.String(callers), MetricName: aws.String("Errors"), Statistic: cwtypes.StatisticSum,
			Dimensions: []cwtypes.Dimension{{Name: aws.String("Service"), Value: &service}},
			Period:     aws.Int32(10), EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(3),
			ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanThreshold, TreatMissingData: aws.String("notBreaching"),
		})
		if err != nil {
			return fmt.Errorf("making alarm %s: %w", name, err)
		}
	}
	return nil
}

// settled waits until the alarms know how things are: one that was just made has no data, and a release would go back for that. With patience at
// its end the release begins all the same, and says so itself.
func (w *world) settled(ctx context.Context, alarms []string, patience time.Duration) {
	knowing := func() bool {
		found, err := w.alarms.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{AlarmNames: alarms})
		return err != nil || !slices.ContainsFunc(found.MetricAlarms, func(a cwtypes.MetricAlarm) bool { return a.StateValue == cwtypes.StateValueInsufficientData })
	}
	for begun := time.Now(); ctx.Err() == nil && time.Since(begun) < patience && !knowing(); {
		pause(ctx, 100*time.Millisecond)
	}
}
