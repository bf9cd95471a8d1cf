package stack

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// Grants follow from what the gates of definitions name, and from nothing else.
func TestGatesAreGrantedByWhatTheyName(t *testing.T) {
	with := func(g rollout.Gates) rollout.Definition {
		return rollout.Definition{Service: "checkout", Target: rollout.Target{LambdaAlias: &kind.LambdaAlias{Function: "checkout", Alias: "live"}}, Gates: &g}
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
		roles: []string{"arn:aws:iam::1:role/drill"}, unmuted: true, compliance: true, inspector: true, repositories: []string{"shop/checkout"},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(gated{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What is invoked, decrypted or bought follows from what a definition asks for.
func TestOnlyAStepWithATestLetsShiftInvoke(t *testing.T) {
	at := rollout.Target{LambdaAlias: &kind.LambdaAlias{Function: "checkout", Alias: "live"}}
	const key = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd"
	for name, c := range map[string]struct {
		definition rollout.Definition
		sids       []string
	}{
		"canary":      {rollout.Definition{Target: at, Strategy: rollout.Strategy{Canary: &rollout.Canary{Steps: []rollout.Step{{Weight: 10}}}}}, nil},
		"tested":      {rollout.Definition{Target: at, Strategy: rollout.Strategy{BlueGreen: &rollout.BlueGreen{}}}, []string{"TestCandidate"}},
		"encrypted":   {rollout.Definition{Target: at, Source: &rollout.Source{S3: &rollout.Object{Bucket: "b", Key: "k/*", KMSKey: key}}}, []string{"PublishVersions", "ReadObjects", "DecryptObjects"}},
		"under AWS's": {rollout.Definition{Target: at, Source: &rollout.Source{S3: &rollout.Object{Bucket: "b", Key: "k/*"}}}, []string{"PublishVersions", "ReadObjects"}},
	} {
		w := wiring{home: nowhere, targets: targetsOf([]definition.Service{{Definition: c.definition}})}
		var sids []string
		for _, g := range join(w.targets.grants(nowhere, kind.LambdaAliasID, shift.name), w.targets.grants(nowhere, kind.LambdaAliasID, build.name), readObjects(w)) {
			if g.sid != "MoveAlias" {
				sids = append(sids, g.sid)
			}
			if g.sid == "DecryptObjects" && !cmp.Equal(g.resources, []string{key}) {
				t.Errorf("decrypts with %v", g.resources)
			}
		}
		if diff := cmp.Diff(c.sids, sids); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}
