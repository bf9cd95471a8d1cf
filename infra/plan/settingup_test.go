package plan

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// ofPage is a template that a page shows, by the name of its file in the first line.
func ofPage(t *testing.T, page, file string) (template struct {
	Resources map[string]struct {
		Properties map[string]any `yaml:"Properties"`
	} `yaml:"Resources"`
},
) {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + page)
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```yaml\n# " + regexp.QuoteMeta(file) + "\n(.*?)```").FindSubmatch(text)
	if block == nil {
		t.Fatalf("%s shows no %s", page, file)
	}
	if err := yaml.Unmarshal(block[1], &template); err != nil {
		t.Fatalf("%s of %s: %v", file, page, err)
	}
	return template
}

// Whoever copies the role of builds must not copy what plan warns of.
func TestRoleThatThePageShowsMayPublishAndNothingThatReleases(t *testing.T) {
	var may []string
	for _, p := range ofPage(t, "setting-up.md", "build.yaml").Resources["Role"].Properties["Policies"].([]any) {
		for _, s := range p.(map[string]any)["PolicyDocument"].(map[string]any)["Statement"].([]any) {
			for _, a := range s.(map[string]any)["Action"].([]any) {
				may = append(may, a.(string))
			}
		}
	}
	for _, must := range []string{"lambda:UpdateFunctionCode", "lambda:PublishVersion", "logs:PutLogEvents"} {
		if !slices.Contains(may, must) {
			t.Errorf("the role may not %s", must)
		}
	}
	for _, never := range trespasses {
		if slices.ContainsFunc(may, func(a string) bool { return a == never.action || strings.Contains(a, "*") }) {
			t.Errorf("the role may %s: %s", never.action, never.why)
		}
	}
}

// An alarm on the function as a whole would take a release back for what other callers get.
func TestAlarmThatThePageShowsKnowsTheAlias(t *testing.T) {
	shown := ofPage(t, "setting-up.md", "live.yaml").Resources
	alarm := shown["Errors"].Properties
	found := false
	for _, d := range alarm["Dimensions"].([]any) {
		found = found || d.(map[string]any)["Name"] == "Resource" && d.(map[string]any)["Value"] == "${Function}:"+shown["Live"].Properties["Name"].(string)
	}
	if !found || alarm["TreatMissingData"] != "notBreaching" {
		t.Errorf("the alarm is %v", alarm)
	}
}
