package definition_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/infra/definition"
)

const gated = good + `people:
  grace: {event: grace}
gates:
  windows:
    - {days: [mon, thu], from: "09:00", until: "16:00", zone: Europe/Berlin}
  freezes:
    - {from: 2026-12-20T00:00:00+01:00, until: "2027-01-02T08:00:00+01:00", owner: grace, reason: end of year}
  calendars: [company-changes]
  flags:
    - {parameter: /checkout/releases, equals: "on"}
  config: {rules: [lambda-inside-vpc]}
  scan: {severity: CRITICAL, most: 2, ecr: checkout, inspector: true}
  tests:
    - {lambda: checkout-smoke, payload: {depth: full}, within: 30s}
    - {codeBuild: checkout-acceptance}
    - {automation: restore-drill, parameters: {Region: [eu-central-1]}, within: 1h}
  whenShut: wait
  override: [grace]
`

func TestGatesAreReadAsTheyAreWritten(t *testing.T) {
	g := load(t, map[string]string{"checkout.yaml": gated})[0].Definition.Gates
	if until := time.Date(2027, 1, 2, 7, 0, 0, 0, time.UTC); !g.Freezes[0].Until.Equal(until) || !g.Freezes[0].From.Before(until) {
		t.Errorf("the freeze is %+v, want it until %v", g.Freezes[0], until)
	}
	if g.Flags[0].Equals != "on" || g.Windows[0].Zone != "Europe/Berlin" || len(g.Tests) != 3 || g.Tests[2].Parameters["Region"][0] != "eu-central-1" {
		t.Errorf("read %+v", g)
	}
}

func TestWhatIsWrongWithAGateIsSaidWithItsPlace(t *testing.T) {
	for name, test := range map[string]struct{ old, new, path string }{
		"a zone that is none":                     {"Europe/Berlin", "Europe/Atlantis", "gates.windows[0].zone"},
		"an abbreviation":                         {"Europe/Berlin", "CET", "gates.windows[0].zone"},
		"a time of day without quotes":            {`"09:00"`, "9:00", "gates.windows[0].from"},
		"an empty window":                         {`"16:00"`, `"09:00"`, "gates.windows[0].until"},
		"a freeze that ends before it begins":     {`"2027-01-02T08:00:00+01:00"`, `"2026-01-02T08:00:00+01:00"`, "gates.freezes[0].until"},
		"a freeze that nobody owns":               {"owner: grace, ", "", "gates.freezes[0].owner"},
		"somebody who is not known":               {"override: [grace]", "override: [linus]", "gates.override[0]"},
		"nobody who scans":                        {", ecr: checkout, inspector: true", "", "gates.scan"},
		"a function that may take too long":       {"within: 30s", "within: 3m", "gates.tests[0].within"},
		"two kinds of test in one":                {"{codeBuild: checkout-acceptance}", "{codeBuild: checkout-acceptance, lambda: x}", "gates.tests[1]"},
		"the same test twice":                     {"{codeBuild: checkout-acceptance}", "{lambda: checkout-smoke}", "gates.tests[1]"},
		"parameters for what takes none":          {"{codeBuild: checkout-acceptance}", "{codeBuild: checkout-acceptance, parameters: {A: [b]}}", "gates.tests[1].parameters"},
		"a policy that is not known":              {"whenShut: wait", "whenShut: sleep", "gates.whenShut"},
		"a parameter's name that would be a path": {"/checkout/releases", "/checkout/*", "gates.flags[0].parameter"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := definition.Load(files(t, map[string]string{"checkout.yaml": strings.Replace(gated, test.old, test.new, 1)}), "staging")
			var problems definition.Problems
			if !errors.As(err, &problems) || !slices.ContainsFunc(problems, func(p definition.Problem) bool { return p.Path == test.path && p.Remedy != "" && p.Line > 1 }) {
				t.Errorf("%v, want a problem at %s with its line and a remedy", err, test.path)
			}
		})
	}
}
