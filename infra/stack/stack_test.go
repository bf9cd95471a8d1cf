package stack_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"sluice/infra/stack"
)

const root = "../.."

// TestMain silences jsii's note about Node's age, which is for those who choose the Node; the value is Node's major.
func TestMain(m *testing.M) {
	os.Setenv("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

// newStack makes an environment's stack from this repository, with handlers that are elsewhere.
func newStack(t *testing.T, environment string) awscdk.Stack {
	t.Helper()
	needNode(t)
	flags, err := stack.Context(root)
	if err != nil {
		t.Fatal(err)
	}
	app := awscdk.NewApp(&awscdk.AppProps{Context: &flags, Outdir: jsii.String(t.TempDir())})
	props, err := stack.Read(root, environment, "")
	if err != nil {
		t.Fatal(err)
	}
	return stack.New(app, props, stack.Elsewhere)
}

func needNode(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("SKIPPED: the CDK needs node, which is not on the PATH; nothing about the stack was tested")
	}
}
