package rollout_test

import (
	"encoding/json"
	"strings"
	"testing"

	"sluice/shared/rollout"
)

func TestMarkedStepsAreWhatTheTargetCanDo(t *testing.T) {
	const itsMark = `,"marked":{"priority":5,"header":{"name":"X-Canary","values":["1"]}}`
	for name, c := range map[string]struct{ target, steps, says string }{
		"a rule with a mark":         {aRule + itsMark, `{"weight":0,"marked":true,"bake":"10m"},{"weight":5,"bake":"10m"}`, ""},
		"a rule without one":         {aRule, `{"weight":0,"marked":true,"bake":"10m"}`, "target.albRule.marked: a step gives the candidate marked requests, and nothing says which"},
		"an alias":                   {anAlias, `{"weight":0,"marked":true,"bake":"10m"}`, "a Lambda alias cannot give the candidate marked requests alone"},
		"a weight at the same time":  {aRule + itsMark, `{"weight":5,"marked":true,"bake":"10m"}`, "steps[0].marked: a step with 5 % gives the candidate other requests, too"},
		"a mark that nobody watches": {aRule + itsMark, `{"weight":0,"marked":true}`, "steps[0].bake: the step is not watched at all"},
		"every request is marked":    {aRule + strings.Replace(itsMark, `["1"]`, `["*"]`, 1), `{"weight":0,"marked":true,"bake":"10m"}`, "marks every request that has the header"},
		"the Host header":            {aRule + strings.Replace(itsMark, "X-Canary", "Host", 1), `{"weight":0,"marked":true,"bake":"10m"}`, "is not a header by which a rule may choose"},
	} {
		var d rollout.Definition
		text := `{"service":"checkout",` + c.target + `}},"strategy":{"canary":{"steps":[` + c.steps + `]}},"guard":{"alarms":["checkout-errors"]}}`
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			t.Fatal(err)
		}
		found := d.Validate()
		switch {
		case c.says == "" && len(found) > 0:
			t.Errorf("%s: %v", name, found)
		case c.says != "" && (len(found) != 1 || !strings.Contains(found[0].String(), c.says)):
			t.Errorf("%s: %v, want one that says %q", name, found, c.says)
		}
	}
}

// A split that gives the candidate marked requests is not one in which stable has everything.
func TestMarkedRequestsAreTraffic(t *testing.T) {
	marked := rollout.Split{Stable: "1", Candidate: "2", Marked: true}
	if marked.Serves("1") || marked.Plain().Serves("1") || marked.Same(rollout.Split{Stable: "1"}) || !marked.Same(marked.Plain()) {
		t.Errorf("%v looks as if stable had everything", marked)
	}
}
