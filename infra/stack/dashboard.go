package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"
)

// outcomes are the metrics that settle writes, one for each end state, in the order and colours of good to bad.
var outcomes = []struct{ metric, label, colour string }{
	{"Succeeded", "succeeded", "#2ca02c"},
	{"Superseded", "superseded", "#7f7f7f"},
	{"Rejected", "rejected", "#8c564b"},
	{"Aborted", "aborted", "#9467bd"},
	{"RolledBack", "rolled-back", "#ff7f0e"},
	{"Stuck", "stuck", "#d62728"},
}

// newDashboard shows how releases end, how fast the guard is, and whether Sluice itself is well.
func newDashboard(h home, made map[string]awslambda.Function, queues map[string]awssqs.Queue) {
	awscloudwatch.NewDashboard(h.stack, jsii.String("Dashboard"), &awscloudwatch.DashboardProps{
		DashboardName:   jsii.String(h.name("")),
		DefaultInterval: awscdk.Duration_Days(jsii.Number(7)),
		Widgets: &[]*[]awscloudwatch.IWidget{
			{graph("Releases by outcome", true, outcomeMetrics(h)), graph("Alarm to guard, guard's own time (ms)", false, guardMetrics(h, made["guard"]))},
			{graph("Errors by function", true, each(made, awslambda.Function.MetricErrors, "Sum")), graph("Duration by function, p99 (ms)", false, each(made, awslambda.Function.MetricDuration, "p99"))},
			{graph("Events not handled (dead-letter queues)", true, depths(queues))},
		},
	})
}

func graph(title string, stacked bool, metrics []awscloudwatch.IMetric) awscloudwatch.IWidget {
	return awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{
		Title: jsii.String(title), Width: jsii.Number(12), Height: jsii.Number(6),
		Stacked: jsii.Bool(stacked), Left: &metrics, LeftYAxis: &awscloudwatch.YAxisProps{Min: jsii.Number(0)},
	})
}

func outcomeMetrics(h home) []awscloudwatch.IMetric {
	var metrics []awscloudwatch.IMetric
	for _, o := range outcomes {
		metrics = append(metrics, ownMetric(h, o.metric, "Sum").With(&awscloudwatch.MetricOptions{
			Label: jsii.String(o.label), Color: jsii.String(o.colour),
		}))
	}
	return metrics
}

// guardMetrics is what lies between an alarm's event and traffic restored: the time on EventBridge
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html) and in the function.
func guardMetrics(h home, guard awslambda.Function) []awscloudwatch.IMetric {
	onTheWay := awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: jsii.String("AWS/Events"), MetricName: jsii.String("IngestionToInvocationStartLatency"),
		DimensionsMap: &map[string]*string{"RuleName": jsii.String(h.name("guard"))},
		Statistic:     jsii.String("p99"), Label: jsii.String("event to invocation, p99"),
	})
	return []awscloudwatch.IMetric{onTheWay, duration(guard, "p50"), duration(guard, "p99")}
}

func duration(f awslambda.Function, statistic string) awscloudwatch.IMetric {
	return f.MetricDuration(&awscloudwatch.MetricOptions{Statistic: jsii.String(statistic), Label: jsii.String("guard, " + statistic)})
}

func each(made map[string]awslambda.Function, metric func(awslambda.Function, *awscloudwatch.MetricOptions) awscloudwatch.Metric, statistic string) []awscloudwatch.IMetric {
	var metrics []awscloudwatch.IMetric
	for _, f := range functions {
		metrics = append(metrics, metric(made[f.name], &awscloudwatch.MetricOptions{Statistic: jsii.String(statistic), Label: jsii.String(f.name)}))
	}
	return metrics
}

func depths(queues map[string]awssqs.Queue) []awscloudwatch.IMetric {
	var metrics []awscloudwatch.IMetric
	for _, f := range functions {
		if queue := queues[f.name]; queue != nil {
			metrics = append(metrics, queue.MetricApproximateNumberOfMessagesVisible(&awscloudwatch.MetricOptions{
				Statistic: jsii.String("Maximum"), Label: jsii.String(f.name),
			}))
		}
	}
	return metrics
}
