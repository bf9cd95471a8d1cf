package scenario

import (
	"strings"

	"sluice/test/sandbox/cfn"
)

// hookRights is what the stack grants for the hooks of the stories: infra/stack makes the same of a definition that names the same.
var hookRights = []struct {
	resource string
	actions  []any
}{
	{"arn:aws:dynamodb:us-east-1:123456789012:table/sluice-sandbox", []any{"dynamodb:UpdateItem"}},
	{"arn:aws:lambda:us-east-1:123456789012:function:checkout-smoke", []any{"lambda:InvokeFunction"}},
	{"arn:aws:secretsmanager:us-east-1:123456789012:secret:checkout-hooks-??????", []any{"secretsmanager:GetSecretValue"}},
	{"arn:aws:codepipeline:us-east-1:123456789012:shop", []any{"codepipeline:GetPipelineState", "codepipeline:GetPipelineExecution", "codepipeline:ListPipelineExecutions"}},
	{"arn:aws:codepipeline:us-east-1:123456789012:shop/Release", []any{"codepipeline:RollbackStage"}},
	{"arn:aws:codebuild:us-east-1:123456789012:project/acceptance", []any{"codebuild:StartBuild", "codebuild:BatchGetBuilds", "codebuild:StopBuild"}},
	{"arn:aws:ssm:us-east-1:123456789012:document/drill", []any{"ssm:StartAutomationExecution"}},
	{"arn:aws:ssm:us-east-1:123456789012:automation-definition/drill:*", []any{"ssm:StartAutomationExecution"}},
	{"arn:aws:ssm:us-east-1:123456789012:automation-execution/*", []any{"ssm:StartAutomationExecution", "ssm:GetAutomationExecution", "ssm:StopAutomationExecution"}},
	{"arn:aws:ssm:us-east-1:123456789012:parameter/checkout/staging/*", []any{"ssm:GetParameter"}},
	{"arn:aws:ssm:us-east-1:123456789012:parameter/checkout/production/*", []any{"ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter"}},
}

// WithHooks is the template of a stack with the hooks of the stories: their rights, and the ends of what they run.
func WithHooks(t *cfn.Template) {
	WithGates(t)
	for _, g := range hookRights {
		Allowing("Hook", g.resource, g.actions...)(t)
	}
	Allowing("Plan", "arn:aws:ssm:us-east-1:123456789012:parameter/checkout/*", "ssm:GetParameter")(t)
}

// Hooking is a definition with hooks, whose JSON is given.
func Hooking(definition, hooks string) string {
	return strings.Replace(definition, `"guard"`, `"hooks":[`+hooks+`],"guard"`, 1)
}
