package kind_test

import (
	"slices"
	"strings"
	"testing"

	"sluice/shared/kind"
)

var cart = kind.Configuration{Application: "shop001", Environment: "prod001", Profile: "cart001", Strategy: "AppConfig.Linear20PercentEvery6Minutes", Back: "atonce1"}

func TestConfigurationIsNamedByIDs(t *testing.T) {
	if found := cart.Problems(); len(found) > 0 {
		t.Errorf("a configuration that is right has the problems %v", found)
	}
	for field, change := range map[string]func(c *kind.Configuration){
		"application": func(c *kind.Configuration) { c.Application = "Shop" },
		"environment": func(c *kind.Configuration) { c.Environment = "production" },
		"profile":     func(c *kind.Configuration) { c.Profile = "" },
		"strategy":    func(c *kind.Configuration) { c.Strategy = "AppConfig.Slow" },
		"back":        func(c *kind.Configuration) { c.Back = "at once" },
	} {
		c := cart
		change(&c)
		if found := c.Problems(); len(found) != 1 || found[0].Field != field || found[0].Remedy == "" {
			t.Errorf("with a wrong %s it has the problems %v", field, found)
		}
	}
}

// The growth is AppConfig's, and rests nowhere.
func TestConfigurationClimbsNoLadder(t *testing.T) {
	if p := cart.Climbs([]int{10000}); p != nil {
		t.Errorf("all at once has the problem %v", p)
	}
	if p := cart.Climbs([]int{500, 10000}); p == nil || !strings.Contains(p.Remedy, "allAtOnce") {
		t.Errorf("a canary has the problem %v", p)
	}
}

// Only what moves may start and stop, and only shift by the strategy of a release.
func TestConfigurationIsDeployedByThoseThatMoveOnly(t *testing.T) {
	for function, want := range map[string][]string{
		"plan": nil, "admit": nil, "look": nil,
		"shift": {"deploymentstrategy/" + cart.Strategy, "deploymentstrategy/atonce1"},
		"guard": {"deploymentstrategy/atonce1"}, "rollback": {"deploymentstrategy/atonce1"}, "settle": {"deploymentstrategy/atonce1"},
	} {
		var by []string
		for _, n := range cart.Needs(function, kind.Uses{}) {
			if slices.Contains(n.Actions, "appconfig:StartDeployment") && strings.HasPrefix(n.Resource, "deploymentstrategy/") {
				by = append(by, n.Resource)
			}
		}
		slices.Sort(by)
		if !slices.Equal(by, slices.Sorted(slices.Values(want))) {
			t.Errorf("%s may deploy by %v, want %v", function, by, want)
		}
	}
}
