package stack_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/jsii-runtime-go"
	"github.com/aws/smithy-go"

	"sluice/infra/definition"
	"sluice/infra/stack"
	"sluice/test/sandbox"
	"sluice/test/sandbox/cfn"
)

// ungated is a definition to which the example of the docs is added.
const ungated = `service: checkout
target: {lambdaAlias: {function: checkout, alias: live}}
strategy: {canary: {steps: [{weight: 10, bake: 10m}]}}
guard: {alarms: [checkout-errors]}
people: {grace: {mail: grace@example.com, event: grace}}
`

// gatesOfTheDocs is the sandbox with the stack of somebody who copied the gates of docs/operations.md.
func gatesOfTheDocs(t *testing.T) *sandbox.Sandbox {
	t.Helper()
	needNode(t)
	page, err := os.ReadFile(filepath.Join(root, "docs/operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile("(?s)```yaml\n(gates:.*?)```").FindSubmatch(page)
	if example == nil {
		t.Fatal("docs/operations.md has no example of gates any more")
	}
	schema, err := os.ReadFile(filepath.Join(root, "events/definition.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	services, err := definition.Load(fstest.MapFS{
		"events/definition.schema.json": {Data: schema}, "infra/services/checkout.yaml": {Data: []byte(ungated + string(example[1]))},
	}, "sandbox")
	if err != nil {
		t.Fatalf("the example of the docs is refused:\n%v", err)
	}
	props, err := stack.Read(root, "sandbox", "")
	if err != nil {
		t.Fatal(err)
	}
	props.Services = services
	flags, err := stack.Context(root)
	if err != nil {
		t.Fatal(err)
	}
	app := awscdk.NewApp(&awscdk.AppProps{Context: &flags, Outdir: jsii.String(t.TempDir())})
	text, err := json.Marshal(assertions.Template_FromStack(stack.New(app, props, stack.Elsewhere), nil).ToJSON())
	if err != nil {
		t.Fatal(err)
	}
	template, err := cfn.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	box, err := sandbox.Boot(t.Context(), sandbox.Options{Template: template})
	if err != nil {
		t.Fatalf("the stack of the example does not boot: %v", err)
	}
	t.Cleanup(box.Close)
	return box
}

// What somebody copies from the docs is deployed as it stands, and its test starts with the role that it names and no other.
func TestTestOfTheDocsStartsWithItsRoleAlone(t *testing.T) {
	box := gatesOfTheDocs(t)
	for _, doubt := range box.Doubts() {
		t.Error(doubt)
	}
	gates, err := box.ConfigFor("sluice-sandbox-gates")
	if err != nil {
		t.Fatal(err)
	}
	start := func(document, role string) error {
		_, err := ssm.NewFromConfig(gates).StartAutomationExecution(t.Context(), &ssm.StartAutomationExecutionInput{
			DocumentName: &document, Parameters: map[string][]string{"AutomationAssumeRole": {"arn:aws:iam::123456789012:role/" + role}},
		})
		return err
	}
	if err := start("restore-drill", "drill"); err == nil || !strings.Contains(err.Error(), "AutomationDefinitionNotFound") {
		t.Errorf("the test of the example: %v; want that it may be started, and nobody has made it", err)
	}
	for what, err := range map[string]error{"iam:PassRole": start("restore-drill", "administrator"), "ssm:StartAutomationExecution": start("another", "drill")} {
		var refused smithy.APIError
		if !errors.As(err, &refused) || refused.ErrorCode() != "AccessDeniedException" || !strings.Contains(refused.ErrorMessage(), what) {
			t.Errorf("%v, want that %s is denied", err, what)
		}
	}
}
