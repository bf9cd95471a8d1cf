package stack

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sluice/infra/definition"
)

// GoldenFile is the template that the sandbox boots from, as Template makes it for the environment Sandbox.
const (
	GoldenFile             = "infra/testdata/golden.template.json"
	Sandbox    Environment = "sandbox"
)

// MachineFile is the state machine's definition, from the root of the repository on.
const MachineFile = "infra/release.asl.json"

// Read makes the properties of an environment's stack from the repository at root: its definitions and state machine.
func Read(root, environment, region string) (Props, error) {
	env, err := ParseEnvironment(environment)
	if err != nil {
		return Props{}, err
	}
	fsys := os.DirFS(root)
	services, err := definition.Load(fsys, string(env))
	if err != nil {
		return Props{}, err
	}
	machine, err := fs.ReadFile(fsys, MachineFile)
	if err != nil {
		return Props{}, fmt.Errorf("reading state machine: %w", err)
	}
	return Props{Environment: env, Region: region, Services: services, Machine: string(machine)}, nil
}

// Code says where the compiled handler of a function is.
type Code func(scope constructs.Construct, name string) awslambda.Code

// Built finds handlers that `make build` compiled: dist/<name>/bootstrap. It fails when one is missing.
func Built(root string) (Code, error) {
	for _, f := range functions {
		if _, err := os.Stat(filepath.Join(root, "dist", f.name, "bootstrap")); err != nil {
			return nil, fmt.Errorf("finding the handler of %s: %w; compile the handlers first: make build", f.name, err)
		}
	}
	return func(_ constructs.Construct, name string) awslambda.Code {
		return awslambda.Code_FromAsset(jsii.String(filepath.Join(root, "dist", name)), nil)
	}, nil
}

// Elsewhere is code that somebody else puts into a bucket: the golden template has it, so that it does not change
// with each compiler. The sandbox reads the key as the name of a function.
func Elsewhere(scope constructs.Construct, name string) awslambda.Code {
	bucket := awss3.Bucket_FromBucketName(scope, jsii.String("Artifacts-"+name), jsii.String("sluice-artifacts"))
	return awslambda.Code_FromBucket(bucket, jsii.String(name+".zip"), nil)
}

// Context is what cdk.json tells the CDK command line, for apps that are made without it, as tests do.
func Context(root string) (map[string]any, error) {
	text, err := os.ReadFile(filepath.Join(root, "cdk.json"))
	if err != nil {
		return nil, fmt.Errorf("reading feature flags: %w", err)
	}
	var config struct{ Context map[string]any }
	if err := json.Unmarshal(text, &config); err != nil {
		return nil, fmt.Errorf("reading feature flags from cdk.json: %w", err)
	}
	return config.Context, nil
}

// Template makes an environment's template from the repository at root, with code that is elsewhere: always the same
// bytes for the same repository.
func Template(root string, env Environment) ([]byte, error) {
	out, err := os.MkdirTemp("", "sluice-template-")
	if err != nil {
		return nil, fmt.Errorf("making a template: %w", err)
	}
	defer os.RemoveAll(out)
	context, err := Context(root)
	if err != nil {
		return nil, err
	}
	props, err := Read(root, string(env), "")
	if err != nil {
		return nil, err
	}
	app := awscdk.NewApp(&awscdk.AppProps{Context: &context, Outdir: jsii.String(out)})
	name := *New(app, props, Elsewhere).StackName()
	template, err := json.MarshalIndent(app.Synth(nil).GetStackByName(jsii.String(name)).Template(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding the template: %w", err)
	}
	return append(template, '\n'), nil
}

// FromContext reads what a person gave with -c: "staging" for -c environment=staging; empty when nothing was given.
func FromContext(app awscdk.App, key string) string {
	value, _ := app.Node().TryGetContext(jsii.String(key)).(string)
	return value
}
