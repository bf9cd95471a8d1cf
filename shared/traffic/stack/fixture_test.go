package stack_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/stack"
	"sluice/test/conformance"
	"sluice/test/sandbox"
	service "sluice/test/sandbox/cloudformation"
	"sluice/test/sandbox/s3"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

const role = "arn:aws:iam::123456789012:role/shop-cloudformation"

// template has a setting, and says in it which version it is.
const template = `{
	"Parameters": {"Level": {"Type": "String"}, "Secret": {"Type": "String", "Default": "x", "NoEcho": "true"}},
	"Resources": {
		"Version": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/shop/version", "Type": "%s", "Value": "%s"}},
		"Level": {"Type": "AWS::SSM::Parameter", "DependsOn": "Version", "Properties": {"Name": "/shop/level", "Type": "String", "Value": {"Ref": "Level"}}}
	}
}
`

// fixture is a stack of the test's own.
type fixture struct {
	*conformance.Watch
	t         *testing.T
	box       *sandbox.Sandbox
	texts     map[string]string // templates by revision
	revisions map[string]string // by version
}

func newFixture(t *testing.T, more ...wire.Middleware) *fixture {
	f := &fixture{
		Watch: conformance.NewWatch("ExecuteChangeSet", "CancelUpdateStack", "UpdateStack", "RollbackStack", "ContinueUpdateRollback"),
		t:     t, texts: map[string]string{}, revisions: map[string]string{},
	}
	f.box = sandboxtest.BootWith(t, sandbox.Options{Parts: service.Parts(), Middleware: append([]wire.Middleware{f.Around}, more...)})
	for _, version := range []string{"1", "2", "3"} {
		f.put(version, fmt.Sprintf(template, "String", version))
	}
	f.put("4", fmt.Sprintf(template, "Bogus", "4"))
	_, err := f.sandboxed().CreateStack(t.Context(), &cloudformation.CreateStackInput{
		StackName: aws.String("shop"), TemplateBody: aws.String(f.texts[f.revisions["1"]]), Parameters: level("info"), RoleARN: aws.String(role),
	})
	f.must(err)
	time.Sleep(time.Minute)
	return f
}

// api is what the fixture does itself, past the deployer.
type api interface {
	CreateStack(context.Context, *cloudformation.CreateStackInput) (*cloudformation.CreateStackOutput, error)
	UpdateStack(context.Context, *cloudformation.UpdateStackInput) (*cloudformation.UpdateStackOutput, error)
	CancelUpdateStack(context.Context, *cloudformation.CancelUpdateStackInput) (*cloudformation.CancelUpdateStackOutput, error)
	DescribeStacks(context.Context, *cloudformation.DescribeStacksInput) (*cloudformation.DescribeStacksOutput, error)
	SetStackPolicy(context.Context, *cloudformation.SetStackPolicyInput) (*cloudformation.SetStackPolicyOutput, error)
}

func (f *fixture) sandboxed() api { return sandbox.PartOf[service.Service](f.box) }

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func level(value string) []types.Parameter {
	return []types.Parameter{{ParameterKey: aws.String("Level"), ParameterValue: &value}}
}

// put puts a template into the bucket with the parameters that all of them have.
func (f *fixture) put(version, text string) {
	f.t.Helper()
	parameters := `{"Level":"info","Secret":null}`
	revision := shell(text, parameters)
	f.revisions[version], f.texts[revision] = revision, text
	objects := sandbox.PartOf[s3.Service](f.box)
	objects.Put("acme-templates", "shop/"+revision+".template", []byte(text))
	objects.Put("acme-templates", "shop/"+revision+".parameters.json", []byte(parameters))
}

func (f *fixture) Deployer() traffic.Deployer { return previewing{stack.New(f.box.Config(""))} }

func (f *fixture) Target() rollout.Target {
	return rollout.Target{Stack: &kind.Stack{Stack: "shop", Templates: "s3://acme-templates/shop", Role: role}}
}

func (f *fixture) Revisions() conformance.Revisions {
	return conformance.Revisions{Stable: f.revisions["1"], Candidate: f.revisions["2"], Other: f.revisions["3"]}
}

func (f *fixture) Broken() string { return f.revisions["4"] }

func (f *fixture) Takes() time.Duration { return 20 * time.Minute }

// Deploy waits until nothing is under way: CloudFormation lets nobody update a stack meanwhile.
func (f *fixture) Deploy(t *testing.T, revision string) {
	t.Helper()
	name := aws.String("shop")
	_, _ = f.sandboxed().CancelUpdateStack(t.Context(), &cloudformation.CancelUpdateStackInput{StackName: name}) // nothing may be under way
	time.Sleep(2 * time.Minute)
	_, err := f.sandboxed().UpdateStack(t.Context(), &cloudformation.UpdateStackInput{StackName: name, TemplateBody: aws.String(f.texts[revision]), Parameters: level("info")})
	f.must(err)
}

// previewing is a deployer whose starts are previewed first, as plan does.
type previewing struct{ *stack.Deployer }

func (p previewing) Start(ctx context.Context, t rollout.Target, d traffic.Deployment) (string, error) {
	for range 20 {
		seen, why, err := p.Preview(ctx, t, traffic.Intent{Course: rollout.Course{Release: "r-" + d.Token}, Revision: d.Revision})
		if _, soon := err.(*rollout.NotReady); soon {
			time.Sleep(5 * time.Second)
			continue
		}
		if err != nil && !traffic.IsMoved(err) {
			return "", err
		}
		if d.Preview = seen.ID; why != nil { // nothing changes: perhaps it was begun before
			d.Preview = ""
		}
		break
	}
	handle, err := p.Deployer.Start(ctx, t, d)
	if traffic.IsOutdated(err) {
		err = traffic.ErrMoved
	}
	return handle, err
}
