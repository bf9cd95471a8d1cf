package kind_test

import (
	"slices"
	"strings"
	"testing"

	"sluice/shared/kind"
)

const elbARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:"

// fronted is a rule with a listener for testers.
func fronted() kind.ALBRule {
	return kind.ALBRule{
		Rule: elbARN + "listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee",
		Blue: kind.Pool{TargetGroup: elbARN + "targetgroup/blue/73e2d6bc24d8a067"}, Green: kind.Pool{TargetGroup: elbARN + "targetgroup/green/6d0ecf831eec9f09"},
		Test: &kind.ALBFront{Listener: elbARN + "listener/app/shop/50dc6c495c0c9188/0467ef3c8400ae65", URL: "https://shop.example.com:8443"},
	}
}

func TestPlaceForTestsIsHeldAgainstTheRule(t *testing.T) {
	if found := fronted().Problems(); len(found) > 0 {
		t.Fatalf("what is right has problems: %+v", found)
	}
	for name, c := range map[string]struct {
		spoil func(r *kind.ALBRule)
		says  string
	}{
		"none":                  {func(r *kind.ALBRule) { r.Test.Listener = "" }, "it is not clear which rule testers meet"},
		"both":                  {func(r *kind.ALBRule) { r.Test.Rule = r.Rule[:len(r.Rule)-1] + "0" }, "it is not clear which rule testers meet"},
		"the users' rule":       {func(r *kind.ALBRule) { r.Test = &kind.ALBFront{Rule: r.Rule, URL: r.Test.URL} }, "it is the rule that users meet"},
		"the users' listener":   {func(r *kind.ALBRule) { r.Rule, r.Listener = "", r.Test.Listener }, "it is the rule that users meet"},
		"another load balancer": {func(r *kind.ALBRule) { r.Test.Listener = strings.Replace(r.Test.Listener, "shop", "shed", 1) }, "another load balancer"},
		"no URL":                {func(r *kind.ALBRule) { r.Test.URL = "shop.example.com" }, "is no URL of a web server"},
		"a path":                {func(r *kind.ALBRule) { r.Test.URL += "/health" }, "says more than where the server is"},
		"a password":            {func(r *kind.ALBRule) { r.Test.URL = "https://a:b@shop.example.com" }, "says more than where the server is"},
		"metadata":              {func(r *kind.ALBRule) { r.Test.URL = "http://169.254.169.254" }, "the internet does not reach"},
		"a private address":     {func(r *kind.ALBRule) { r.Test.URL = "http://10.0.0.7:8080" }, "the internet does not reach"},
	} {
		r := fronted()
		c.spoil(&r)
		if found := r.Problems(); len(found) != 1 || !strings.Contains(found[0].Wrong, c.says) {
			t.Errorf("%s: %+v, want one that says %q", name, found, c.says)
		}
	}
}

// Only who tests may move the rule for testers, and only if a step has a test.
func TestListenerForTestersIsMovedByShiftAlone(t *testing.T) {
	moves := func(function string, u kind.Uses) bool {
		return slices.ContainsFunc(fronted().Needs(function, u), func(n kind.Need) bool {
			return slices.Contains(n.Actions, "elasticloadbalancing:ModifyListener") && n.Resource == "listener/app/shop/50dc6c495c0c9188/0467ef3c8400ae65"
		})
	}
	for _, function := range kind.Touching() {
		if got := moves(function, kind.Uses{Tests: true}); got != (function == "shift") {
			t.Errorf("%s may move it: %v", function, got)
		}
	}
	if moves("shift", kind.Uses{}) {
		t.Error("without a test, shift may move it")
	}
}
