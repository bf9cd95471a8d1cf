package rollout_test

import (
	"strings"
	"testing"

	"sluice/shared/rollout"
)

// The first service's word would let the pipeline go on for all, or stop it.
func TestActionThatSeveralServicesShareIsDecidedByAllOfThem(t *testing.T) {
	shared := rollout.Pipeline{Name: "shop", Stage: "Release", Action: "Approve"}
	release := func(service, stands string) rollout.Release {
		r := rollout.Release{
			ID: service + "-1", Service: service, Steps: []rollout.Step{{Weight: rollout.All}},
			Definition: rollout.Definition{Approvals: []rollout.Approval{{Before: rollout.BeforeFirst, From: []string{"grace"}, Quorum: 1, Pipeline: &shared}}},
		}
		switch stands {
		case "yes":
			r.Approved = []int{0}
			r.Answers = map[string]rollout.Answer{"0/grace": {Person: "grace", Approve: true}}
		case "no":
			r.Cause = &rollout.Fence{Reason: "wrong price"}
		case "idle":
			r.Served, r.End = true, rollout.Succeeded
		}
		return r
	}
	other := release("search", "no")
	other.Definition.Approvals[0].Pipeline = &rollout.Pipeline{Name: "shop", Stage: "Release", Action: "Sign"}
	for name, test := range map[string]struct {
		releases []rollout.Release
		want     rollout.Decision
		why      string // words of it
	}{
		"nobody asks":                         {nil, rollout.Open, ""},
		"one, approved":                       {[]rollout.Release{release("checkout", "yes")}, rollout.Approved, "checkout-1"},
		"one approved, one asked":             {[]rollout.Release{release("checkout", "yes"), release("payments", "")}, rollout.Open, ""},
		"both approved":                       {[]rollout.Release{release("checkout", "yes"), release("payments", "yes")}, rollout.Approved, "payments-1"},
		"one approved, one refused":           {[]rollout.Release{release("checkout", "yes"), release("payments", "no")}, rollout.Refused, "wrong price (payments-1)"},
		"one asked, one refused":              {[]rollout.Release{release("checkout", ""), release("payments", "no")}, rollout.Refused, "wrong price (payments-1)"},
		"tried again, and the first one went": {[]rollout.Release{release("checkout", "yes"), release("checkout", "no")}, rollout.Approved, "checkout-1"},
		"one approved, one had nothing to do": {[]rollout.Release{release("checkout", "yes"), release("payments", "idle")}, rollout.Approved, "checkout-1"},
		"one asked, one had nothing to do":    {[]rollout.Release{release("payments", "idle"), release("checkout", "")}, rollout.Open, ""},
		"one, which had nothing to do":        {[]rollout.Release{release("checkout", "idle")}, rollout.Refused, "Nothing to do"},
		"another action's":                    {[]rollout.Release{release("checkout", "yes"), other}, rollout.Approved, "checkout-1"},
	} {
		if d, why := rollout.Together(shared, test.releases); d != test.want || !strings.Contains(why, test.why) || (d == rollout.Open) != (why == "") {
			t.Errorf("%s: %s, because %q; want %s", name, d, why, test.want)
		}
	}
}
