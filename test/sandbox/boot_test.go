package sandbox_test

import (
	"context"
	"os"
	"sync"
	"testing"

	"sluice/test/sandbox"
	"sluice/test/sandbox/cfn"
)

var goldenTemplate = sync.OnceValues(func() (*cfn.Template, error) { return parsed("golden") })

func parsed(name string) (*cfn.Template, error) {
	text, err := os.ReadFile("../../infra/testdata/" + name + ".template.json")
	if err != nil {
		return nil, err
	}
	return cfn.Parse(text)
}

// golden is the stack as it is deployed, parsed once for all tests. A test that changes it clones it.
func golden(t testing.TB) *cfn.Template {
	t.Helper()
	template, err := goldenTemplate()
	if err != nil {
		t.Fatal(err)
	}
	return template
}

// definitions is the stack beside it that holds what the functions read of services.
func definitions(t testing.TB) []*cfn.Template {
	t.Helper()
	template, err := parsed("golden.definitions")
	if err != nil {
		t.Fatal(err)
	}
	return []*cfn.Template{template}
}

func boot(t testing.TB, o sandbox.Options) *sandbox.Sandbox {
	t.Helper()
	box, err := sandbox.Boot(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	return box
}

// answering is every function in process, each with the same answer.
func answering(answer string) func(function, version string) func(context.Context, []byte) ([]byte, error) {
	return func(string, string) func(context.Context, []byte) ([]byte, error) {
		return func(context.Context, []byte) ([]byte, error) { return []byte(answer), nil }
	}
}

func TestBootCreatesEverythingInTheTemplate(t *testing.T) {
	box := boot(t, sandbox.Options{Template: golden(t), InProcess: answering(`{}`)})
	for id, made := range box.Stack.Resources {
		if made.Ref == "" || made.Skipped != "" {
			t.Errorf("%s (%s) was not created: %+v", id, made.Type, made)
		}
	}
	if want := len(golden(t).Resources); len(box.Stack.Resources) != want {
		t.Errorf("%d resources were created; the template has %d", len(box.Stack.Resources), want)
	}
	for name, text := range box.Stack.Outputs {
		if text == "" {
			t.Errorf("output %s is empty", name)
		}
	}
}

func BenchmarkBoot(b *testing.B) {
	template := golden(b)
	for b.Loop() {
		box, err := sandbox.Boot(context.Background(), sandbox.Options{Template: template, InProcess: answering(`{}`)})
		if err != nil {
			b.Fatal(err)
		}
		box.Close()
	}
}
