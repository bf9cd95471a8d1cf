package kind_test

import (
	"testing"

	"sluice/shared/kind"
)

func TestTagSaysWhatStandsInThePools(t *testing.T) {
	for _, p := range []kind.Pools{
		{Blue: kind.Stand{Revision: "checkout:41", Weight: 95}, Green: kind.Stand{Revision: "checkout:42", Weight: 5}},
		{Blue: kind.Stand{Revision: "v1", Weight: 1}, Bound: true},
		{Green: kind.Stand{Revision: "v1", Weight: 1}},
		{Blue: kind.Stand{Revision: "v1", Weight: 1}, Bound: true, Mark: kind.Mark{Pool: "green", By: "arn:of:a:rule"}, Rule: "arn:of:another"},
	} {
		if got := kind.ParsePools(p.String()); got != p {
			t.Errorf("%q is read as %+v, want %+v", p.String(), got, p)
		}
	}
	for _, other := range []string{"", "17", "E2QWRUHAPOMQZL E3", "a*b c*d"} {
		if got := kind.ParsePools(other); got != (kind.Pools{}) {
			t.Errorf("%q is read as %+v", other, got)
		}
	}
}

// After a release that was given up both pools may hold one revision: it is counted where it serves.
func TestRevisionStandsWhereItServes(t *testing.T) {
	for tag, want := range map[string]string{"v1*95 v2*5": "blue", "v2*5 v1*95": "green", "v1*0 v1*1": "green", "v1*1 v1*0": "blue", "v2*1 v3*0": "", "": ""} {
		if got := kind.ParsePools(tag).With("v1"); got != want {
			t.Errorf("in %q v1 stands in %q, want %q", tag, got, want)
		}
	}
}

func TestRuleOfALoadBalancerIsNamedByItsTargetGroups(t *testing.T) {
	const at = "arn:aws:elasticloadbalancing:us-east-1:123456789012:"
	blue, green := kind.Pool{TargetGroup: at + "targetgroup/checkout-blue/1111111111111111"}, kind.Pool{TargetGroup: at + "targetgroup/checkout-green/2222222222222222"}
	rule := kind.ALBRule{Rule: at + "listener-rule/app/shop/aaaaaaaaaaaaaaaa/bbbbbbbbbbbbbbbb/cccccccccccccccc", Blue: blue, Green: green}
	byPriority := kind.ALBRule{Listener: at + "listener/app/shop/aaaaaaaaaaaaaaaa/bbbbbbbbbbbbbbbb", Priority: 7, Blue: green, Green: blue}
	for _, r := range []kind.ALBRule{rule, byPriority} {
		if wrong := r.Problems(); len(wrong) > 0 || r.Name() != "checkout-blue/1111111111111111" {
			t.Errorf("%v is named %s, problems %v", r, r.Name(), wrong)
		}
		if d := r.Metrics("green").Requests.Dimensions; d["LoadBalancer"] != "app/shop/aaaaaaaaaaaaaaaa" || d["TargetGroup"] == "" {
			t.Errorf("%v is counted under %v", r, d)
		}
	}
	if got, want := byPriority.Needs("guard", kind.Uses{})[2].Resource, "listener-rule/app/shop/aaaaaaaaaaaaaaaa/bbbbbbbbbbbbbbbb/*"; got != want {
		t.Errorf("the guard may modify %s, want %s", got, want)
	}
	for field, wrong := range map[string]kind.ALBRule{
		"rule":              {Blue: blue, Green: green},
		"listener":          {Listener: rule.Rule, Blue: blue, Green: green},
		"priority":          {Listener: byPriority.Listener, Priority: 50001, Blue: blue, Green: green},
		"green.targetGroup": {Rule: rule.Rule, Blue: blue, Green: blue},
		"blue.targetGroup":  {Rule: rule.Rule, Blue: kind.Pool{TargetGroup: "checkout-blue"}, Green: green},
		"stickySeconds":     {Rule: rule.Rule, Blue: blue, Green: green, StickySeconds: 604801},
	} {
		if got := wrong.Problems(); len(got) != 1 || got[0].Field != field {
			t.Errorf("%+v has the problems %v, want one of %s", wrong, got, field)
		}
	}
}

// A target that refuses connections answers nothing, and AWS counts no 5XX of its target group for it.
func TestRequestWithoutAnAnswerOfItsTargetHasFailed(t *testing.T) {
	failed := kind.ALBRule{}.Metrics("blue").Errors.Made
	for name, c := range map[string]struct {
		of   map[string]float64
		want float64
	}{
		"refused connections": {map[string]float64{"requests": 10}, 10},
		"its own errors":      {map[string]float64{"requests": 10, "2XX": 8, "5XX": 2}, 2},
		"both":                {map[string]float64{"requests": 10, "2XX": 5, "4XX": 1, "5XX": 2}, 4},
		"late requests":       {map[string]float64{"requests": 3, "2XX": 5, "5XX": 1}, 1},
	} {
		if got := failed(c.of); got != c.want {
			t.Errorf("%s: %v failed, want %v", name, got, c.want)
		}
	}
}
