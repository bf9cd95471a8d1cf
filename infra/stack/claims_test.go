package stack_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func (c claims) rulesKeepEvents(t *testing.T) {
	for _, rule := range c.all(t, "Events::Rule") {
		var targets []struct {
			DeadLetterConfig struct{ Arn any }
			RetryPolicy      struct{ MaximumRetryAttempts, MaximumEventAgeInSeconds int }
		}
		if err := json.Unmarshal([]byte(rule.at("Targets")), &targets); err != nil || len(targets) != 1 {
			t.Fatalf("%s: want one target, have %s", rule.id, rule.at("Targets"))
		}
		if target := targets[0]; target.DeadLetterConfig.Arn == nil || target.RetryPolicy.MaximumRetryAttempts < 1 || target.RetryPolicy.MaximumEventAgeInSeconds < 60 {
			t.Errorf("%s loses events: %+v", rule.id, target)
		}
	}
}

func (c claims) functionsKeepEvents(t *testing.T) {
	fed := map[string]bool{}
	for _, p := range c.all(t, "Lambda::Permission") {
		if p.at("Principal") != "*" { // visitors hear of a failure at once
			fed[p.at("FunctionName")] = true
		}
	}
	for _, f := range c.all(t, "Lambda::Function") {
		arn := `{"Fn::GetAtt":["` + f.id + `","Arn"]}`
		if keeps := f.at("DeadLetterConfig", "TargetArn") != ""; fed[arn] && !keeps {
			t.Errorf("%s is fed by events and has no dead-letter queue", f.id)
		}
	}
}

// The definitions of this repository name one function, one alias and one alarm.
func (c claims) onlyNamedTargets(t *testing.T) {
	endings := map[string][]string{
		"lambda:GetAlias": {":function:checkout"}, "lambda:UpdateAlias": {":function:checkout"},
		"lambda:GetFunctionConfiguration": {":function:checkout:*"}, "lambda:GetProvisionedConcurrencyConfig": {":function:checkout:*"},
		"lambda:InvokeFunction": {":function:checkout:*"}, "cloudwatch:DescribeAlarms": {"*"},
	}
	for _, s := range c.statements(t) {
		if s.Sid == "SpeakByTheAddress" { // past the address, whoever has this could say who they are
			if only, _ := json.Marshal(s.Condition); string(only) != `{"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}` {
				t.Errorf("operators may invoke %s where %s", joined(s.Resource), only)
			}
			continue
		}
		if s.Sid == "InvokeItsFunctions" || strings.HasPrefix(s.Sid, "HandTo") { // Sluice's own functions
			continue
		}
		for _, action := range list(s.Action) {
			if action == "lambda:InvokeFunction" && !strings.Contains(s.Sid, "WakeVersions") { // no step of these definitions has a test
				t.Errorf("%s allows to invoke %s", s.Sid, joined(s.Resource))
			}
			want, touches := endings[action]
			delete(endings, action)
			if resource := joined(s.Resource); touches && !strings.HasSuffix(resource, want[0]) {
				t.Errorf("%s allows %s on %s", s.Sid, action, resource)
			}
		}
	}
	if len(endings) > 0 {
		t.Errorf("nobody may do %v", endings)
	}
}

// joined is the text of Fn::Join; references stay as they are.
func joined(value any) string {
	function, _ := value.(map[string]any)
	parts, _ := function["Fn::Join"].([]any)
	if len(parts) != 2 {
		return strings.Join(list(value), " ")
	}
	return strings.Join(list(parts[1]), "")
}

var configured = regexp.MustCompile("`env:\"(SLUICE_[A-Z_]+)\"")

// What a function reads stands in the tags of its Config.
func (c claims) variables(t *testing.T) {
	for _, f := range c.all(t, "Lambda::Function") {
		parts := strings.Split(f.at("FunctionName"), "-")
		sources, err := filepath.Glob(filepath.Join(root, "functions", parts[len(parts)-1], "*.go"))
		if err != nil || len(sources) == 0 {
			t.Fatalf("%s has no sources: %v", f.at("FunctionName"), err)
		}
		var want []string
		for _, source := range sources {
			text, err := os.ReadFile(source)
			if err != nil {
				t.Fatal(err)
			}
			for _, tag := range configured.FindAllStringSubmatch(string(text), -1) {
				want = append(want, tag[1])
			}
		}
		given := regexp.MustCompile("SLUICE_[A-Z_]+").FindAllString(f.at("Environment", "Variables"), -1)
		slices.Sort(want)
		if slices.Sort(given); !slices.Equal(want, given) {
			t.Errorf("%s reads %v and is given %v", f.at("FunctionName"), want, given)
		}
	}
}

func (c claims) permissionsNameTheirRule(t *testing.T) {
	for _, p := range c.all(t, "Lambda::Permission") {
		if p.at("Principal") == "*" { // of an address
			continue
		}
		if p.at("Principal") != "events.amazonaws.com" || !strings.Contains(p.at("SourceArn"), "Rule") {
			t.Errorf("%s lets in %s from %s", p.id, p.at("Principal"), p.at("SourceArn"))
		}
	}
}

// deniesPlainText holds when some statement refuses everything that does not come by TLS.
func deniesPlainText(policy resource) bool {
	return strings.Contains(policy.at("PolicyDocument"), `"aws:SecureTransport":"false"`) && strings.Contains(policy.at("PolicyDocument"), `"Effect":"Deny"`)
}

func (c claims) queues(t *testing.T) {
	policies := map[string]resource{}
	for _, p := range c.all(t, "SQS::QueuePolicy") {
		policies[p.at("Queues")] = p
	}
	for _, q := range c.all(t, "SQS::Queue") {
		if q.at("SqsManagedSseEnabled") != "true" {
			t.Errorf("%s is not encrypted", q.id)
		}
		if policy, ok := policies[`[{"Ref":"`+q.id+`"}]`]; !ok || !deniesPlainText(policy) {
			t.Errorf("%s can be reached without TLS", q.id)
		}
	}
}

// A policy of its own replaces a topic's default one, which lets the account's alarms publish.
func (c claims) topic(t *testing.T) {
	for _, p := range c.all(t, "SNS::TopicPolicy") {
		if !deniesPlainText(p) {
			t.Errorf("%s lets plain text in", p.id)
		}
		if text := p.at("PolicyDocument"); !strings.Contains(text, "cloudwatch.amazonaws.com") || !strings.Contains(text, "aws:SourceAccount") {
			t.Errorf("%s keeps this account's alarms out: %s", p.id, text)
		}
	}
}

func (c claims) table(t *testing.T) {
	for _, table := range c.all(t, "DynamoDB::Table") {
		for _, want := range [][]string{
			{"PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"}, {"SSESpecification", "SSEEnabled"}, {"TimeToLiveSpecification", "Enabled"},
		} {
			if table.at(want...) != "true" {
				t.Errorf("%s: %v is %q", table.id, want, table.at(want...))
			}
		}
		if table.at("BillingMode") != "PAY_PER_REQUEST" {
			t.Errorf("%s costs money at rest", table.id)
		}
	}
}

// watched says whether some alarm of this namespace and metric has a dimension that refers to the resource.
func (c claims) watched(t *testing.T, namespace, metric, id string) bool {
	t.Helper()
	for _, a := range c.all(t, "CloudWatch::Alarm") {
		if a.at("Namespace") == namespace && a.at("MetricName") == metric && strings.Contains(a.at("Dimensions"), `"`+id+`"`) {
			return true
		}
	}
	return false
}

func (c claims) queueAlarms(t *testing.T) {
	for _, q := range c.all(t, "SQS::Queue") {
		if !c.watched(t, "AWS/SQS", "ApproximateNumberOfMessagesVisible", q.id) {
			t.Errorf("nobody hears of messages in %s", q.id)
		}
	}
}

func (c claims) functionAlarms(t *testing.T) {
	for _, f := range c.all(t, "Lambda::Function") {
		if !c.watched(t, "AWS/Lambda", "Errors", f.id) {
			t.Errorf("nobody hears of errors of %s", f.id)
		}
	}
}

func (c claims) alarmsTell(t *testing.T) {
	stuck := false
	for _, a := range c.all(t, "CloudWatch::Alarm") {
		if a.at("AlarmActions") == "" || a.at("TreatMissingData") != "notBreaching" {
			t.Errorf("%s tells nobody, or goes off without data", a.id)
		}
		stuck = stuck || a.at("Namespace") == "Sluice" && a.at("MetricName") == "Stuck"
	}
	if !stuck {
		t.Error("no alarm watches stuck releases")
	}
}

func (c claims) observed(t *testing.T) {
	for _, f := range c.all(t, "Lambda::Function") {
		if f.at("TracingConfig", "Mode") != `{"Fn::If":["Traces","Active","PassThrough"]}` || f.at("LoggingConfig", "LogFormat") != "JSON" || f.at("LoggingConfig", "LogGroup") == "" {
			t.Errorf("%s is not observed: %s %s", f.id, f.at("TracingConfig"), f.at("LoggingConfig"))
		}
	}
	for _, m := range c.all(t, "StepFunctions::StateMachine") {
		if m.at("TracingConfiguration", "Enabled") != "true" || m.at("LoggingConfiguration", "Level") != "ALL" || m.at("LoggingConfiguration", "IncludeExecutionData") != "false" {
			t.Errorf("%s is not observed: %s", m.id, m.at("LoggingConfiguration"))
		}
	}
}

func (c claims) logsEnd(t *testing.T) {
	for _, g := range c.all(t, "Logs::LogGroup") {
		if g.at("RetentionInDays") == "" {
			t.Errorf("%s is kept for ever", g.id)
		}
	}
}

func (c claims) protected(t *testing.T) {
	if c.stackIsProtected != c.production {
		t.Errorf("termination protection of the stack is %v", c.stackIsProtected)
	}
	for _, table := range c.all(t, "DynamoDB::Table") {
		protected := table.at("DeletionProtectionEnabled") == "true" && table.Retention == "Retain"
		if protected != c.production {
			t.Errorf("%s: protected from deletion is %v", table.id, protected)
		}
	}
}

// An action of a pipeline is answered only where a definition names it; the definitions of production name none. A job has no name: whoever was called
// for it knows its id.
func (c claims) onlyNamedPipelines(t *testing.T) {
	for _, s := range c.statements(t) {
		for _, action := range list(s.Action) {
			resource := joined(s.Resource)
			want := ":checkout"
			if action == "codepipeline:PutApprovalResult" {
				want = ":checkout/Release/Approve"
			}
			if strings.HasPrefix(action, "codepipeline:PutJob") {
				want = "*"
			}
			if strings.HasPrefix(action, "codepipeline:") && !strings.HasSuffix(resource, want) {
				t.Errorf("%s allows %s on %s", s.Sid, action, resource)
			}
		}
	}
}

// Without the account, a service could be made to take on a role for somebody else's resource.
func (c claims) trustNamesTheAccount(t *testing.T) {
	for _, role := range c.all(t, "IAM::Role") {
		if trust := role.at("AssumeRolePolicyDocument"); !strings.Contains(trust, `"Condition":{"StringEquals":{"aws:SourceAccount":{"Ref":"AWS::AccountId"}}}`) || strings.Count(trust, `"Effect"`) != 1 {
			t.Errorf("%s trusts a service whoever it acts for: %s", role.id, trust)
		}
	}
}
