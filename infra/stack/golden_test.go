package stack_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/infra/mergepatch"
	"sluice/infra/stack"
)

// The sandbox boots from the golden templates, so that it needs neither Node nor the CDK. What is deployed and what is
// run on one machine must be the same.
func TestTheGoldenTemplatesAreWhatTheAppMakes(t *testing.T) {
	needNode(t)
	fresh, err := stack.Templates(root, stack.Sandbox)
	if err != nil {
		t.Fatal(err)
	}
	if len(fresh) != len(stack.GoldenFiles) {
		t.Errorf("the app makes %d templates, want %d", len(fresh), len(stack.GoldenFiles))
	}
	for name, file := range stack.GoldenFiles {
		same(t, file, read(t, file), fresh[name])
	}
	for id, file := range stack.PatchFiles() {
		engine, err := stack.OfKind(root, stack.Sandbox, id)
		if err != nil {
			t.Fatal(err)
		}
		patched, err := mergepatch.Apply(read(t, stack.GoldenFiles["Sluice-sandbox"]), read(t, file))
		if err != nil {
			t.Fatal(err)
		}
		same(t, file, patched, engine)
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func same(t *testing.T, file string, old, fresh []byte) {
	t.Helper()
	if diff := differences(t, old, fresh); diff != "" {
		t.Errorf("%s is not what the app makes (- golden, + fresh):\n%s\nIf this is what you want: make golden", file, diff)
	}
}

// differences shows what changed, resource by resource: a diff of the whole would drown it in what did not.
func differences(t *testing.T, old, fresh []byte) string {
	t.Helper()
	before, after := parts(t, old), parts(t, fresh)
	var diff strings.Builder
	for _, name := range slices.Sorted(maps.Keys(union(before, after))) {
		switch {
		case before[name] == "":
			fmt.Fprintf(&diff, "+ %s is new\n", name)
		case after[name] == "":
			fmt.Fprintf(&diff, "- %s is gone\n", name)
		case before[name] != after[name]:
			fmt.Fprintf(&diff, "~ %s\n%s", name, cmp.Diff(before[name], after[name]))
		}
	}
	return diff.String()
}

// parts is a template as "Resources/Table (AWS::DynamoDB::Table)" and the like, each with its text.
func parts(t *testing.T, text []byte) map[string]string {
	t.Helper()
	var sections map[string]any
	if err := json.Unmarshal(text, &sections); err != nil {
		t.Fatalf("reading template: %v", err)
	}
	all := map[string]string{}
	for section, content := range sections {
		members, ok := content.(map[string]any)
		if !ok {
			all[section] = indented(t, content)
			continue
		}
		for id, member := range members {
			name := section + "/" + id
			if fields, ok := member.(map[string]any); ok && fields["Type"] != nil {
				name += fmt.Sprintf(" (%v)", fields["Type"])
			}
			all[name] = indented(t, member)
		}
	}
	return all
}

func indented(t *testing.T, value any) string {
	t.Helper()
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func union(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}
