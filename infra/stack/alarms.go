package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"sluice/shared/telemetry"
)

// newAlarms makes the alarms that watch Sluice itself and tell the topic of an event that nobody handled, a function that
// failed, or a release that needs a person. Each description says what to do.
func newAlarms(h home, made map[string]awslambda.Function, queues map[string]awssqs.Queue, topic awssns.Topic) {
	tell := awscloudwatchactions.NewSnsAction(topic)
	for _, f := range h.functions {
		newAlarm(h, tell, f.name+"-errors", f.about+": it failed. Read its log group /aws/lambda/"+h.Name(f.name),
			made[f.name].MetricErrors(overFiveMinutes("Sum")))
		if queue := queues[f.name]; queue != nil {
			newAlarm(h, tell, f.name+"-dead-letters", "An event for "+f.name+" was not handled. Look into queue "+*h.queueName(f.name)+
				", mend the cause, send the event again (docs/operations.md)",
				queue.MetricApproximateNumberOfMessagesVisible(overFiveMinutes("Maximum")))
		}
	}
	newAlarm(h, tell, "stuck", "A release left something behind that Sluice could not clean up. Follow 'when stuck' in docs/operations.md",
		ownMetric(h, telemetry.Stuck, "Sum"))
	newAlarm(h, tell, "turned-away", "Something was said in a person's name by what does not find out who people are. It did not count. Somebody may have the "+
		"credentials of a function's role: read log group /aws/lambda/"+h.Name("decide")+" and docs/security.md", ownMetric(h, telemetry.TurnedAway, "Sum"))
}

// newAlarm makes an alarm that goes red at the first occurrence within five minutes. No data means that nothing happened.
func newAlarm(h home, tell awscloudwatchactions.SnsAction, name, about string, metric awscloudwatch.IMetric) {
	awscloudwatch.NewAlarm(h.stack, jsii.String(pascal(name)+"Alarm"), &awscloudwatch.AlarmProps{
		AlarmName:          jsii.String(h.Name(name)),
		AlarmDescription:   jsii.String(about),
		Metric:             metric,
		Threshold:          jsii.Number(1),
		EvaluationPeriods:  jsii.Number(1),
		ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
		TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING,
	}).AddAlarmAction(tell)
}

// ownMetric is a metric that the functions write into their logs (package telemetry). Its dimensions are the environment and the
// given pairs of name and value.
func ownMetric(h home, name, statistic string, more ...string) awscloudwatch.Metric {
	dimensions := map[string]*string{"Environment": jsii.String(string(h.env))}
	for i := 0; i+1 < len(more); i += 2 {
		dimensions[more[i]] = jsii.String(more[i+1])
	}
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace:     jsii.String(telemetry.Namespace),
		MetricName:    jsii.String(name),
		DimensionsMap: &dimensions,
		Statistic:     jsii.String(statistic),
		Period:        awscdk.Duration_Minutes(jsii.Number(5)),
	})
}

func overFiveMinutes(statistic string) *awscloudwatch.MetricOptions {
	return &awscloudwatch.MetricOptions{Statistic: jsii.String(statistic), Period: awscdk.Duration_Minutes(jsii.Number(5))}
}
