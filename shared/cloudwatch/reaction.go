package cloudwatch

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// Reactions is how long something must be wrong before an alarm can go red, by name: its period as many times as it wants bad data
// points. Composite alarms are left out, because that depends on others, and so are alarms on expressions, whose period is that of
// their metrics (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html).
func (w *Watcher) Reactions(ctx context.Context, names []string) (map[string]time.Duration, error) {
	found := map[string]time.Duration{}
	if len(names) == 0 {
		return found, nil
	}
	out, err := w.cloudwatch.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{
		AlarmNames: names, AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm}, MaxRecords: aws.Int32(100),
	})
	if err != nil {
		return nil, fmt.Errorf("reading how alarms are evaluated: %w", err)
	}
	for _, a := range out.MetricAlarms {
		points := aws.ToInt32(a.DatapointsToAlarm)
		if points == 0 {
			points = aws.ToInt32(a.EvaluationPeriods)
		}
		if period := aws.ToInt32(a.Period); period > 0 {
			found[aws.ToString(a.AlarmName)] = time.Duration(period*points) * time.Second
		}
	}
	return found, nil
}
