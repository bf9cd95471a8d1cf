package stack

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/infra/definition"
	"sluice/shared/rollout"
)

// Grants follow from what the gates of definitions name, and from nothing else.
func TestGatesAreGrantedByWhatTheyName(t *testing.T) {
	with := func(g rollout.Gates) rollout.Definition {
		return rollout.Definition{Service: "checkout", Target: rollout.Target{LambdaAlias: &rollout.LambdaAlias{Function: "checkout", Alias: "live"}}, Gates: &g}
	}
	got := targetsOf([]definition.Service{
		{Definition: rollout.Definition{Service: "basket"}},
		{Definition: with(rollout.Gates{
			Flags: []rollout.Flag{{Parameter: "/checkout/releases"}}, Calendars: []string{"changes"}, Config: &rollout.Compliance{},
			Scan: &rollout.Scan{ECR: "shop/checkout", Inspector: true}, Unmuted: true,
			Tests: []rollout.GateTest{{Lambda: "smoke"}, {CodeBuild: "acceptance"}, {Automation: "drill", Parameters: map[string][]string{assumed: {"arn:aws:iam::1:role/drill"}}}},
		})},
	}).gates
	want := gated{
		flags: []string{"/checkout/releases"}, calendars: []string{"changes"}, tests: []string{"smoke"}, projects: []string{"acceptance"}, documents: []string{"drill"},
		roles: []string{"arn:aws:iam::1:role/drill"}, unmuted: true, compliance: true, inspector: true, repositories: []string{"shop/checkout"}, imageFunctions: []string{"checkout"},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(gated{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
