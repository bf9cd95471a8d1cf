package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscfn "github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/events"
	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/cloudformation"
	"sluice/test/sandbox/s3"
)

// Stacks has the target be a CloudFormation stack with an alias of the service's function, through which clients come, a setting, and a table of
// orders. Template 1 serves at first.
type Stacks struct{}

// ID implements Kind.
func (Stacks) ID() kind.ID { return kind.StackID }

// Front is the alias that belongs to the stack.
const Front = "front"

// stackTemplate has the function's version as a parameter, and the key of the orders as another.
const stackTemplate = `{
	"Parameters": {"Release": {"Type": "String"}, "Key": {"Type": "String"}, "Secret": {"Type": "String", "Default": "x", "NoEcho": true}},
	"Resources": {
		"Front": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": "checkout", "Name": "front", "FunctionVersion": {"Ref": "Release"}}},
		"Setting": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/checkout/release", "Type": "String", "Value": {"Ref": "Release"}}},
		"Orders": {"Type": "AWS::DynamoDB::Table", "Properties": {
			"AttributeDefinitions": [{"AttributeName": {"Ref": "Key"}, "AttributeType": "S"}],
			"KeySchema": [{"AttributeName": {"Ref": "Key"}, "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}}
	}
}
`

// Template puts a template that brings out a version of the function, with such a key of the orders, where templates lie. It returns its revision.
func (w *World) Template(version, key string) (revision string) {
	w.T.Helper()
	text := w.stackText()
	parameters := fmt.Sprintf(`{"Key":%q,"Release":%q,"Secret":null}`, key, version)
	sum := sha256.Sum256([]byte(strings.TrimRight(text, "\n") + "\n" + parameters + "\n"))
	revision = hex.EncodeToString(sum[:])
	objects := sandbox.PartOf[s3.Service](w.Sandbox)
	objects.Put("acme-templates", w.service+"/"+revision+".template", []byte(text))
	objects.Put("acme-templates", w.service+"/"+revision+".parameters.json", []byte(parameters))
	return revision
}

// Revision is the template that brings out a version and leaves the orders as they are.
func (Stacks) Revision(w *World, version string) string { return w.Template(version, "id") }

// Make implements Kind.
func (Stacks) Make(w *World) {
	w.T.Helper()
	for _, version := range []string{"1", "2", "3"} {
		w.Template(version, "id")
	}
	_, err := w.stacks().CreateStack(w.ctx, &awscfn.CreateStackInput{
		StackName: &w.service, TemplateBody: aws.String(w.stackText()), Parameters: given("1", "id"),
		RoleARN: aws.String(w.home.Global("iam", "role/"+w.service+"-cloudformation")),
	})
	w.must(err)
	w.Pass(2 * time.Minute)
}

func given(version, key string) []types.Parameter {
	return []types.Parameter{
		{ParameterKey: aws.String("Release"), ParameterValue: &version}, {ParameterKey: aws.String("Key"), ParameterValue: &key},
	}
}

// Serves implements Kind: by the alias, through which clients come.
func (Stacks) Serves(w *World) rollout.Split {
	w.T.Helper()
	return rollout.Split{Stable: w.Template(w.FrontVersion(), "id")}
}

// Heads is what the stack will bring out when nothing else happens to it.
func (Stacks) Heads(w *World) rollout.Split {
	heads := w.stacks().Heads(w.service)
	return rollout.Split{Stable: w.Template(heads["Release"], heads["Key"])}
}

// FrontVersion is the version that clients meet.
func (w *World) FrontVersion() string {
	w.T.Helper()
	out, err := w.Lambda.GetAlias(w.ctx, &lambda.GetAliasInput{FunctionName: &w.service, Name: aws.String(Front)})
	w.must(err)
	return aws.ToString(out.FunctionVersion)
}

// stacks is the service itself.
func (w *World) stacks() *cloudformation.Service {
	return sandbox.PartOf[cloudformation.Service](w.Sandbox)
}

// StackStatus is the stack's, past Sluice.
func (w *World) StackStatus() types.StackStatus {
	w.T.Helper()
	out, err := w.stacks().DescribeStacks(w.ctx, &awscfn.DescribeStacksInput{StackName: &w.service})
	w.must(err)
	return out.Stacks[0].StackStatus
}

// UpdatesStack has somebody update the stack by hand, with a version, a key and a hidden parameter of their own.
func (w *World) UpdatesStack(version, key, secret string) {
	w.T.Helper()
	_, err := w.stacks().UpdateStack(w.ctx, &awscfn.UpdateStackInput{
		StackName: &w.service, UsePreviousTemplate: aws.Bool(true),
		Parameters: append(given(version, key), types.Parameter{ParameterKey: aws.String("Secret"), ParameterValue: &secret}),
	})
	w.must(err)
}

// Orders is the physical name of the table.
func (w *World) Orders() string {
	in := w.service
	if data := w.stacks().Made(w.service, "Data"); data.Ref != "" {
		in = data.Ref
	}
	return w.stacks().Made(in, "Orders").Ref
}

// Shoppers come through the alias of the stack, so many in a minute.
func (w *World) Shoppers(perMinute int) {
	w.steadily(perMinute, func() {
		_, _ = w.Sandbox.Lambda.Call(w.ctx, w.service+":"+Front, []byte(`{}`)) // the version may fail
	})
}

// RequestedRevision asks for a release of a template by its digest, and answers its id.
func (w *World) RequestedRevision(revision string) string {
	w.T.Helper()
	return w.Request(events.ReleaseRequest{Service: w.service, Revision: revision, Commit: "c0ffee", Author: "ada", Reason: "a story"})
}

// SettingGone has somebody delete a resource of the stack by hand, so that no way back can change it.
func (w *World) SettingGone() {
	w.T.Helper()
	_, err := w.Parameters.DeleteParameter(w.ctx, &ssm.DeleteParameterInput{Name: aws.String("/" + w.service + "/release")})
	w.must(err)
}

// SettingBack has them make it again.
func (w *World) SettingBack() {
	w.T.Helper()
	_, err := w.Parameters.PutParameter(w.ctx, &ssm.PutParameterInput{Name: aws.String("/" + w.service + "/release"), Value: aws.String("?"), Type: ssmtypes.ParameterTypeString})
	w.must(err)
}

// MayLookForDrift lets Sluice have CloudFormation look for drift of the stack, as the gate inSync wants.
func MayLookForDrift(t *cfn.Template) {
	may(t, `{"target":`+definition.Sample(kind.StackID, Service)+`,"gates":{"inSync":true}}`)
}
