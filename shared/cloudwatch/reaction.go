package cloudwatch

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// Reactions is how long something must be wrong before an alarm can go red, by the alarm's name, for the alarms where that is known.
func Reactions(levels []Level) map[string]time.Duration {
	found := map[string]time.Duration{}
	for _, l := range levels {
		if l.Reaction > 0 {
			found[l.Alarm] = l.Reaction
		}
	}
	return found
}

// reaction is the alarm's period times the number of bad data points that it needs. A composite alarm has none: it depends on other alarms
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html).
func reaction(a types.MetricAlarm) time.Duration {
	points := aws.ToInt32(a.DatapointsToAlarm)
	if points == 0 {
		points = aws.ToInt32(a.EvaluationPeriods)
	}
	return time.Duration(points) * period(a)
}

// period is how long a data point of the alarm takes. An alarm on an expression has the period of its metrics. If they differ, the
// shortest counts, so that an alarm that may be quick is never called slow.
func period(a types.MetricAlarm) time.Duration {
	shortest := aws.ToInt32(a.Period)
	for _, q := range a.Metrics {
		its := aws.ToInt32(q.Period)
		if q.MetricStat != nil {
			its = aws.ToInt32(q.MetricStat.Period)
		}
		if its > 0 && (shortest == 0 || its < shortest) {
			shortest = its
		}
	}
	return time.Duration(shortest) * time.Second
}
