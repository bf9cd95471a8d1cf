package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"
)

// newQueues makes one dead-letter queue for each function that events feed. Both ways to lose an event end there:
// EventBridge could not deliver it, or the function failed on it three times. Either way the message is the event
// itself, so one way of looking at it and sending it again serves both. (An on-failure destination would wrap the
// event; a dead-letter queue does not.)
func newQueues(h home) map[string]awssqs.Queue {
	queues := map[string]awssqs.Queue{}
	for _, f := range h.functions {
		if f.woken != byEvent {
			continue
		}
		queues[f.name] = awssqs.NewQueue(h.stack, jsii.String(pascal(f.name)+"DeadLetters"), &awssqs.QueueProps{
			QueueName:       h.queueName(f.name),
			RetentionPeriod: awscdk.Duration_Days(jsii.Number(14)), // the most that SQS keeps
			Encryption:      awssqs.QueueEncryption_SQS_MANAGED,
			EnforceSSL:      jsii.Bool(true),
			RemovalPolicy:   h.removal(),
		})
	}
	return queues
}

// queueName is the name of a function's dead-letter queue.
func (h home) queueName(function string) *string {
	return jsii.String(h.Name(function + "-dead-letters"))
}
