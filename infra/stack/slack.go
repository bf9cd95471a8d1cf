package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

// newSlackAPI makes a parameter of the template for those who use GovSlack, which has another address.
func newSlackAPI(h home) string {
	return *awscdk.NewCfnParameter(h.stack, jsii.String("SlackApi"), &awscdk.CfnParameterProps{
		Type: jsii.String("String"), Default: jsii.String("https://slack.com/api"),
		Description: jsii.String("Where Slack's methods are; https://slack-gov.com/api for GovSlack"),
	}).ValueAsString()
}

// slackSecret is the name of the secret that holds the bot token. The stack does not make the secret: whoever uses Slack does, and
// nobody else pays for it.
func slackSecret(h home) string { return h.Name("") + "/slack" }

// signingSecret is the name of the secret with which Slack signs what people press. It is apart from the bot token, so that the
// function that takes requests from the internet cannot write into Slack.
func signingSecret(h home) string { return h.Name("") + "/slack-signing" }
