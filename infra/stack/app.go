package stack

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/cxapi"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sluice/infra/definition"
	"sluice/infra/limits"
	"sluice/infra/prices"
	"sluice/infra/typed"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// Sandbox is the environment whose templates the repository keeps.
const Sandbox Environment = "sandbox"

// GoldenFiles are the files of the templates from which the sandbox boots, by stack, as Templates makes them for Sandbox.
var GoldenFiles = map[string]string{
	"Sluice-sandbox":             "infra/testdata/golden.template.json",
	"Sluice-sandbox-definitions": "infra/testdata/golden.definitions.template.json",
	"Sluice-sandbox-sources":     "infra/testdata/golden.sources.template.json",
}

// MachineFile and StageFile are the definitions of the state machines, of releases and of stages of pipelines, from the root of the repository on.
const (
	MachineFile = "infra/release.asl.json"
	StageFile   = "infra/stage.asl.json"
)

// Read makes the properties of an environment's stack from the repository at root: its definitions and state machines.
func Read(root, environment, region string) (Props, error) {
	env, err := ParseEnvironment(environment)
	if err != nil {
		return Props{}, err
	}
	if region != "" {
		if err := typed.Region(region); err != nil {
			return Props{}, err
		}
	}
	fsys := os.DirFS(root)
	services, err := definition.Load(fsys, string(env))
	if err != nil {
		return Props{}, err
	}
	if err := definition.InRegion(services, region); err != nil {
		return Props{}, err
	}
	machine, err := fs.ReadFile(fsys, MachineFile)
	if err != nil {
		return Props{}, fmt.Errorf("reading state machine: %w", err)
	}
	stage, err := fs.ReadFile(fsys, StageFile)
	if err != nil {
		return Props{}, fmt.Errorf("reading state machine: %w", err)
	}
	return Props{Environment: env, Region: region, Services: services, Machine: string(machine), Stage: string(stage)}, nil
}

// Code says where the compiled handler of a function is.
type Code func(scope constructs.Construct, name string) awslambda.Code

// Built finds handlers that `make build` compiled for AWS: dist/<name>/bootstrap. It fails when one is missing, and when AWS does not have what
// a service would be released to.
func Built(root string, services []definition.Service) (Code, error) {
	if err := definition.OnAWS(services); err != nil {
		return nil, err
	}
	for _, f := range functionsFor(definition.Kinds(services)) {
		if _, err := os.Stat(filepath.Join(root, "dist", f.name, "bootstrap")); err != nil {
			return nil, fmt.Errorf("finding the handler of %s: %w; compile the handlers first: make build, with the same ENVIRONMENT", f.name, err)
		}
	}
	return func(_ constructs.Construct, name string) awslambda.Code {
		return awslambda.Code_FromAsset(jsii.String(filepath.Join(root, "dist", name)), nil)
	}, nil
}

// Elsewhere is code that somebody else puts into a bucket. The golden template uses it, so that the template does not change
// with each compiler. The sandbox reads the key as the name of a function.
func Elsewhere(scope constructs.Construct, name string) awslambda.Code {
	bucket := awss3.Bucket_FromBucketName(scope, jsii.String("Artifacts-"+name), jsii.String("sluice-artifacts"))
	return awslambda.Code_FromBucket(bucket, jsii.String(name+".zip"), nil)
}

// Context is what cdk.json tells the CDK command line, for apps that are made without that command line, as tests make them.
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

// Templates makes an environment's templates from the repository at root, by stack: always the same bytes for the same repository.
func Templates(root string, env Environment) (map[string][]byte, error) {
	props, err := Read(root, string(env), "")
	if err != nil {
		return nil, err
	}
	return Synthesise(root, props)
}

// PatchFiles are the patches of the golden template for engines whose targets are all of one kind, by kind. Stories are told on these engines, too.
func PatchFiles() map[kind.ID]string {
	files := map[kind.ID]string{}
	for _, id := range kind.IDs() {
		if id != kind.LambdaAliasID { // the golden template's own
			files[id] = "infra/testdata/" + string(id) + ".patch.json"
		}
	}
	return files
}

// OfKind makes the template of an environment's engine in which all targets are of one kind: the kind's sample, under each service's name.
func OfKind(root string, env Environment, id kind.ID) ([]byte, error) {
	props, err := Read(root, string(env), "")
	if err != nil {
		return nil, err
	}
	for i, s := range props.Services {
		target := definition.Sample(id, s.Definition.Service)
		props.Services[i].Definition.Target = rollout.Target{}
		if err := json.Unmarshal([]byte(target), &props.Services[i].Definition.Target); err != nil {
			return nil, fmt.Errorf("giving service %s a target of kind %s: %w", s.Definition.Service, id, err)
		}
		if kind.Of(id).Can.Evicts { // so that stories may want it
			props.Services[i].Definition.WhenDeploying = rollout.DeployingEvicted
		}
	}
	templates, err := Synthesise(root, props)
	return templates["Sluice-"+string(env)], err
}

// Synthesise makes the templates of the given definitions, with the code Elsewhere and the feature flags of the
// repository at root.
func Synthesise(root string, props Props) (map[string][]byte, error) {
	out, err := os.MkdirTemp("", "sluice-template-")
	if err != nil {
		return nil, fmt.Errorf("making templates: %w", err)
	}
	defer os.RemoveAll(out)
	context, err := Context(root)
	if err != nil {
		return nil, err
	}
	app := awscdk.NewApp(&awscdk.AppProps{Context: &context, Outdir: jsii.String(out)})
	New(app, props, Elsewhere)
	return templatesOf(app.Synth(nil))
}

func templatesOf(made cxapi.CloudAssembly) (map[string][]byte, error) {
	templates := map[string][]byte{}
	for _, artifact := range *made.Stacks() {
		text, err := os.ReadFile(*artifact.TemplateFullPath())
		if err != nil {
			return nil, fmt.Errorf("reading the template of %s: %w", *artifact.StackName(), err)
		}
		templates[*artifact.StackName()] = text
	}
	return templates, nil
}

// Limits reports how near to AWS's limits the templates are, and what they cost while nothing is released; the error says which are beyond a limit, and
// the way out.
func Limits(made cxapi.CloudAssembly) (string, error) {
	templates, err := templatesOf(made)
	if err != nil {
		return "", err
	}
	costs, err := prices.Standing(templates)
	if err != nil {
		return "", err
	}
	report, err := limits.Report(templates)
	return report + "While nothing is released it costs, each month, in us-east-1 and beyond the free tiers: " + prices.Told(costs) + "\n", err
}

// Given is what a person may give with -c.
var Given = []string{"environment", "region", "concurrency", "reserved"}

// FromContext reads what a person gave with -c: "staging" for -c environment=staging; empty when nothing was given. A number may stand in
// cdk.json.
func FromContext(app awscdk.App, key string) string {
	if value := app.Node().TryGetContext(jsii.String(key)); value != nil {
		return fmt.Sprint(value)
	}
	return ""
}

// Mistyped complains of a word that a person gave with -c when the word is nearly one of Given. Other words may be the CDK's own, or come from
// ~/.cdk.json.
func Mistyped(context map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(context)) {
		if near := typed.Suggest(key, Given); !slices.Contains(Given, key) && strings.HasPrefix(near, "did you mean") {
			return fmt.Errorf("reading -c %s=...: it means nothing here; %s", key, near)
		}
	}
	return nil
}
