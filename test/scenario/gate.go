package scenario

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/codebuild"
)

// GateRights is what the stack grants for the gates of the stories: infra/stack makes the same of a definition that
// names the same.
var GateRights = []struct {
	Function, Resource string
	Actions            []any
}{
	{"Gates", "arn:aws:ssm:us-east-1:123456789012:parameter/checkout/releases", []any{"ssm:GetParameter"}},
	{"Gates", "arn:aws:dynamodb:us-east-1:123456789012:table/sluice-sandbox", []any{"dynamodb:UpdateItem"}},
	{"Gates", "arn:aws:ssm:us-east-1:123456789012:document/changes", []any{"ssm:GetCalendarState"}},
	{"Gates", "arn:aws:lambda:us-east-1:123456789012:function:checkout-smoke", []any{"lambda:InvokeFunction"}},
	{"Gates", "arn:aws:secretsmanager:us-east-1:123456789012:secret:checkout-hooks", []any{"secretsmanager:GetSecretValue"}}, // while there is none
	{"Gates", "arn:aws:secretsmanager:us-east-1:123456789012:secret:checkout-hooks-??????", []any{"secretsmanager:GetSecretValue"}},
	{"Gates", "arn:aws:codebuild:us-east-1:123456789012:project/acceptance", []any{"codebuild:StartBuild", "codebuild:BatchGetBuilds", "codebuild:StopBuild"}},
	{"Gates", "arn:aws:ssm:us-east-1:123456789012:document/drill", []any{"ssm:StartAutomationExecution"}},
	{"Gates", "arn:aws:ssm:us-east-1:123456789012:automation-definition/drill:*", []any{"ssm:StartAutomationExecution"}},
	{"Gates", "arn:aws:ssm:us-east-1:123456789012:automation-execution/*", []any{"ssm:StartAutomationExecution", "ssm:GetAutomationExecution", "ssm:StopAutomationExecution"}},
	{"Gates", "arn:aws:lambda:us-east-1:123456789012:function:sluice-sandbox-scan", []any{"lambda:InvokeFunction"}},
	{"Gates", "*", []any{"cloudwatch:DescribeAlarms", "cloudwatch:ListAlarmMuteRules"}},
	{"Gates", "arn:aws:cloudwatch:us-east-1:123456789012:alarm-mute-rule:*", []any{"cloudwatch:GetAlarmMuteRule"}},
	{"Scan", "arn:aws:ecr:us-east-1:123456789012:repository/checkout", []any{"ecr:DescribeImageScanFindings"}},
	{"Gates", "arn:aws:lambda:us-east-1:123456789012:function:checkout:*", []any{"lambda:GetFunction"}},
	{"Scan", "arn:aws:appconfig:us-east-1:123456789012:application/shop001/environment/prod001/configuration/flags01", []any{"appconfig:StartConfigurationSession", "appconfig:GetLatestConfiguration"}},
	{"Scan", "*", []any{"config:GetComplianceDetailsByResource", "inspector2:ListCoverage", "inspector2:ListFindings"}},
}

// WithGates is the template of a stack with the gates of the stories: their rights, and the ends of their tests.
func WithGates(t *cfn.Template) {
	for id, r := range t.Resources {
		if r.Type == "AWS::Events::Rule" && strings.HasPrefix(id, "ProgressRule") {
			r.Properties["EventPattern"] = map[string]any{"$or": []any{events.BuildPattern([]string{Project, "acceptance"}), events.AutomationPattern([]string{"drill"})}}
		}
	}
	for _, g := range GateRights {
		Allowing(g.Function, g.Resource, g.Actions...)(t)
	}
}

// Gated is Canary with gates, whose JSON is given, and two people, of whom grace may override.
func Gated(gates string) string {
	return strings.Replace(Canary, `"guard"`, `"people":{"grace":{"event":"grace"},"linus":{"event":"linus"}},"gates":{`+gates+`},"guard"`, 1)
}

// At lets time pass until a moment, written as RFC 3339.
func (w *World) At(moment string) {
	w.T.Helper()
	when, err := time.Parse(time.RFC3339, moment)
	w.must(err)
	w.Pass(time.Until(when))
}

// Flag sets an SSM parameter.
func (w *World) Flag(name, value string) {
	w.T.Helper()
	_, err := w.Parameters.PutParameter(w.ctx, &ssm.PutParameterInput{Name: &name, Value: &value, Type: ssmtypes.ParameterTypeString, Overwrite: aws.Bool(true)})
	w.must(err)
}

// Overrides has somebody let a release through its gates, by an event; gate may be empty.
func (w *World) Overrides(release, by, reason, gate string) {
	w.T.Helper()
	w.put(events.OverrideRequested, events.ControlRequest{Release: release, By: by, Reason: reason, Gate: gate})
}

// Tester makes a function that tests releases: it takes a while, and answers, or fails with what it says.
func (w *World) Tester(name string, takes time.Duration, answer string, failure error) {
	w.T.Helper()
	w.tester(name, func(ctx context.Context) ([]byte, error) {
		select {
		case <-time.After(takes):
		case <-ctx.Done():
		}
		return []byte(answer), failure
	})
}

// TesterThat makes a function that does something when it is invoked.
func (w *World) TesterThat(name string, does func()) {
	w.T.Helper()
	w.tester(name, func(context.Context) ([]byte, error) {
		does()
		return []byte("{}"), nil
	})
}

func (w *World) tester(name string, does func(ctx context.Context) ([]byte, error)) {
	w.T.Helper()
	w.testers.Store(name, func(ctx context.Context, event []byte) ([]byte, error) {
		w.journal.mu.Lock()
		w.invoked[name] = event
		w.tested[name]++
		w.journal.mu.Unlock()
		return does(ctx)
	})
	_, err := w.Lambda.CreateFunction(w.ctx, &lambda.CreateFunctionInput{
		FunctionName: &name, Runtime: types.RuntimeProvidedal2023, Handler: aws.String("bootstrap"), Timeout: aws.Int32(300),
		Role: aws.String("arn:aws:iam::123456789012:role/checkout"), Code: &types.FunctionCode{ZipFile: code(1)},
	})
	w.must(err)
}

// Tested counts how often a function that tests releases was invoked, and is its last event.
func (w *World) Tested(name string) (times int, last rollout.JobEvent) {
	w.T.Helper()
	w.journal.mu.Lock()
	defer w.journal.mu.Unlock()
	if w.tested[name] > 0 {
		w.must(json.Unmarshal(w.invoked[name], &last))
	}
	return w.tested[name], last
}

// Drill makes an Automation document that takes a while; failed is what goes wrong.
func (w *World) Drill(takes time.Duration, failed string) {
	w.Sandbox.SSM.PutAutomation("drill", func(ctx context.Context, _ map[string][]string) string {
		select {
		case <-time.After(takes):
		case <-ctx.Done():
		}
		return failed
	})
}

// Acceptance makes a CodeBuild project that tests releases, or changes what it does: it takes a while; failed is what goes wrong.
func (w *World) Acceptance(takes time.Duration, failed string) {
	w.T.Helper()
	w.builders.mu.Lock()
	_, there := w.builders.outcomes["acceptance"]
	w.builders.outcomes["acceptance"] = outcome{takes: takes, Outcome: codebuild.Outcome{Phase: "BUILD", Failed: failed}}
	w.builders.mu.Unlock()
	if !there {
		w.project("acceptance")
	}
}
