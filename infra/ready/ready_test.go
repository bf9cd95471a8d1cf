package main

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/infra/definition"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// files is a repository with definitions.
func files(t *testing.T, definitions map[string]string) fs.FS {
	t.Helper()
	schema, err := os.ReadFile("../../" + definition.SchemaFile)
	if err != nil {
		t.Fatal(err)
	}
	all := fstest.MapFS{definition.SchemaFile: {Data: schema}}
	for name, text := range definitions {
		all[definition.Folder+"/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return all
}

const shop = "service: shop\ntarget: {lambdaAlias: {function: shop, alias: live}}\nstrategy: {allAtOnce: {bake: 10m}}\nguard: {alarms: [shop-errors]}\n"

// Whoever deploys to the wrong place, or with nothing in hand, is told before a minute of compiling.
func TestWhatStandsInTheWayOfADeploymentIsSaidFirst(t *testing.T) {
	mine := map[string]string{"shop.yaml": shop}
	for want, test := range map[string]struct {
		definitions map[string]string
		region      string
		bootstrap   string
		fails       wire.Middleware
	}{
		"Deploying production to account 123456789012, us-east-1, as arn:aws:iam::123456789012:user/": {definitions: mine, bootstrap: "21"},
		"run make bootstrap there, once":              {definitions: mine},
		"version 5, and 6 is wanted":                  {definitions: mine, bootstrap: "5"},
		"did you mean us-east-1?":                     {definitions: mine, bootstrap: "21", region: "us-east-1a"},
		"no Region is named":                          {definitions: mine, bootstrap: "21", region: "-"},
		"have expired: log in again":                  {definitions: mine, bootstrap: "21", fails: sandboxtest.Fail("sts:GetCallerIdentity", 9, &wire.Error{Code: "ExpiredToken", Status: 403})},
		"infra/services/checkout.yaml is the example": {definitions: map[string]string{"checkout.yaml": strings.ReplaceAll(shop, "shop", "checkout")}, bootstrap: "21"},
		"did you mean allAtOnce?":                     {definitions: map[string]string{"shop.yaml": strings.Replace(shop, "strategy: {allAtOnce", "strategy: {allAtOnec", 1)}, bootstrap: "21"},
	} {
		scenario.RunWith(t, scenario.Options{Middleware: []wire.Middleware{orNone(test.fails)}}, func(w *scenario.World) {
			cfg := w.Sandbox.Config("")
			if test.bootstrap != "" {
				if _, err := ssm.NewFromConfig(cfg).PutParameter(w.T.Context(), &ssm.PutParameterInput{Name: aws.String(bootstrapped), Value: &test.bootstrap, Type: types.ParameterTypeString}); err != nil {
					t.Fatal(err)
				}
			}
			if test.region != "" {
				cfg.Region = strings.TrimPrefix(test.region, "-")
			}
			said, err := look(w.T.Context(), cfg, files(t, test.definitions), "production")
			if err != nil {
				said = err.Error()
			}
			if !strings.Contains(said, want) {
				t.Errorf("it says %q, want %q", said, want)
			}
		})
	}
}

func orNone(m wire.Middleware) wire.Middleware {
	if m == nil {
		return sandboxtest.Fail("nobody:AsksThis", 1, &wire.Error{})
	}
	return m
}

func TestMistypedEnvironmentIsNotDeployed(t *testing.T) {
	root := files(t, map[string]string{"shop.yaml": shop, "staging/shop.yaml": "revertWindow: 1h\n", "templates/standard.yaml": "revertWindow: 1h\n"})
	for environment, want := range map[string]string{
		"staging": "", "production": "", "acceptance": "",
		"stagin": "did you mean staging?", "prodction": "did you mean production?", "Staging": "did you mean staging?", "templates": "choose another name",
	} {
		if err := meant(root, environment); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", environment, err, want)
		}
	}
}
