package engine_test

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/aws/jsii-runtime-go"

	"sluice/infra/definition"
	"sluice/infra/limits"
	"sluice/infra/stack"
	"sluice/test/sandbox"
	"sluice/test/sandbox/cfn"
)

const root = "../.."

func TestMain(m *testing.M) {
	os.Setenv("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20") // for those who choose the Node
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

// Forty-four services once made a role longer than IAM takes, and nothing said so before CloudFormation did.
func TestOneEngineCarriesThreeHundredServices(t *testing.T) {
	carries(t, services(t, 300, plain))
}

func TestOneEngineCarriesAHundredAndFiftyOfTheFullestForm(t *testing.T) {
	carries(t, services(t, 150, fullest))
}

func carries(t *testing.T, services []definition.Service) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("SKIPPED: the CDK needs node, which is not on the PATH; nothing about a full engine was tested")
	}
	props, err := stack.Read(root, "production", "")
	if err != nil {
		t.Fatal(err)
	}
	props.Services = services
	began := time.Now()
	templates, err := stack.Synthesise(root, props)
	if err != nil {
		t.Fatal(err)
	}
	report, err := limits.Report(templates)
	if err != nil {
		t.Error(err)
	}
	t.Logf("%d services, synthesised in %v\n%s", len(services), time.Since(began).Round(time.Millisecond), report)
	deploys(t, templates)
	allowsOnlyWhatIsNamed(t, templates, services)
}

// The sandbox has AWS's limits too, and knows nothing of Sluice.
func deploys(t *testing.T, templates map[string][]byte) {
	t.Helper()
	var stacks []*cfn.Template
	for _, name := range []string{"Sluice-production", "Sluice-production-definitions", "Sluice-production-sources"} {
		parsed, err := cfn.Parse(templates[name])
		if err != nil {
			t.Fatal(err)
		}
		stacks = append(stacks, parsed)
	}
	box, err := sandbox.Boot(context.Background(), sandbox.Options{
		Template: stacks[0], Beside: stacks[1:], StackName: "Sluice-production",
		InProcess: func(string, string) func(context.Context, []byte) ([]byte, error) { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	box.Close()
}

// Every resource that a managed policy allows is one that some definition names: splitting has widened nothing.
func allowsOnlyWhatIsNamed(t *testing.T, templates map[string][]byte, services []definition.Service) {
	t.Helper()
	want := map[string]bool{}
	for _, s := range services {
		for _, arn := range named(s.Definition) {
			want[arn] = true
		}
	}
	got := granted(t, templates["Sluice-production"])
	for arn := range got {
		if !want[arn] {
			t.Errorf("%s is allowed and no definition names it", arn)
		}
	}
	for arn := range want {
		if !got[arn] {
			t.Errorf("%s is named and nobody may touch it", arn)
		}
	}
	if len(got) < len(services) || slices.Contains([]bool{got["*"], got["arn:P:lambda:R:A:function:*"]}, true) {
		t.Errorf("the policies allow %d resources: %v", len(got), got["*"])
	}
}
