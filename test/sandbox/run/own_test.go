package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"sluice/test/sandbox"
	sandboxevents "sluice/test/sandbox/eventbridge"
	"sluice/test/sandbox/run/shows"
)

const catalog = `service: catalog
target: { lambdaAlias: { function: catalog, alias: live } }
strategy: { canary: { steps: [ { weight: 50, bake: 2s } ] } }
guard: { alarms: [ catalog-errors ] }
revertWindow: 1m
source: { repository: github/acme/catalog, build: { codeBuild: catalog-build } }
`

// defined is a repository with these definitions, by service.
func defined(t *testing.T, texts map[string]string) fstest.MapFS {
	t.Helper()
	schema, err := os.ReadFile(filepath.Join(sources, "../../../events/definition.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"events/definition.schema.json": {Data: schema}, "infra/services/.keep": {}}
	for name, text := range texts {
		files["infra/services/"+name+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

// folder is a new one with these files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	at := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(at, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return at
}

var programs = map[string]struct{ tool, file, text string }{
	"Go": {"go", "main.go", `package main

import "github.com/aws/aws-lambda-go/lambda"

func main() { lambda.Start(func() (string, error) { return "hello", nil }) }
`},
	"Python": {"python3", "lambda_function.py", "def lambda_handler(event, context):\n    return 'hello'\n"},
	"Node":   {"node", "index.mjs", "export const handler = async () => 'hello';\n"},
	"shell": {"curl", "bootstrap", `#!/bin/sh
next="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while id=$(curl -sD - -o /dev/null "$next/next" | tr -d '\r' | sed -n 's/^Lambda-Runtime-Aws-Request-Id: //Ip'); do
  curl -s -o /dev/null -d '"hello"' "$next/$id/response"
done
`},
}

// A function in any of these languages runs as it is in its folder, and what is saved there becomes a version.
func TestFunctionOfOnesOwnRunsInItsLanguage(t *testing.T) {
	for name, p := range programs {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath(p.tool); err != nil {
				t.Skipf("SKIPPED: %s is not on the PATH, so no function in %s was run", p.tool, name)
			}
			k := processes(t)
			at := folder(t, map[string]string{p.file: p.text})
			if name == "Go" { // inside the module, whose runtime it imports
				at = filepath.Join(sources, "checkout")
			}
			k.folders["catalog"] = at
			k.look(t.Context())
			if bad := complaints(k.world); bad != "" {
				t.Fatal(bad)
			}
			out, err := k.world.lambda.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: new("catalog"), Qualifier: new("live")})
			if err != nil || out.FunctionError != nil || !strings.Contains(string(out.Payload), "hello") && name != "Go" {
				t.Errorf("it answered %+v, %v", out, err)
			}
			k.look(t.Context())
			versions, err := k.world.lambda.ListVersionsByFunction(t.Context(), &lambda.ListVersionsByFunctionInput{FunctionName: new("catalog")})
			if err != nil || len(versions.Versions) != 3 { // and $LATEST
				t.Errorf("there are versions %+v (%v), want the one that serves and the one that is released", versions, err)
			}
		})
	}
}

// processes is a keeper of a sandbox that runs functions as processes, without Sluice's.
func processes(t *testing.T) *keeper {
	t.Helper()
	box, err := sandbox.Boot(t.Context(), sandbox.Options{
		Template: golden(t), ListenAddr: "127.0.0.1:0", Binaries: func(string) (string, error) { return filepath.Join(sources, "run_test.go"), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	w := worldOf(t, box)
	k := newKeeper(w, options{service: "catalog"})
	k.root, k.every, k.patience = defined(t, map[string]string{"catalog": catalog}), 10*time.Millisecond, 0
	return k
}

// complaints are the bad news since the last time.
func complaints(w *world) string {
	var bad []string
	for _, e := range w.board.take() {
		if e.bad {
			bad = append(bad, e.who+": "+e.what)
		}
	}
	return strings.Join(bad, "\n")
}

// What somebody has forgotten is said in a line, with what to do, before anything is compiled.
func TestOwnServiceThatIsNotReadyIsSaidWithTheRemedy(t *testing.T) {
	root := t.TempDir()
	if err := os.CopyFS(root, defined(t, map[string]string{"catalog": catalog, "prices": strings.ReplaceAll(catalog, "catalog", "prices")})); err != nil {
		t.Fatal(err)
	}
	t.Chdir(root)
	t.Setenv("PATH", "")
	python := folder(t, map[string]string{"app.py": ""})
	for _, c := range []struct {
		o    options
		says string
	}{
		{options{service: "catalgo"}, "there is no infra/services/catalgo.yaml: did you mean catalog?"},
		{options{service: "catalog"}, "the code of catalog is not in services/catalog: put it there, or name another folder: CODE="},
		{options{service: "catalog", code: t.TempDir()}, "has no function that this can run: put in one of bootstrap, main.go, lambda_function.py"},
		{options{service: "catalog", code: python}, "app.py is written for python3, which is not on the PATH: install Python 3"},
		{options{service: "catalog", code: folder(t, map[string]string{"bootstrap": ""})}, ""},
		{options{service: service}, ""},
	} {
		if err := c.o.ready(); c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%+v: %v, want one line with %q", c.o, err, c.says)
		}
	}
	if err := os.WriteFile("infra/services/prices.yaml", []byte(strings.ReplaceAll(strings.ReplaceAll(catalog, "catalog", "prices"), "50", "500")), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := (options{service: "prices"}).ready(); err == nil || !strings.HasPrefix(err.Error(), "infra/services/prices.yaml:3: ") || strings.Contains(err.Error(), "\n") {
		t.Errorf("a weight of 500: %v, want the line of the file", err)
	}
}

// A sandbox that runs takes a definition that its templates do not have: Sluice's functions may touch what it names, and hear of it.
func TestRunningSandboxTakesADefinition(t *testing.T) {
	p := newPlayer(t, false)
	k := newKeeper(p.w, options{service: service})
	files := defined(t, nil)
	k.root, k.every = files, 10*time.Millisecond
	plan, err := p.w.sandbox.ConfigFor(stack + "-plan")
	if err != nil {
		t.Fatal(err)
	}
	reads := func() error {
		_, err := lambda.NewFromConfig(plan).GetAlias(t.Context(), &lambda.GetAliasInput{FunctionName: new("catalog"), Name: new("live")})
		return err
	}
	k.look(t.Context())
	if err := reads(); err == nil || !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("plan reads an alias that no definition names: %v", err)
	}
	files["infra/services/catalog.yaml"] = &fstest.MapFile{Data: []byte(catalog)}
	k.look(t.Context())
	if err := reads(); err == nil || !strings.Contains(err.Error(), "ResourceNotFound") {
		t.Errorf("plan reads the alias of the definition: %v, want that there is none yet", err)
	}
	p.sees("infra/services/catalog.yaml is read")
	p.sees("the code of catalog is not in services/catalog")
	if err := p.w.sandbox.EventBridge.Emit(t.Context(), "default", sandboxevents.Event{
		Source: "aws.codebuild", DetailType: "CodeBuild Build State Change", Detail: []byte(`{"build-status":"SUCCEEDED","project-name":"catalog-build"}`),
	}); err != nil {
		t.Fatal(err)
	}
	p.called("progress")
	for _, wrong := range []string{"weight: 500", "weight: 501"} {
		files["infra/services/catalog.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(catalog, "weight: 50", wrong, 1))}
		k.look(t.Context())
		k.look(t.Context())
		p.sees("infra/services/catalog.yaml:3: strategy.canary.steps[0].weight: " + wrong[8:])
	}
	if n := strings.Count(p.out.String(), "is not a percentage"); n != 2 {
		t.Errorf("two mistakes were said %d times:\n%s", n, p.out.String())
	}
}

// The whole way of one's own service: it is not in the golden templates, and nobody but its owner has ever heard of it.
func TestServiceOfOnesOwnIsReleased(t *testing.T) {
	t.Chdir("../../..")
	ctx, end := context.WithTimeout(t.Context(), 3*time.Minute)
	defer end()
	o := options{service: "catalog", code: folder(t, map[string]string{"bootstrap": programs["shell"].text})}
	p, err := produce(shows.Alias)
	if err != nil {
		t.Fatal(err)
	}
	built, err := compile(ctx, newShow(io.Discard, false), o, p)
	if err != nil {
		t.Fatal(err)
	}
	defer built.remove()
	port, err := free(0)
	if err != nil {
		t.Fatal(err)
	}
	w, err := stage(ctx, port, built, place{folder: built.demo}, p)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	k := newKeeper(w, o)
	k.root = defined(t, map[string]string{"catalog": catalog})
	defer k.start(ctx)()
	var out bytes.Buffer
	for f := newFollower(w, newShow(&out, false)); ctx.Err() == nil && !strings.Contains(out.String(), "SUCCEEDED") && !strings.Contains(out.String(), "  end       "); pause(ctx, 50*time.Millisecond) {
		f.look(ctx)
	}
	for _, want := range []string{"Version 1, the code in ", "Version 2 gets 50 % of the traffic", "Guard alarm catalog-errors is green", "SUCCEEDED"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it never said %q:\n%s", want, out.String())
		}
	}
}
