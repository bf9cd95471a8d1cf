package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
)

// newTopic makes the topic that people subscribe to: the ends of releases and Sluice's own alarms.
//
// It has no KMS key. CloudWatch alarms cannot publish to a topic under the account's own key for SNS, because its key
// policy cannot be changed (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html),
// and a key of our own would cost money at rest to hide texts that name services, versions and alarms, but no secrets.
func newTopic(h home) awssns.Topic {
	topic := awssns.NewTopic(h.stack, jsii.String("People"), &awssns.TopicProps{
		TopicName:   jsii.String(h.Name("people")),
		DisplayName: jsii.String("Sluice " + string(h.env)),
		EnforceSSL:  jsii.Bool(true),
	})
	topic.AddToResourcePolicy(alarmsMayPublish(h, topic))
	return topic
}

// alarmsMayPublish lets the alarms of this stack publish. A topic's default policy does that for the whole account, but any
// policy of our own takes the default's place, and EnforceSSL makes one.
func alarmsMayPublish(h home, topic awssns.Topic) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("AlarmsOfThisStack"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("cloudwatch.amazonaws.com"), nil)},
		Actions:    jsii.Strings("sns:Publish"),
		Resources:  &[]*string{topic.TopicArn()},
		Conditions: &map[string]any{
			"ArnLike":      map[string]any{"aws:SourceArn": h.ARN("cloudwatch", "alarm:"+h.Name("*"))},
			"StringEquals": map[string]any{"aws:SourceAccount": h.stack.Account()},
		},
	})
}
