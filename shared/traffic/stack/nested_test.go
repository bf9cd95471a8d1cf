package stack_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/shared/rollout"
	"sluice/shared/traffic/stack"
	"sluice/test/sandbox"
	"sluice/test/sandbox/s3"
	"sluice/test/sandbox/wire"
)

// outer has its table in a nested stack.
const outer = `{
	"Parameters": {"Key": {"Type": "String"}},
	"Resources": {"Data": {"Type": "AWS::CloudFormation::Stack", "Properties": {
		"TemplateURL": "https://acme-templates.s3.us-east-1.amazonaws.com/shop/data.template", "Parameters": {"Key": {"Ref": "Key"}}}}}
}`

const inner = `{
	"Parameters": {"Key": {"Type": "String"}},
	"Resources": {"Orders": {"Type": "AWS::DynamoDB::Table", "Properties": {
		"AttributeDefinitions": [{"AttributeName": {"Ref": "Key"}, "AttributeType": "S"}], "KeySchema": [{"AttributeName": {"Ref": "Key"}, "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}}}
}`

// nesting makes the stack around, and puts a revision with another key where templates lie.
func (f *fixture) nesting() (target rollout.Target, revision string) {
	f.t.Helper()
	const parameters = `{"Key":"order"}`
	revision = shell(outer, parameters)
	objects := sandbox.PartOf[s3.Service](f.box)
	objects.Put("acme-templates", "shop/data.template", []byte(inner))
	objects.Put("acme-templates", "shop/"+revision+".template", []byte(outer))
	objects.Put("acme-templates", "shop/"+revision+".parameters.json", []byte(parameters))
	_, err := f.sandboxed().CreateStack(f.t.Context(), &cloudformation.CreateStackInput{
		StackName: aws.String("outer"), TemplateBody: aws.String(outer), RoleARN: aws.String(role),
		Parameters: []types.Parameter{{ParameterKey: aws.String("Key"), ParameterValue: aws.String("id")}},
	})
	f.must(err)
	time.Sleep(2 * time.Minute)
	target = f.Target()
	target.Stack.Stack = "outer"
	return target, revision
}

func TestChangesOfNestedStacksAreNamedByTheWayToThem(t *testing.T) {
	in(t, func(f *fixture, d *stack.Deployer) {
		target, revision := f.nesting()
		p, why, err := f.previewOf(d, target, "r1", revision)
		f.must(err)
		if got := strings.Join(p.Lines(), "; "); why != nil || got != "replaces Data/Orders (AWS::DynamoDB::Table): AttributeDefinitions, KeySchema" || len(p.Dangers()) != 1 {
			f.t.Errorf("it says %q, %+v", got, why)
		}
	})
}

// shallow has change sets leave nested stacks out, as they do by default.
func shallow(next wire.Handler) wire.Handler {
	return func(ctx context.Context, call *wire.Call) (any, error) {
		if in, is := call.Input.(*cloudformation.CreateChangeSetInput); is {
			in.IncludeNestedStacks = nil
		}
		return next(ctx, call)
	}
}

// Somebody is asked about what nobody sees.
func TestNestedStackWhoseChangesAreNotToldIsDataAtStake(t *testing.T) {
	inWith(t, func(f *fixture, d *stack.Deployer) {
		target, revision := f.nesting()
		p, why, err := f.previewOf(d, target, "r1", revision)
		f.must(err)
		if dangers := p.Dangers(); why != nil || len(dangers) != 1 || dangers[0].Name != "Data" || dangers[0].Does != rollout.DoesUnknown {
			f.t.Errorf("it says %q, %+v", p.Lines(), why)
		}
	}, shallow)
}
