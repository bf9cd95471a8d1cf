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

// newOutputs makes the outputs that tell a person what to do after a deployment: commands to paste and pages to open.
func newOutputs(h home, services []definition.Service, bus awsevents.EventBus, topic awssns.Topic, machine string, urls map[string]*string, operator *string, where conditions) {
	region := *h.stack.Region()
	console := newConsole(h, where)
	output(h, "ReleaseCommand", "Asks for a release: put your version, commit and name in", *either(where.addresses,
		fmt.Sprintf("AWS_REGION=%s sluice release %s VERSION --commit COMMIT --author YOU --reason WHY -e %s", region, example(services), h.Environment),
		fmt.Sprintf(`aws events put-events --region %s --entries '[{"EventBusName":"%s","Source":"person","DetailType":"%s","Detail":"%s"}]'`,
			region, *bus.EventBusName(), events.ReleaseRequested, exampleDetail(services))))
	output(h, "SubscribeCommand", "Sends you mail when a release ends and when Sluice needs you",
		fmt.Sprintf("aws sns subscribe --region %s --topic-arn %s --protocol email --notification-endpoint you@example.com", region, *topic.TopicArn()))
	output(h, "PauseCommand", "Stops new releases from starting; enable-rule lets them start again",
		fmt.Sprintf("aws events disable-rule --region %s --event-bus-name %s --name %s", region, *bus.EventBusName(), h.Name("trigger")))
	output(h, "OperatorPolicy", "Attach this policy to the roles of people and jobs that use the command line sluice", *operator)
	visited(h, where, "LinkCommand", "Makes a link to the pages; first put keys into the secrets that sign links: see docs/operations.md",
		fmt.Sprintf("AWS_REGION=%s sluice open -e %s", region, h.Environment))
	visited(h, where, "FreezeCommand", "Lets no release of any service begin or get more traffic; sluice unfreeze lets them go on",
		fmt.Sprintf("AWS_REGION=%s sluice freeze --reason WHY -e %s", region, h.Environment))
	visited(h, where, "SlackButtonsAddress", "Put this into the Slack app: Interactivity & Shortcuts, Request URL", *urls["button"])
	visited(h, where, "WebhookAddress", "Put this, with github, gitlab or bitbucket at its end, into the webhooks of your repository", *urls["webhook"])
	output(h, "WithoutAddresses", "What there is not, because Lambda gives functions no addresses here", withoutAddresses).SetCondition(where.nowhere)
	output(h, "DashboardPage", "Releases by outcome, the guard's speed, Sluice's own health",
		console+"/cloudwatch/home?region="+region+"#dashboards/dashboard/"+h.Name(""))
	output(h, "ReleasesPage", "Every release, state by state",
		console+"/states/home?region="+region+"#/statemachines/view/"+machine)
}

const withoutAddresses = "No pages: mails say the commands that read a release and answer it. No buttons in Slack: messages say the command. " +
	"No webhooks: releases come by events, CodeCommit, ECR, S3 and CodePipeline. See docs/operations.md, Where functions have no addresses"

// example is the first service.
func example(services []definition.Service) string {
	if len(services) > 0 {
		return services[0].Definition.Service
	}
	return "YOUR-SERVICE"
}

// exampleDetail is the body of an event for the first service, quoted for the inside of a JSON string.
func exampleDetail(services []definition.Service) string {
	return fmt.Sprintf(`{\"service\":\"%s\",\"revision\":\"VERSION\",\"commit\":\"COMMIT\",\"author\":\"YOU\",\"reason\":\"WHY\"}`, example(services))
}

// visited makes an output with an address on the internet, where functions have addresses.
func visited(h home, where conditions, id, about, value string) {
	output(h, id, about, value).SetCondition(where.addresses)
}

func output(h home, id, about, value string) awscdk.CfnOutput {
	return awscdk.NewCfnOutput(h.stack, jsii.String(id), &awscdk.CfnOutputProps{Description: jsii.String(about), Value: jsii.String(value)})
}

// newConsole is the address at which people sign in; each partition has its own
// (https://docs.aws.amazon.com/general/latest/gr/mgmt-console.html, https://docs.amazonaws.cn/en_us/aws/latest/userguide/introduction.html,
// https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/getting-started-sign-in.html).
func newConsole(h home, where conditions) string {
	elsewhere := awscdk.Fn_ConditionIf(where.gov.LogicalId(), "console.amazonaws-us-gov.com", h.Region+".console.aws.amazon.com")
	return "https://" + *either(where.china, "console.amazonaws.cn", elsewhere)
}
