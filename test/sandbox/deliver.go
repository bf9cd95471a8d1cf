package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	awssfn "github.com/aws/aws-sdk-go-v2/service/sfn"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/smithy-go"

	"sluice/test/sandbox/eventbridge"
	"sluice/test/sandbox/lambda"
	"sluice/test/sandbox/sfn"
)

// Services that act by themselves, as policies name them.
const (
	byEvents = "events.amazonaws.com"
	byAlarms = "cloudwatch.amazonaws.com"
	byTopics = "sns.amazonaws.com"
	byStates = "states.amazonaws.com"
	byLambda = "lambda.amazonaws.com"

	byPipelines = "codepipeline.amazonaws.com"
)

// deliveries is how EventBridge reaches its targets. Functions, queues and topics decide by their own policy, state
// machines by the role that the target names:
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
func (s *Sandbox) deliveries() map[string]func(context.Context, eventbridge.Delivery) error {
	to := map[string]func(context.Context, eventbridge.Delivery) error{
		"lambda": func(ctx context.Context, d eventbridge.Delivery) error {
			return final(s.invoke(ctx, rule(d), d.TargetARN, d.Payload))
		},
		"sqs": func(ctx context.Context, d eventbridge.Delivery) error {
			return final(s.send(ctx, rule(d), d.TargetARN, d.Payload, d.Attributes))
		},
		"sns": func(ctx context.Context, d eventbridge.Delivery) error {
			return final(s.publish(ctx, rule(d), d.TargetARN, "", string(d.Payload)))
		},
		"states": func(ctx context.Context, d eventbridge.Delivery) error {
			return final(s.execute(ctx, sender{service: byEvents, role: d.RoleARN}, d.TargetARN, d.Payload))
		},
	}
	for service, deliver := range to {
		to[service] = func(ctx context.Context, d eventbridge.Delivery) error {
			hop := Hop{From: "events", Target: d.TargetARN, Payload: d.Payload}
			return s.options.Hop(ctx, hop, func(ctx context.Context) error { return deliver(ctx, d) })
		}
	}
	return to
}

func rule(d eventbridge.Delivery) sender { return sender{service: byEvents, sourceARN: d.RuleARN} }

// A refusal is a delivery that no retry will mend: no permission, no target.
type refusal struct{ error }

// Permanent tells EventBridge and SNS not to try again.
func (refusal) Permanent() bool { return true }

// Unwrap gives the reason.
func (r refusal) Unwrap() error { return r.error }

// final marks the errors that no retry mends: those that are the sender's fault, except throttling.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
func final(err error) error {
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorFault() == smithy.FaultServer ||
		strings.Contains(api.ErrorCode(), "TooManyRequests") || strings.Contains(api.ErrorCode(), "Throttl") {
		return err
	}
	return refusal{err}
}

// invoke queues an event for a function, if its policy lets the sender.
func (s *Sandbox) invoke(ctx context.Context, from sender, function string, payload []byte) error {
	if err := s.access.allow(from, "lambda:InvokeFunction", function); err != nil {
		return err
	}
	return s.Lambda.CallAsync(ctx, function, payload)
}

// send puts a message into a queue, if the queue's policy or the sender's role lets it.
func (s *Sandbox) send(ctx context.Context, from sender, queue string, body []byte, attributes map[string]string) error {
	policy, exists := s.SQS.Policy(queue)
	if exists { // else Send says that there is no such queue
		if err := s.access.setPolicy(queue, policy); err != nil {
			return err
		}
		if err := s.access.allow(from, "sqs:SendMessage", queue); err != nil {
			return err
		}
	}
	return s.SQS.Send(ctx, queue, body, attributes)
}

// publish sends to a topic, if the topic's policy or the sender's role lets it.
func (s *Sandbox) publish(ctx context.Context, from sender, topic, subject, message string) error {
	policy, exists := s.SNS.Policy(topic)
	if exists { // else Publish says that there is no such topic
		if err := s.access.setPolicy(topic, policy); err != nil {
			return err
		}
		if err := s.access.allow(from, "sns:Publish", topic); err != nil {
			return err
		}
	}
	_, err := s.SNS.Publish(ctx, &awssns.PublishInput{TopicArn: &topic, Message: &message, Subject: optional(subject)})
	return err
}

func (s *Sandbox) execute(ctx context.Context, from sender, machine string, input []byte) error {
	if err := s.access.allow(from, "states:StartExecution", machine); err != nil {
		return err
	}
	_, err := s.StepFunctions.StartExecution(ctx, &awssfn.StartExecutionInput{StateMachineArn: &machine, Input: new(string(input))})
	return err
}

// task runs a function for a Task state, on the permissions of the machine's role.
func (s *Sandbox) task(ctx context.Context, role, function string, payload []byte) ([]byte, *sfn.FunctionError, error) {
	if err := s.access.allow(sender{service: byStates, role: role}, "lambda:InvokeFunction", function); err != nil {
		return nil, nil, err
	}
	var result lambda.Result
	err := s.options.Hop(ctx, Hop{From: "states", Target: function, Payload: payload}, func(ctx context.Context) (err error) {
		result, err = s.Lambda.Call(ctx, function, payload)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if result.FunctionError != "" {
		return result.Payload, &sfn.FunctionError{Type: result.ErrorType, Message: result.ErrorMessage}, nil
	}
	return result.Payload, nil, nil
}

// callAs runs a function for a service that waits for its end, on the permissions of a role that the service takes on.
func (s *Sandbox) callAs(ctx context.Context, service, role, function string, payload []byte) (result lambda.Result, err error) {
	if err := s.access.allow(sender{service: service, role: role}, "lambda:InvokeFunction", function); err != nil {
		return result, err
	}
	err = s.options.Hop(ctx, Hop{From: strings.TrimSuffix(service, ".amazonaws.com"), Target: function, Payload: payload}, func(ctx context.Context) (err error) {
		result, err = s.Lambda.Call(ctx, function, payload)
		return err
	})
	return result, err
}

// readAlarm reads an alarm for a service, on the permissions of such a role; without a role the service may by itself.
func (s *Sandbox) readAlarm(service, role, alarm string) (state string, actions bool, err error) {
	if role != "" {
		if err := s.access.allow(sender{service: service, role: role}, "cloudwatch:DescribeAlarms", alarm); err != nil {
			return "", false, err
		}
	}
	_, name, _ := strings.Cut(alarm, ":alarm:")
	out, err := s.CloudWatch.DescribeAlarms(context.Background(), &awscloudwatch.DescribeAlarmsInput{
		AlarmNames: []string{name}, AlarmTypes: []cloudwatchtypes.AlarmType{cloudwatchtypes.AlarmTypeMetricAlarm, cloudwatchtypes.AlarmTypeCompositeAlarm},
	})
	switch {
	case err != nil:
		return "", false, err
	case len(out.MetricAlarms) == 1:
		return string(out.MetricAlarms[0].StateValue), *out.MetricAlarms[0].ActionsEnabled, nil
	case len(out.CompositeAlarms) == 1:
		return string(out.CompositeAlarms[0].StateValue), *out.CompositeAlarms[0].ActionsEnabled, nil
	}
	return "", false, fmt.Errorf("there is no alarm %s", alarm)
}

// act carries out an alarm's action. One that the topic refuses is lost on AWS too; here the log says so.
func (s *Sandbox) act(ctx context.Context, action, subject, message string) {
	var alarm struct{ AlarmArn string }
	err := json.Unmarshal([]byte(message), &alarm)
	if err == nil {
		err = s.publish(ctx, sender{service: byAlarms, sourceARN: alarm.AlarmArn}, action, subject, message)
	}
	if err != nil {
		s.options.Logs("sandbox", fmt.Appendf(nil, "alarm action %s: %v", action, err))
	}
}

// subscription hands a topic's message to a queue or function.
func (s *Sandbox) subscription(ctx context.Context, topic, protocol, endpoint string, message []byte) error {
	from := sender{service: byTopics, sourceARN: topic}
	switch protocol {
	case "lambda":
		return final(s.invoke(ctx, from, endpoint, message))
	case "sqs":
		return final(s.send(ctx, from, endpoint, message, nil))
	}
	return refusal{fmt.Errorf("delivering to a subscription by %s: not implemented by the sandbox", protocol)}
}

// keep hands what a function failed on, or a record of how it went, to the queue, topic, function or bus that it names,
// on the permissions of the function's role:
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
func (s *Sandbox) keep(ctx context.Context, d lambda.Delivery) error {
	from := sender{service: byLambda, role: d.RoleARN}
	switch parsed, err := arn.Parse(d.TargetARN); {
	case err != nil:
		return fmt.Errorf("reading destination %s: %w", d.TargetARN, err)
	case parsed.Service == "sqs":
		return s.send(ctx, from, d.TargetARN, d.Payload, d.Attributes)
	case parsed.Service == "sns":
		return s.publish(ctx, from, d.TargetARN, "", string(d.Payload))
	case parsed.Service == "lambda":
		return s.invoke(ctx, from, d.TargetARN, d.Payload)
	}
	return fmt.Errorf("delivering to destination %s: not implemented by the sandbox", d.TargetARN)
}
