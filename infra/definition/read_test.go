package definition_test

import (
	"slices"
	"strings"
	"testing"

	"sluice/infra/definition"
)

// Of one service's mistakes, in its own file or in an environment's, nobody else hears when they ask for theirs.
func TestAMistakeConcernsItsOwnServiceAlone(t *testing.T) {
	read, err := definition.Read(files(t, map[string]string{
		"checkout.yaml":       good,
		"basket.yaml":         "service: basket\ntarget: {\n",
		"search.yaml":         strings.NewReplacer("checkout", "search").Replace(good),
		"staging/search.yaml": "strategy: {canary: {steps: [{weight: 150, bake: 10m}]}}\n",
	}), "staging")
	if err != nil {
		t.Fatal(err)
	}
	if names := read.Names(); !slices.Equal(names, []string{"basket", "checkout", "search"}) {
		t.Errorf("the services are %v", names)
	}
	s, others, err := read.Service("checkout")
	if err != nil || s.Definition.Service != "checkout" || len(others) != 2 {
		t.Errorf("%+v, %v, %v", s.Definition, others, err)
	}
	for name, want := range map[string]string{
		"basket": "infra/services/basket.yaml:2: this is not YAML", "search": "infra/services/staging/search.yaml:1: strategy.canary.steps[0].weight: 150", "chekout": "did you mean checkout?",
	} {
		if _, _, err := read.Service(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

func TestEachValueKnowsWhereItIsWritten(t *testing.T) {
	read, err := definition.Read(files(t, map[string]string{"checkout.yaml": good, "staging/checkout.yaml": "\nguard: {alarms: [a, b]}\n"}), "staging")
	if err != nil || len(read.Services) != 1 {
		t.Fatalf("%v, %v", err, read.Problems)
	}
	for path, want := range map[string]struct {
		file string
		line int
	}{
		"strategy.canary.steps[1].bake": {"infra/services/checkout.yaml", 9}, "guard.alarms[1]": {"infra/services/staging/checkout.yaml", 2}, "gates.flags[0]": {"infra/services/checkout.yaml", 1},
	} {
		if file, line := read.Services[0].At(path); file != want.file || line != want.line {
			t.Errorf("%s is at %s:%d, want %+v", path, file, line, want)
		}
	}
}

// A template that cannot be read concerns those who extend it, and nobody else.
func TestATemplatesMistakeConcernsThoseWhoExtendIt(t *testing.T) {
	read, err := definition.Read(files(t, map[string]string{
		"checkout.yaml": good, "templates/fast.yaml": "strategy: {\n",
		"search.yaml": "extends: fast\n" + strings.NewReplacer("checkout", "search").Replace(good),
	}), "staging")
	if err != nil {
		t.Fatal(err)
	}
	if s, _, err := read.Service("checkout"); err != nil {
		t.Errorf("%+v, %v", s.Definition, err)
	}
	if _, _, err := read.Service("search"); err == nil || !strings.Contains(err.Error(), "infra/services/templates/fast.yaml:1: this is not YAML") {
		t.Errorf("search: %v", err)
	}
	if names := read.Names(); !slices.Equal(names, []string{"checkout", "search"}) {
		t.Errorf("the services are %v", names)
	}
}
