package stack

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"sluice/events"
	"sluice/infra/definition"
)

// newOutputs prints, after a deployment, what a person does next: commands to paste and pages to open.
func newOutputs(h home, services []definition.Service, bus awsevents.EventBus, topic awssns.Topic, machine string, urls map[string]*string) {
	region := *h.stack.Region()
	console := newConsole(h)
	output(h, "ReleaseCommand", "Asks for a release: put your version, commit and name in",
		fmt.Sprintf(`aws events put-events --region %s --entries '[{"EventBusName":"%s","Source":"person","DetailType":"%s","Detail":"%s"}]'`,
			region, *bus.EventBusName(), events.ReleaseRequested, exampleDetail(services)))
	output(h, "SubscribeCommand", "Sends you mail when a release ends and when Sluice needs you",
		fmt.Sprintf("aws sns subscribe --region %s --topic-arn %s --protocol email --notification-endpoint you@example.com", region, *topic.TopicArn()))
	output(h, "PauseCommand", "Stops new releases from starting; enable-rule lets them start again",
		fmt.Sprintf("aws events disable-rule --region %s --event-bus-name %s --name %s", region, *bus.EventBusName(), h.name("trigger")))
	output(h, "LinkCommand", "Makes a link to the pages; first put keys into the secrets that sign links: see docs/operations.md",
		fmt.Sprintf(`aws lambda invoke --region %s --function-name %s --cli-binary-format raw-in-base64-out --payload '{"link":{}}' /dev/stdout`, region, h.name("console")))
	output(h, "SlackButtonsAddress", "Put this into the Slack app: Interactivity & Shortcuts, Request URL", *urls["button"])
	output(h, "WebhookAddress", "Put this, with github, gitlab or bitbucket at its end, into the webhooks of your repository", *urls["webhook"])
	output(h, "DashboardPage", "Releases by outcome, the guard's speed, Sluice's own health",
		console+"/cloudwatch/home?region="+region+"#dashboards/dashboard/"+h.name(""))
	output(h, "ReleasesPage", "Every release, state by state",
		console+"/states/home?region="+region+"#/statemachines/view/"+machine)
}

// exampleDetail is the body of an event for the first service, quoted for the inside of a JSON string.
func exampleDetail(services []definition.Service) string {
	service := "YOUR-SERVICE"
	if len(services) > 0 {
		service = services[0].Definition.Service
	}
	return fmt.Sprintf(`{\"service\":\"%s\",\"revision\":\"VERSION\",\"commit\":\"COMMIT\",\"author\":\"YOU\",\"reason\":\"WHY\"}`, service)
}

func output(h home, id, about, value string) {
	awscdk.NewCfnOutput(h.stack, jsii.String(id), &awscdk.CfnOutputProps{Description: jsii.String(about), Value: jsii.String(value)})
}

// newConsole is where people sign in, which each partition has elsewhere
// (https://docs.aws.amazon.com/general/latest/gr/mgmt-console.html, https://docs.amazonaws.cn/en_us/aws/latest/userguide/introduction.html,
// https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/getting-started-sign-in.html).
func newConsole(h home) string {
	china, gov := newPartition(h, "China", "aws-cn"), newPartition(h, "GovCloud", "aws-us-gov")
	host := awscdk.Fn_ConditionIf(china, "console.amazonaws.cn",
		awscdk.Fn_ConditionIf(gov, "console.amazonaws-us-gov.com", h.region+".console.aws.amazon.com"))
	return "https://" + *awscdk.Token_AsString(host, nil)
}

func newPartition(h home, id, partition string) *string {
	return awscdk.NewCfnCondition(h.stack, jsii.String(id), &awscdk.CfnConditionProps{
		Expression: awscdk.Fn_ConditionEquals(h.partition, partition),
	}).LogicalId()
}
