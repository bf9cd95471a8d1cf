package scenario

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscfn "github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/test/sandbox"
	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/s3"
)

// Protected is a stack whose policy the definition names: no update may replace or delete the orders, or touch the setting once it is there to stay.
type Protected struct{ Stacks }

// protecting is that policy.
const protecting = `{"Statement":[{"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"*"},` +
	`{"Effect":"Deny","Action":["Update:Replace","Update:Delete"],"Principal":"*","Resource":"LogicalResourceId/Orders"}]}`

// Target names the sample's stack with the policy.
func (Protected) Target(service string) string {
	return strings.Replace(definition.Sample(kind.StackID, service), `"role":`, `"policy":`+protecting+`,"role":`, 1)
}

// Edit grants what the definition does.
func (p Protected) Edit(t *cfn.Template) {
	may(t, `{"service":"checkout","target":`+p.Target(Service)+`,"strategy":{"allAtOnce":{"bake":"10m"}}}`)
}

// StackPolicy is the stack's policy, past Sluice.
func (w *World) StackPolicy() kind.StackPolicy {
	w.T.Helper()
	out, err := w.stacks().GetStackPolicy(w.ctx, &awscfn.GetStackPolicyInput{StackName: &w.service})
	w.must(err)
	p, err := kind.ReadStackPolicy(aws.ToString(out.StackPolicyBody))
	w.must(err)
	return p
}

// ProtectsOrders has somebody forbid by hand that the table in the nested stack is replaced.
func (w *World) ProtectsOrders() {
	w.T.Helper()
	_, err := w.stacks().SetStackPolicy(w.ctx, &awscfn.SetStackPolicyInput{StackName: aws.String(w.stacks().Made(w.service, "Data").Ref), StackPolicyBody: aws.String(protecting)})
	w.must(err)
}

// SetsStackPolicy has somebody set the stack's policy by hand.
func (w *World) SetsStackPolicy(text string) {
	w.T.Helper()
	_, err := w.stacks().SetStackPolicy(w.ctx, &awscfn.SetStackPolicyInput{StackName: &w.service, StackPolicyBody: &text})
	w.must(err)
}

// Reverting is a stack whose releases undo what somebody changed by hand.
type Reverting struct{ Stacks }

// Target names the sample's stack so.
func (Reverting) Target(service string) string {
	return strings.Replace(definition.Sample(kind.StackID, service), `"role":`, `"drift":"revert","role":`, 1)
}

// Setting is the value of the setting of the stack, which is by now what somebody may have made of it by hand.
func (w *World) Setting() string {
	w.T.Helper()
	out, err := w.Parameters.GetParameter(w.ctx, &ssm.GetParameterInput{Name: aws.String("/" + w.service + "/release")})
	w.must(err)
	return aws.ToString(out.Parameter.Value)
}

// Nesting is a stack that has its table in a stack of its own, inside of it.
type Nesting struct{ Stacks }

// nestingTemplate has a nested stack in the place of the table.
const nestingTemplate = `{
	"Parameters": {"Release": {"Type": "String"}, "Key": {"Type": "String"}, "Secret": {"Type": "String", "Default": "x", "NoEcho": true}},
	"Resources": {
		"Front": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": "checkout", "Name": "front", "FunctionVersion": {"Ref": "Release"}}},
		"Data": {"Type": "AWS::CloudFormation::Stack", "Properties": {
			"TemplateURL": "https://acme-templates.s3.us-east-1.amazonaws.com/checkout/data.template", "Parameters": {"Key": {"Ref": "Key"}}}}
	}
}
`

const dataTemplate = `{
	"Parameters": {"Key": {"Type": "String"}},
	"Resources": {
		"Orders": {"Type": "AWS::DynamoDB::Table", "Properties": {
			"AttributeDefinitions": [{"AttributeName": {"Ref": "Key"}, "AttributeType": "S"}],
			"KeySchema": [{"AttributeName": {"Ref": "Key"}, "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}}
	}
}
`

// Make implements Kind.
func (n Nesting) Make(w *World) {
	sandbox.PartOf[s3.Service](w.Sandbox).Put("acme-templates", w.service+"/data.template", []byte(dataTemplate))
	n.Stacks.Make(w)
}

// stackText is the template of the world's stack.
func (w *World) stackText() string {
	text := stackTemplate
	if _, nests := w.kind.(Nesting); nests {
		text = nestingTemplate
	}
	return strings.ReplaceAll(text, Service, w.service)
}
