package scenario

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"sluice/infra/deadletter"
	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/sandboxtest"
)

// Muted mutes an alarm from now until a time.
func (w *World) Muted(alarm string, until time.Time) {
	w.T.Helper()
	minutes := max(1, int(time.Until(until).Minutes()))
	_, err := w.CloudWatch.PutAlarmMuteRule(w.ctx, &cloudwatch.PutAlarmMuteRuleInput{
		Name: aws.String("maintenance"), MuteTargets: &cwtypes.MuteTargets{AlarmNames: []string{alarm}},
		Rule: &cwtypes.Rule{Schedule: &cwtypes.Schedule{
			Expression: aws.String("at(" + time.Now().UTC().Format("2006-01-02T15:04") + ")"), Duration: aws.String("PT" + strconv.Itoa(minutes) + "M"),
		}},
	})
	w.must(err)
}

// LastEvent is the last event that a function was invoked with, as bytes.
func (w *World) LastEvent(function string) []byte {
	w.T.Helper()
	w.journal.mu.Lock()
	defer w.journal.mu.Unlock()
	if w.invoked[function] == nil {
		w.T.Fatalf("%s was never invoked", function)
	}
	return w.invoked[function]
}

// Redeliver gives a function an event once more, as EventBridge may; what a person said comes through the alias that it came through.
func (w *World) Redeliver(function string, event []byte) {
	w.T.Helper()
	name := stackName + "-" + function
	if speaker := (&deadletter.Letter{Body: string(event)}).Speaker(); speaker != "" {
		name += ":" + speaker
	}
	w.must(w.Sandbox.Lambda.CallAsync(w.ctx, name, event))
}

// Executions lists every execution there ever was.
func (w *World) Executions() []sfntypes.ExecutionListItem {
	w.T.Helper()
	return w.executions("")
}

func (w *World) executions(status sfntypes.ExecutionStatus) (all []sfntypes.ExecutionListItem) {
	w.T.Helper()
	pages := sfn.NewListExecutionsPaginator(w.Machine, &sfn.ListExecutionsInput{
		StateMachineArn: aws.String(w.home.ARN("states", "stateMachine:"+stackName+"-release")),
		StatusFilter:    status, MaxResults: 1000,
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(w.ctx)
		w.must(err)
		all = append(all, page.Executions...)
	}
	return all
}

// ProvisionedConcurrency gives the alias what AWS does not allow together with weights.
func (w *World) ProvisionedConcurrency() {
	w.T.Helper()
	_, err := w.Lambda.PutProvisionedConcurrencyConfig(w.ctx, &lambda.PutProvisionedConcurrencyConfigInput{
		FunctionName: &w.service, Qualifier: aws.String(Alias), ProvisionedConcurrentExecutions: aws.Int32(1),
	})
	w.must(err)
}

// VersionWithOtherRole publishes version 4 with another execution role.
func (w *World) VersionWithOtherRole() {
	w.T.Helper()
	_, err := w.Lambda.UpdateFunctionConfiguration(w.ctx, &lambda.UpdateFunctionConfigurationInput{
		FunctionName: &w.service, Role: aws.String("arn:aws:iam::123456789012:role/other"),
	})
	w.must(err)
	w.publish(4)
}

// Subscribe makes a person read the topic.
func (w *World) Subscribe() {
	w.T.Helper()
	topic := sns.NewFromConfig(w.Sandbox.Config(""))
	out, err := topic.ListTopics(w.ctx, &sns.ListTopicsInput{})
	w.must(err)
	_, err = topic.Subscribe(w.ctx, &sns.SubscribeInput{
		TopicArn: out.Topics[0].TopicArn, Protocol: aws.String("email"), Endpoint: aws.String("ops@example.com"),
	})
	w.must(err)
}

// Mail is everything that people got, as text.
func (w *World) Mail() string {
	var b strings.Builder
	for _, m := range w.Sandbox.SNS.Mailbox() {
		b.WriteString(m.Subject + "\n" + m.Body + "\n")
	}
	return b.String()
}

// WithoutFailureEvents takes the rule that tells sweep of dead executions out of a template: those events are best effort.
func WithoutFailureEvents(t *cfn.Template) { silence(t, "SweepExecutions") }

// WithoutAlarmEvents loses all events of alarms.
func WithoutAlarmEvents(t *cfn.Template) { silence(t, "Guard") }

func silence(t *cfn.Template, rule string) {
	for id, r := range t.Resources {
		if r.Type == "AWS::Events::Rule" && strings.HasPrefix(id, rule) {
			r.Properties["State"] = "DISABLED"
		}
	}
}

// Without takes an action out of a function's role.
func Without(function, action string) func(*cfn.Template) {
	return func(t *cfn.Template) {
		for id, r := range t.Resources {
			if r.Type == "AWS::IAM::Role" && strings.HasPrefix(id, function+"Role") {
				sandboxtest.Inline(t, r)
				forbid(r.Properties["Policies"], action)
			}
		}
	}
}

// WithTests lets shift test the candidate, as infra/stack does for a definition with a step that has a test.
func WithTests(t *cfn.Template) {
	Allowing("Shift", "arn:aws:lambda:us-east-1:123456789012:function:"+Service+":*", "lambda:InvokeFunction")(t)
}

// Allowing is an edit of the template that allows a function more on a resource.
func Allowing(function, resource string, actions ...any) func(*cfn.Template) {
	return func(t *cfn.Template) {
		permit(t, function, map[string]any{"Effect": "Allow", "Action": actions, "Resource": resource})
	}
}

// permit adds a statement to the role of a function.
func permit(t *cfn.Template, function string, statement map[string]any) {
	for id, r := range t.Resources {
		if r.Type != "AWS::IAM::Role" || !strings.HasPrefix(id, function+"Role") {
			continue
		}
		policies := r.Properties["Policies"].([]any)
		r.Properties["Policies"] = append(policies, map[string]any{"PolicyName": fmt.Sprint("more", len(policies)), "PolicyDocument": map[string]any{
			"Version": "2012-10-17", "Statement": []any{statement},
		}})
	}
}

// forbid replaces an action by a harmless one wherever a policy grants it.
func forbid(node any, action string) {
	switch n := node.(type) {
	case []any:
		for i := range n {
			if n[i] == action {
				n[i] = "sts:GetCallerIdentity"
			}
			forbid(n[i], action)
		}
	case map[string]any:
		for k := range n {
			if n[k] == action {
				n[k] = "sts:GetCallerIdentity"
			}
			forbid(n[k], action)
		}
	}
}
