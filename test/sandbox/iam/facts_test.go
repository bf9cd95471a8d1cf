package iam_test

import (
	"strings"
	"testing"

	"sluice/test/sandbox/iam"
)

func TestGrantCountsOnlyForTheResourcesThatTheActionIsAbout(t *testing.T) {
	const account = ":us-east-1:123456789012:"
	for _, test := range []struct {
		action, resource string
		grants           bool
	}{
		{"lambda:GetAlias", "arn:aws:lambda" + account + "function:checkout", true},
		{"lambda:GetAlias", "arn:aws:lambda" + account + "function:checkout:live", true}, // a qualifier is part of the name
		{"lambda:GetAlias", "arn:aws:lambda" + account + "layer:checkout", false},
		{"lambda:GetAlias", "arn:aws:lambda:*:*:*", true},
		{"lambda:GetAlias", "*", true},
		{"states:SendTaskSuccess", "*", true},
		{"states:SendTaskSuccess", "arn:aws:states" + account + "stateMachine:release", false},
		{"ssm:StartAutomationExecution", "arn:aws:ssm" + account + "automation-definition/drill:*", true},
		{"ssm:StartAutomationExecution", "arn:aws:ssm" + account + "document/drill", true},
		{"ssm:StartAutomationExecution", "arn:aws:ssm" + account + "parameter/drill", false},
		{"ssm:GetParameter", "arn:aws:ssm" + account + "parameter/sluice/production/services/*", true},
		{"ssm:GetParameter", "arn:aws:ssm" + account + "parameter", false},
		{"dynamodb:PutItem", "arn:aws:dynamodb" + account + "table/sluice", true},
		{"dynamodb:PutItem", "arn:aws:dynamodb" + account + "table/sluice/index/open", false},
		{"dynamodb:Query", "arn:aws:dynamodb" + account + "table/sluice/index/open", true},
		{"codepipeline:PutApprovalResult", "arn:aws:codepipeline" + account + "checkout", false},
		{"codepipeline:PutApprovalResult", "arn:aws:codepipeline" + account + "checkout/Release/*", true},
		{"secretsmanager:GetSecretValue", "arn:aws:secretsmanager" + account + "secret:sluice/links-??????", true},
		{"logs:PutLogEvents", "arn:aws:logs" + account + "log-group:/aws/lambda/guard:*", true},
		{"logs:PutLogEvents", "arn:aws:logs" + account + "log-group:/aws/lambda/guard", false},
		{"iam:PassRole", "arn:aws:iam::123456789012:role/service-role/drill", true},
		{"iam:PassRole", "drill", false},
		{"route53:ListResourceRecordSetProtections", "arn:aws:route53:::hostedzone/Z1", true}, // younger than the reference
		{"route53:ChangeResourceRecordSets", "arn:aws:route53:::change/C1", false},
		{"route53:GetChange", "arn:aws:route53:::change/*", true},
		{"apigateway:PATCH", "arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/prod", true},
		{"apigateway:PATCH", "arn:aws:apigateway:us-east-1::/apis/a1b2c3d4e5/stages/prod", true},
		{"apigateway:PATCH", "arn:aws:apigateway" + account + "/restapis/a1b2c3d4e5/stages/prod", false},
	} {
		a, known := iam.ActionOf(test.action)
		if !known {
			t.Fatalf("there are no facts about %s: make facts", test.action)
		}
		if got := a.Grants(test.resource); got != test.grants {
			t.Errorf("%s on %s grants something: %v, want %v (%s)", test.action, test.resource, got, test.grants, a)
		}
	}
}

// What the sandbox asks about must be what AWS asks about, whatever a policy says: else a mistake is believed by both.
func TestSandboxRefusesWhatAWSIsNeverAskedAbout(t *testing.T) {
	p := withRole(t, `{"Effect":"Allow","Action":"*","Resource":"*"}`)
	for action, resource := range map[string]string{
		"states:SendTaskSuccess": "arn:aws:states:us-east-1:123456789012:stateMachine:release",
		"dynamodb:PutItem":       "arn:aws:dynamodb:us-east-1:123456789012:table/sluice/index/open",
		"lambda:GetAlias":        "*",
		"lambda:GetAlyas":        "arn:aws:lambda:us-east-1:123456789012:function:checkout",
	} {
		if err := p.Allow(iam.Request{Principal: shift, Action: action, Resource: resource}); err == nil || !strings.Contains(err.Error(), action) {
			t.Errorf("%s on %s: %v, want a refusal that says why", action, resource, err)
		}
	}
}

// A condition on a key that AWS never sends would hold here, and never there.
func TestSandboxRefusesARequestWithAKeyThatAWSNeverSends(t *testing.T) {
	p := withRole(t, `{"Effect":"Allow","Action":"*","Resource":"*"}`)
	for action, want := range map[string]bool{"dynamodb:PutItem": true, "dynamodb:Scan": false} {
		r := iam.Request{Principal: shift, Action: action, Resource: table, Keys: map[string][]string{"dynamodb:LeadingKeys": {"release#1"}}}
		if err := p.Allow(r); (err == nil) != want {
			t.Errorf("%s with LeadingKeys: %v", action, err)
		}
	}
}

func TestDoubtsNameEachGrantThatGrantsNothing(t *testing.T) {
	p := withRole(t,
		`{"Sid":"Wake","Effect":"Allow","Action":"states:SendTaskSuccess","Resource":"arn:aws:states:us-east-1:123456789012:stateMachine:release"}`,
		`{"Sid":"Test","Effect":"Allow","Action":"ssm:StartAutomationExecution","Resource":"arn:aws:ssm:us-east-1:123456789012:automation-definition/drill:*"}`,
		`{"Sid":"Typo","Effect":"Allow","Action":"ssm:GetParamater","Resource":"*"}`,
		`{"Sid":"All","Effect":"Allow","Action":"sqs:*","Resource":"*"}`,
		`{"Sid":"Visit","Effect":"Allow","Action":"lambda:GetAlias","Resource":"*","Condition":{"StringEquals":{"lambda:FunctionUrlAuthType":"NONE"}}}`,
		`{"Sid":"Right","Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:123456789012:letters"}`,
		`{"Sid":"Never","Effect":"Deny","Action":"sns:*","Resource":"*"}`,
	)
	text := strings.Join(p.Doubts(), "\n")
	for _, want := range []string{
		"Wake allows states:SendTaskSuccess", "automation-definition/drill:*, and AWS asks about arn:${Partition}:ssm:${Region}:${Account}:document/${DocumentName}",
		"Typo allows ssm:GetParamater, which AWS does not know", "All allows sqs:*", "Visit allows lambda:GetAlias where lambda:FunctionUrlAuthType is such",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the doubts do not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "Right") || strings.Contains(text, "Never") {
		t.Errorf("what is right is doubted:\n%s", text)
	}
}
