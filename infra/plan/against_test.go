package plan

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sluice/infra/definition"
)

const before = `service: shop
target: {lambdaAlias: {function: shop, alias: live}}
strategy: {allAtOnce: {bake: 10m}}
guard: {alarms: [shop-errors]}
`

// repository has a commit with the files, and after it what a pull request leaves of them. An empty text is no file.
func repository(t *testing.T, was, is map[string]string) (root string) {
	t.Helper()
	root = t.TempDir()
	schema, err := os.ReadFile("../../" + definition.SchemaFile)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if text == "" {
			_ = os.Remove(file)
		} else if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(definition.SchemaFile, string(schema))
	for name, text := range was {
		write(filepath.Join(definition.Folder, name), text)
	}
	for _, words := range [][]string{{"init", "-q", "-b", "main"}, {"add", "."}, {"-c", "user.name=ada", "-c", "user.email=ada@example.com", "commit", "-q", "-m", "before"}} {
		if said, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", root}, words...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", words, err, said)
		}
	}
	for name, text := range is {
		write(filepath.Join(definition.Folder, name), text)
	}
	return root
}

func TestPullRequestIsToldWhichReleasesItChanges(t *testing.T) {
	standard := "strategy: {allAtOnce: {bake: 10m}}\nguard: {alarms: ['${service}-errors']}\n"
	of := func(name string) string {
		return "service: " + name + "\nextends: standard\ntarget: {lambdaAlias: {function: " + name + ", alias: live}}\n"
	}
	for name, test := range map[string]struct {
		was, is map[string]string
		service string
		want    []string
		never   string
	}{
		"a bake": {
			was: map[string]string{"shop.yaml": before, "other.yaml": strings.ReplaceAll(before, "shop", "other")}, is: map[string]string{"shop.yaml": strings.Replace(before, "10m", "1h", 1)},
			want:  []string{"#### shop: 1 step, 1h", "| `strategy.allAtOnce.bake` | `10m` | `1h` | `shop.yaml:3` |", "Guard alarms shop-errors", "AWS cost of a release"},
			never: "other",
		},
		"a template changes all that extend it": {
			was:  map[string]string{"templates/standard.yaml": standard, "one.yaml": of("one"), "two.yaml": of("two")},
			is:   map[string]string{"templates/standard.yaml": strings.Replace(standard, "10m", "5m", 1)},
			want: []string{"#### one:", "#### two:", "| `10m` | `5m` | `templates/standard.yaml:1` |"},
		},
		"a new service":         {was: map[string]string{"shop.yaml": before}, is: map[string]string{"new.yaml": strings.ReplaceAll(before, "shop", "new")}, want: []string{"#### new:", "| `service` | | `new` | `new.yaml:1` |"}, never: "shop"},
		"one that is gone":      {was: map[string]string{"shop.yaml": before, "old.yaml": strings.ReplaceAll(before, "shop", "old")}, is: map[string]string{"old.yaml": ""}, want: []string{"**old** is not released by Sluice any more"}},
		"nothing":               {was: map[string]string{"shop.yaml": before}, want: []string{"No definition differs from `main`."}, never: "####"},
		"one that is asked for": {was: map[string]string{"shop.yaml": before}, service: "shop", want: []string{"#### shop:"}, never: "| value |"},
		"what was wrong before": {was: map[string]string{"shop.yaml": "service: shop\n"}, is: map[string]string{"shop.yaml": before}, want: []string{"#### shop:"}},
		"a value that would end the table": {
			was: map[string]string{"shop.yaml": before}, is: map[string]string{"shop.yaml": strings.Replace(before, "shop-errors", "'a`|b <!-- @everybody'", 1)},
			want: []string{"`[a'\\|b <!-- @everybody]` | `shop.yaml:4` |"},
		},
	} {
		page, err := against(t.Context(), Wish{Root: repository(t, test.was, test.is), Environment: "production", Service: test.service}, "main", io.Discard, world{nobody, alarmsOf(), lastWeekOf(600, 3), nil})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, want := range test.want {
			if !says(page, want) {
				t.Errorf("%s: %q is not in\n%s", name, want, page)
			}
		}
		if test.never != "" && strings.Contains(page, test.never) {
			t.Errorf("%s: %q is in\n%s", name, test.never, page)
		}
	}
}

func TestPullRequestIsToldWhatIsWrongWithItsDefinitions(t *testing.T) {
	root := repository(t, map[string]string{"shop.yaml": before}, map[string]string{"shop.yaml": strings.Replace(before, "10m", "10 minutes", 1)})
	page, err := against(t.Context(), Wish{Root: root, Environment: "production"}, "main", io.Discard, world{})
	if err == nil || !strings.Contains(page, "* `infra/services/shop.yaml:3: strategy.allAtOnce.bake: ") {
		t.Errorf("%v, and the page\n%s", err, page)
	}
	for commit, want := range map[string]string{"mian": `"mian"`, "--output=x": "--output=x"} {
		root := repository(t, map[string]string{"shop.yaml": before}, nil)
		if page, err := against(t.Context(), Wish{Root: root, Environment: "production"}, commit, io.Discard, world{}); err == nil || page != "" || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "git fetch") {
			t.Errorf("%s: %v\n%s", commit, err, page)
		}
	}
}

// A host refuses a comment that is too long; what has no room is named.
func TestCommentIsNotTooLong(t *testing.T) {
	l := leaflet{environment: "production", commit: "main"}
	for range 40 {
		l.add(shop(), nil, strings.Repeat("wide\n", 1000))
	}
	if text := l.String(); len(text) > 65_536 || strings.Count(text, "shop: 4 steps") != 40 {
		t.Errorf("%d characters, %d services", len(text), strings.Count(text, "shop: 4 steps"))
	}
}
