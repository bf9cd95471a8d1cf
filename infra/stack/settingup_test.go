package stack_test

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var secretRow = regexp.MustCompile("(?m)^\\| `sluice-\\$ENV/([a-z-]+)` \\|.*\\| ((?:`[a-z]+`(?:, )?)+) \\|$")

// The page says of every secret which functions read it. Whoever trusts a table of secrets trusts that it is all of them.
func TestTableOfSecretsIsWhatRolesMayRead(t *testing.T) {
	text, err := os.ReadFile("../../docs/setting-up.md")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string][]string{}
	for _, m := range secretRow.FindAllStringSubmatch(string(text), -1) {
		said[m[1]] = strings.Split(strings.ReplaceAll(m[2], "`", ""), ", ")
	}
	golden, err := os.ReadFile("../testdata/golden.template.json")
	if err != nil {
		t.Fatal(err)
	}
	granted := secretsOf(t, golden)
	if !maps.EqualFunc(said, granted, slices.Equal) {
		t.Errorf("the page says  %v\nthe template is %v", said, granted)
	}
}

var (
	roleOf   = regexp.MustCompile(`^([A-Z][a-z]+)Role[0-9A-F]{8}$`)
	secretOf = regexp.MustCompile(`:secret:sluice-sandbox/([a-z-]+)-\?{6}`)
)

// secretsOf is which functions may read which secret, both in the order of the alphabet.
func secretsOf(t *testing.T, template []byte) map[string][]string {
	t.Helper()
	var parsed struct {
		Resources map[string]struct {
			Type       string
			Properties json.RawMessage
		}
	}
	if err := json.Unmarshal(template, &parsed); err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, id := range slices.Sorted(maps.Keys(parsed.Resources)) {
		role := roleOf.FindStringSubmatch(id)
		if role == nil || parsed.Resources[id].Type != "AWS::IAM::Role" {
			continue
		}
		for _, m := range secretOf.FindAllStringSubmatch(string(parsed.Resources[id].Properties), -1) {
			found[m[1]] = append(found[m[1]], strings.ToLower(role[1]))
		}
	}
	return found
}
