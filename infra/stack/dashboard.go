package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"sluice/shared/rollout"
	"sluice/shared/telemetry"
)

// outcomes are the colours of the end states, from good to bad.
var outcomes = map[rollout.End]string{
	rollout.Succeeded:  "#2ca02c",
	rollout.Superseded: "#7f7f7f",
	rollout.Rejected:   "#8c564b",
	rollout.Aborted:    "#9467bd",
	rollout.RolledBack: "#ff7f0e",
	rollout.Stuck:      "#d62728",
}

// newDashboard shows how releases end, how fast the guard is, and whether Sluice itself is well.
func newDashboard(h home, made map[string]awslambda.Function, queues map[string]awssqs.Queue) {
	awscloudwatch.NewDashboard(h.stack, jsii.String("Dashboard"), &awscloudwatch.DashboardProps{
		DashboardName:   jsii.String(h.Name("")),
		DefaultInterval: awscdk.Duration_Days(jsii.Number(7)),
		Widgets: &[]*[]awscloudwatch.IWidget{
			{graph("Releases by outcome", true, outcomeMetrics(h)), graph("From alarm to stable (ms)", false, guardMetrics(h, made["guard"]))},
			{graph("Errors by function", true, each(h, made, awslambda.Function.MetricErrors, "Sum")), graph("Duration by function, p99 (ms)", false, each(h, made, awslambda.Function.MetricDuration, "p99"))},
			{graph("Events not handled (dead-letter queues)", true, depths(h, queues))},
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
	for _, end := range rollout.Ends {
		metrics = append(metrics, ownMetric(h, telemetry.Releases, "Sum", "Outcome", string(end)).With(&awscloudwatch.MetricOptions{
			Label: jsii.String(string(end)), Color: jsii.String(outcomes[end]),
		}))
	}
	return metrics
}

// guardMetrics is the time from an alarm until traffic is restored, as the guard measures it, and two of its parts: the
// time on EventBridge (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html) and in the function.
func guardMetrics(h home, guard awslambda.Function) []awscloudwatch.IMetric {
	whole := ownMetric(h, telemetry.AlarmToStable, "Maximum").With(&awscloudwatch.MetricOptions{Label: jsii.String("alarm to stable, max")})
	onTheWay := awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: jsii.String("AWS/Events"), MetricName: jsii.String("IngestionToInvocationStartLatency"),
		DimensionsMap: &map[string]*string{"RuleName": jsii.String(h.Name("guard"))},
		Statistic:     jsii.String("p99"), Label: jsii.String("event to invocation, p99"),
	})
	return []awscloudwatch.IMetric{whole, onTheWay, duration(guard, "p50"), duration(guard, "p99")}
}

func duration(f awslambda.Function, statistic string) awscloudwatch.IMetric {
	return f.MetricDuration(&awscloudwatch.MetricOptions{Statistic: jsii.String(statistic), Label: jsii.String("guard, " + statistic)})
}

func each(h home, made map[string]awslambda.Function, metric func(awslambda.Function, *awscloudwatch.MetricOptions) awscloudwatch.Metric, statistic string) []awscloudwatch.IMetric {
	var metrics []awscloudwatch.IMetric
	for _, f := range h.functions {
		metrics = append(metrics, metric(made[f.name], &awscloudwatch.MetricOptions{Statistic: jsii.String(statistic), Label: jsii.String(f.name)}))
	}
	return metrics
}

func depths(h home, queues map[string]awssqs.Queue) []awscloudwatch.IMetric {
	var metrics []awscloudwatch.IMetric
	for _, f := range h.functions {
		if queue := queues[f.name]; queue != nil {
			metrics = append(metrics, queue.MetricApproximateNumberOfMessagesVisible(&awscloudwatch.MetricOptions{
				Statistic: jsii.String("Maximum"), Label: jsii.String(f.name),
			}))
		}
	}
	return metrics
}
