package ci_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"sluice/events"
)

// parameters are what pages have people write into the parameters of an action or a rule.
var parameters = regexp.MustCompile(`UserParameters: '(.*)'`)

// replaced is a variable of CodePipeline.
var replaced = regexp.MustCompile(`#\{[^}]*\}`)

// What is copied from docs asks for a release as soon as CodePipeline has put its variables in.
func TestParametersOfThePagesAreRead(t *testing.T) {
	for _, name := range []string{"codepipeline.md", "codepipeline.yaml"} {
		text, err := os.ReadFile(folder + name)
		if err != nil {
			t.Fatal(err)
		}
		found := parameters.FindAllStringSubmatch(string(text), -1)
		if len(found) == 0 {
			t.Errorf("%s shows no parameters", name)
		}
		for _, one := range found {
			var j events.Job
			j.Data.Action.Configuration.UserParameters = replaced.ReplaceAllString(one[1], "42")
			if s, err := j.Reads(); err != nil || s.Service != "checkout" || s.Revision != "42" {
				t.Errorf("%s: %s is read as %+v (%v)", name, one[1], s, err)
			}
			j.Data.Action.Configuration.UserParameters = one[1]
			if _, err := j.Reads(); err == nil {
				t.Errorf("%s: a variable that nobody has made is released", name)
			}
		}
	}
}

// inputs are what pages have people write into the input of an action of Step Functions.
var inputs = regexp.MustCompile(`Input: '(.*)'`)

func TestInputOfThePageIsRead(t *testing.T) {
	text, err := os.ReadFile(folder + "codepipeline.md")
	if err != nil {
		t.Fatal(err)
	}
	found := inputs.FindAllStringSubmatch(string(text), -1)
	if len(found) != 1 {
		t.Fatalf("the page shows %d inputs", len(found))
	}
	one := events.Turn{Asks: []byte(replaced.ReplaceAllString(found[0][1], "42"))}
	if s, err := one.Reads(); err != nil || s.Service != "checkout" || s.Revision != "42" || s.Commit != "42" {
		t.Errorf("it is read as %+v (%v)", s, err)
	}
}

// The pipeline to copy may invoke the function that it names, and nothing else of Sluice's.
func TestPipelineToCopyMayInvokeWhatItNames(t *testing.T) {
	text, err := os.ReadFile(folder + "codepipeline.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var template map[string]any
	if err := yaml.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "sluice-${Environment}-stage"); n != 2 || strings.Count(string(text), "lambda:") != 2 {
		t.Errorf("it names the function %d times: once to invoke it, and once to allow that", n)
	}
}
