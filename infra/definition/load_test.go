package definition_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"sluice/infra/definition"
)

const good = `service: checkout
target:
  lambdaAlias: {function: checkout, alias: live}
strategy:
  canary:
    steps:
      - {weight: 5, bake: 10m}
      - weight: 50
        bake: 1h30m
guard:
  alarms: [checkout-errors]
`

// files is a repository with the real schema and these definitions.
func files(t *testing.T, definitions map[string]string) fs.FS {
	t.Helper()
	schema, err := os.ReadFile("../../" + definition.SchemaFile)
	if err != nil {
		t.Fatal(err)
	}
	repository := fstest.MapFS{definition.SchemaFile: {Data: schema}, definition.Folder: {Mode: fs.ModeDir}}
	for name, text := range definitions {
		repository[definition.Folder+"/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return repository
}

func load(t *testing.T, definitions map[string]string) []definition.Service {
	t.Helper()
	services, err := definition.Load(files(t, definitions), "staging")
	if err != nil {
		t.Fatal(err)
	}
	return services
}

func TestEveryEnvironmentOfThisRepositoryLoads(t *testing.T) {
	root := os.DirFS("../..")
	environments, err := definition.Environments(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, environment := range environments {
		services, err := definition.Load(root, environment)
		if err != nil || len(services) == 0 {
			t.Errorf("%s: %d services, %v", environment, len(services), err)
		}
	}
}

func TestTheSameDefinitionGivesTheSameJSON(t *testing.T) {
	reordered := `guard: {alarms: ["checkout-errors"]}
strategy: {canary: {steps: [{bake: 600s, weight: 5.0}, {bake: 90m, weight: 50}]}} # other order, other words
target: {lambdaAlias: {alias: live, function: checkout}}
service: checkout
`
	const want = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},` +
		`"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":50,"bake":"1h30m"}]}},"guard":{"alarms":["checkout-errors"]}}`
	for _, text := range []string{good, reordered} {
		if got := string(load(t, map[string]string{"checkout.yaml": text})[0].JSON); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestAnOverlayMergesMapsReplacesListsAndRemovesByNull(t *testing.T) {
	services := load(t, map[string]string{
		"checkout.yaml": good,
		"search.yaml":   strings.ReplaceAll(good, "checkout", "search"),
		"staging/checkout.yaml": `
strategy: {canary: {steps: [{weight: 30, bake: 10s}]}}
guard: {whenNoData: rollBack}
`,
		"staging/search.yaml":      `strategy: {canary: null, linear: {step: 20, bake: 5m}}`,
		"production/checkout.yaml": `revertWindow: 1h`,
	})
	want := []string{
		`{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},"strategy":{"canary":{"steps":[{"weight":30,"bake":"10s"}]}},"guard":{"alarms":["checkout-errors"],"whenNoData":"rollBack"}}`,
		`{"service":"search","target":{"lambdaAlias":{"function":"search","alias":"live"}},"strategy":{"linear":{"step":20,"bake":"5m"}},"guard":{"alarms":["search-errors"]}}`,
	}
	for i, service := range services {
		if got := string(service.JSON); got != want[i] {
			t.Errorf("got  %s\nwant %s", got, want[i])
		}
	}
}

// problems are the lines of what is wrong, without the common folder.
func problems(t *testing.T, definitions map[string]string) []string {
	t.Helper()
	services, err := definition.Load(files(t, definitions), "staging")
	var all definition.Problems
	if !errors.As(err, &all) {
		t.Fatalf("want problems, have %d services and error %v", len(services), err)
	}
	return strings.Split(strings.ReplaceAll(all.Error(), definition.Folder+"/", ""), "\n")
}

func TestAProblemSaysWhereWhatAndWhatWouldBeRight(t *testing.T) {
	for name, c := range wrong {
		t.Run(name, func(t *testing.T) {
			text := good
			for _, old := range slices.Sorted(maps.Keys(c.replace)) {
				if !strings.Contains(text, old) {
					t.Fatalf("the good definition has no %q", old)
				}
				text = strings.Replace(text, old, c.replace[old], 1)
			}
			if diff := cmp.Diff(c.want, problems(t, map[string]string{"checkout.yaml": text})); diff != "" {
				t.Errorf("(- want, + got)\n%s", diff)
			}
		})
	}
}

func TestAllProblemsOfAllFilesAreReportedInOrder(t *testing.T) {
	got := problems(t, map[string]string{
		"a.yaml":                "",
		"b.yaml":                "service: b\n  target: {",
		"checkout.yaml":         strings.Replace(good, "weight: 5,", "weight: -5,", 1),
		"copy.yaml":             strings.Replace(good, "service: checkout", "service: other", 1),
		"later.yml":             good,
		"staging/chekout.yaml":  "revertWindow: 1h",
		"staging/checkout.yaml": "queueLimit: 900h\nguard:\n  whenRed: maybe\n",
	})
	want := []string{
		`a.yaml:1: the file is empty; write a definition, or delete the file`,
		`b.yaml:2: this is not YAML: mapping values are not allowed in this context; check indentation, colons and quotes here and on the line above`,
		`checkout.yaml:7: strategy.canary.steps[0].weight: -5 is not a percentage; write a number from 0 to 100`,
		`copy.yaml:1: service: "other" is not the file's name; write copy, or rename the file`,
		`copy.yaml:1: target: it is also the target of checkout.yaml; let one service own it`,
		`later.yml:1: files are not read under this name; rename it to end in .yaml`,
		`staging/checkout.yaml:1: queueLimit: 900h is out of range; write a duration from 0s to 720h`,
		`staging/checkout.yaml:3: guard.whenRed: "maybe" is not a policy for alarms that are red at the start; write one of reject, wait`,
		`staging/chekout.yaml:1: there is no chekout.yaml for this to lie over; did you mean checkout?`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(- want, + got)\n%s", diff)
	}
}

// An editor's lock and a copy's shadow stand beside a definition while somebody works on it.
func TestFilesThatEditorsLeaveDoNotSpoilTheDefinitions(t *testing.T) {
	left := map[string]string{"checkout.yaml": good, ".#checkout.yaml": "ada@laptop.4711", "._checkout.yaml": "\x00\x05\x16\x07"}
	if services := load(t, left); len(services) != 1 {
		t.Errorf("%d services are read, want one", len(services))
	}
}
