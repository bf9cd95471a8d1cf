package sandbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/smithy-go"

	"sluice/test/sandbox"
	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/sandboxtest"
)

const (
	account = "123456789012"
	machine = "arn:aws:states:us-east-1:" + account + ":stateMachine:sluice-sandbox-release"
	topic   = "arn:aws:sns:us-east-1:" + account + ":sluice-sandbox-people"
)

// without is the golden template without one action in its policies, or one resource where that is what it is.
func without(t testing.TB, resource string, drop func(r *cfn.Resource) bool) *cfn.Template {
	t.Helper()
	template := golden(t).Clone()
	for id, r := range template.Resources {
		if !strings.HasPrefix(id, resource) {
			continue
		}
		sandboxtest.Inline(template, r)
		if drop(r) {
			return template
		}
	}
	t.Fatalf("nothing to drop: the golden template has no such line in a resource named %s...", resource)
	return nil
}

// action drops an action from the statements of a role.
func action(name string) func(r *cfn.Resource) bool {
	return func(r *cfn.Resource) (found bool) {
		if r.Type != "AWS::IAM::Role" {
			return false
		}
		for _, p := range r.Properties["Policies"].([]any) {
			for _, s := range p.(map[string]any)["PolicyDocument"].(map[string]any)["Statement"].([]any) {
				found = dropAction(s.(map[string]any), name) || found
			}
		}
		return found
	}
}

func dropAction(statement map[string]any, name string) bool {
	if statement["Action"] == name {
		statement["Action"] = "nothing:AtAll"
		return true
	}
	list, _ := statement["Action"].([]any)
	at := slices.Index(list, any(name))
	if at >= 0 {
		statement["Action"] = slices.Delete(list, at, at+1)
	}
	return at >= 0
}

func moveAlias(t testing.TB, box *sandbox.Sandbox) error {
	t.Helper()
	cfg, err := box.ConfigFor("sluice-sandbox-guard")
	if err != nil {
		t.Fatal(err)
	}
	_, err = lambda.NewFromConfig(cfg).UpdateAlias(t.Context(), &lambda.UpdateAliasInput{
		FunctionName: new("checkout"), Name: new("live"), FunctionVersion: new("2"),
	})
	return err
}

func wantDenied(t testing.TB, err error, want ...string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || !strings.Contains(api.ErrorCode(), "AccessDenied") {
		t.Fatalf("error %v; want an access denied", err)
	}
	for _, w := range want {
		if !strings.Contains(api.ErrorMessage(), w) {
			t.Errorf("message %q does not name %s", api.ErrorMessage(), w)
		}
	}
}

func TestAFunctionMayDoWhatItsRoleInTheTemplateAllows(t *testing.T) {
	box := boot(t, sandbox.Options{Template: golden(t)})
	checkout(t, box)
	if err := moveAlias(t, box); err != nil {
		t.Errorf("guard moves the alias: %v", err)
	}
}

func TestAPermissionMissingInTheTemplateIsMissingHere(t *testing.T) {
	box := boot(t, sandbox.Options{Template: without(t, "GuardRole", action("lambda:UpdateAlias"))})
	checkout(t, box)
	wantDenied(t, moveAlias(t, box), "lambda:UpdateAlias", "function:checkout", "GuardRole")
}

func TestARoleThatTheTemplateLacksMayDoNothing(t *testing.T) {
	box := boot(t, sandbox.Options{Template: golden(t)})
	_, err := sns.NewFromConfig(box.Config("nobody")).Publish(t.Context(), &sns.PublishInput{TopicArn: new(topic), Message: new("x")})
	if err == nil || !strings.Contains(err.Error(), "sns:Publish") {
		t.Errorf("error %v; want a denied sns:Publish", err)
	}
}

// run is what the machine makes of one execution in virtual time.
func run(t *testing.T, o sandbox.Options) (status sfntypes.ExecutionStatus, failure string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		box := boot(t, o)
		client := sfn.NewFromConfig(box.Config(""))
		started, err := client.StartExecution(t.Context(), &sfn.StartExecutionInput{StateMachineArn: new(machine), Input: new(`{"release":"r","functions":""}`)})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(24 * time.Hour)
		out, err := client.DescribeExecution(t.Context(), &sfn.DescribeExecutionInput{ExecutionArn: started.ExecutionArn})
		if err != nil {
			t.Fatal(err)
		}
		history, err := client.GetExecutionHistory(t.Context(), &sfn.GetExecutionHistoryInput{ExecutionArn: started.ExecutionArn})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(history.Events)
		if err != nil {
			t.Fatal(err)
		}
		status, failure = out.Status, string(text)
		box.Close()
	})
	return status, failure
}

func TestTheMachineInvokesOnThePermissionsOfItsRole(t *testing.T) {
	answer := answering(`{"release":"r","functions":"","next":"settle","seconds":1,"end":"succeeded"}`)
	if status, history := run(t, sandbox.Options{Template: golden(t), InProcess: answer}); status != sfntypes.ExecutionStatusSucceeded {
		t.Errorf("with the golden template the execution is %s: %s", status, history)
	}
	status, history := run(t, sandbox.Options{Template: without(t, "ReleaseRole", action("lambda:InvokeFunction")), InProcess: answer})
	if status != sfntypes.ExecutionStatusFailed || !strings.Contains(history, "not authorized to perform: lambda:InvokeFunction") {
		t.Errorf("without lambda:InvokeFunction the execution is %s: %s", status, history)
	}
}

// heard counts the calls of a function.
type heard struct{ calls chan string }

func (h heard) inProcess(function, _ string) func(context.Context, []byte) ([]byte, error) {
	return func(_ context.Context, payload []byte) ([]byte, error) {
		h.calls <- function + " " + string(payload)
		return []byte(`{}`), nil
	}
}

// alarmGoesRed boots, has an alarm go red and answers what was heard and what lies in the guard's dead-letter queue.
func alarmGoesRed(t *testing.T, template *cfn.Template) (calls []string, deadLetters, mails int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := heard{make(chan string, 100)}
		box := boot(t, sandbox.Options{Template: template, InProcess: h.inProcess})
		if _, err := sns.NewFromConfig(box.Config("")).Subscribe(t.Context(), &sns.SubscribeInput{
			TopicArn: new(topic), Protocol: new("email"), Endpoint: new("me@example.com"),
		}); err != nil {
			t.Fatal(err)
		}
		before := len(box.SNS.Mailbox())
		if _, err := cloudwatch.NewFromConfig(box.Config("")).SetAlarmState(t.Context(), &cloudwatch.SetAlarmStateInput{
			AlarmName: new("sluice-sandbox-stuck"), StateValue: cwtypes.StateValueAlarm, StateReason: new("drill"),
		}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		mails = len(box.SNS.Mailbox()) - before
		deadLetters = box.SQS.Depth("arn:aws:sqs:us-east-1:" + account + ":sluice-sandbox-guard-dead-letters")
		box.Close()
		close(h.calls)
		for c := range h.calls {
			calls = append(calls, c)
		}
	})
	return calls, deadLetters, mails
}

func TestAnAlarmReachesTheGuardAndThePeople(t *testing.T) {
	calls, deadLetters, mails := alarmGoesRed(t, golden(t))
	if len(calls) != 1 || !strings.HasPrefix(calls[0], "sluice-sandbox-guard ") || !strings.Contains(calls[0], "CloudWatch Alarm State Change") {
		t.Errorf("functions heard %q; want the guard to hear one alarm", calls)
	}
	if deadLetters != 0 || mails != 1 {
		t.Errorf("%d dead letters and %d mails; want 0 and 1", deadLetters, mails)
	}
}

func TestAnEventThatTheFunctionsPolicyRefusesIsADeadLetter(t *testing.T) {
	template := without(t, "GuardRuleAllow", func(r *cfn.Resource) bool {
		r.Properties["SourceArn"] = "arn:aws:events:us-east-1:" + account + ":rule/another"
		return true
	})
	calls, deadLetters, _ := alarmGoesRed(t, template)
	if len(calls) != 0 || deadLetters != 1 {
		t.Errorf("functions heard %q, and %d dead letters; want none and 1", calls, deadLetters)
	}
}

func TestATopicWhosePolicyForgetsAlarmsHearsNone(t *testing.T) {
	template := without(t, "PeoplePolicy", func(r *cfn.Resource) bool {
		document := r.Properties["PolicyDocument"].(map[string]any)
		document["Statement"] = document["Statement"].([]any)[:1]
		return true
	})
	if _, _, mails := alarmGoesRed(t, template); mails != 0 {
		t.Errorf("%d mails; want none", mails)
	}
}

// failing are functions that fail on every event.
func failing(string, string) func(context.Context, []byte) ([]byte, error) {
	return func(context.Context, []byte) ([]byte, error) { return nil, errors.New("broken") }
}

// deadLettersOfDecide sends an event that decide fails on, for as long as Lambda tries.
func deadLettersOfDecide(t *testing.T, template *cfn.Template) (depth int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		box := boot(t, sandbox.Options{Template: template, InProcess: failing})
		out, err := eventbridge.NewFromConfig(box.Config("")).PutEvents(t.Context(), &eventbridge.PutEventsInput{
			Entries: []ebtypes.PutEventsRequestEntry{{
				EventBusName: new("sluice-sandbox"), Source: new("me"), DetailType: new("release.abort-requested"), Detail: new(`{}`),
			}},
		})
		if err != nil || out.FailedEntryCount != 0 {
			t.Fatalf("putting events: %v %+v", err, out)
		}
		time.Sleep(10 * time.Minute)
		depth = box.SQS.Depth("arn:aws:sqs:us-east-1:" + account + ":sluice-sandbox-decide-dead-letters")
		box.Close()
	})
	return depth
}

func TestAFailedEventIsKeptOnThePermissionsOfTheFunction(t *testing.T) {
	if depth := deadLettersOfDecide(t, golden(t)); depth != 1 {
		t.Errorf("with the golden template %d events lie in the dead-letter queue; want 1", depth)
	}
	if depth := deadLettersOfDecide(t, without(t, "DecideRole", action("sqs:SendMessage"))); depth != 0 {
		t.Errorf("without sqs:SendMessage %d events lie in the dead-letter queue; want 0", depth)
	}
}
