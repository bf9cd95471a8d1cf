package stack

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

var live = rollout.Target{LambdaAlias: &kind.LambdaAlias{Function: "checkout", Alias: "live"}}

// brought is what definitions bring functions, by statement.
func brought(functions []function, definitions ...rollout.Definition) map[string][]string {
	all := map[string][]string{}
	for _, f := range functions {
		for _, g := range targets(definitions).grants(nowhere, f.name) {
			all[g.sid] = append(all[g.sid], g.resources...)
		}
	}
	return all
}

// Grants follow from what the gates of definitions name, and from nothing else.
func TestGatesAreGrantedByWhatTheyName(t *testing.T) {
	gated := func(service string, g rollout.Gates) rollout.Definition {
		return rollout.Definition{Service: service, Target: live, Gates: &g}
	}
	plain := rollout.Definition{Service: "basket", Target: live}
	got := brought([]function{gates, scan}, plain, gated("checkout", rollout.Gates{
		Flags: []rollout.Flag{{Parameter: "/checkout/releases"}}, Calendars: []string{"changes"}, Unmuted: true, Tests: []rollout.Job{{Lambda: "smoke"}},
	}), gated("search", rollout.Gates{Flags: []rollout.Flag{{Parameter: "/search/releases"}}, Unmuted: true, Scan: &rollout.Scan{Inspector: true}}))
	want := map[string][]string{
		"ReadFlags":     {nowhere.ARN("ssm", "parameter/checkout/releases"), nowhere.ARN("ssm", "parameter/search/releases")},
		"ReadCalendars": {nowhere.ARN("ssm", "document/changes")}, "InvokeTests": {nowhere.ARN("lambda", "function:smoke")},
		"FindMutes": {"*"}, "ReadMutes": {nowhere.ARN("cloudwatch", "alarm-mute-rule:*")},
		"AskInspector": {"*"}, "HandToScan": {nowhere.Function("scan")},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := brought([]function{gates, scan}, plain); len(got) > 0 {
		t.Errorf("without gates there is granted %v", got)
	}
}

// What a definition names is the business of the functions for its kind of target, and of no other.
func TestFunctionOfOneKindMayNotTouchWhatIsAnothers(t *testing.T) {
	remembered := rollout.Definition{
		Service: "catalog", Target: rollout.Target{Memory: &kind.Memory{Target: "catalog"}}, Gates: &rollout.Gates{Flags: []rollout.Flag{{Parameter: "/catalog/releases"}}},
	}
	if got := brought([]function{admit.of(kind.LambdaAliasID), gates.of(kind.LambdaAliasID)}, remembered); len(got) > 0 {
		t.Errorf("functions for aliases may %v", got)
	}
	if got := brought([]function{admit.of(kind.MemoryID), gates.of(kind.MemoryID)}, remembered); len(got["ReadTarget"]) != 1 || len(got["ReadFlags"]) != 1 {
		t.Errorf("functions for targets in memory may %v", got)
	}
}

// What is invoked, decrypted or bought follows from what a definition asks for.
func TestOnlyAStepWithATestLetsShiftInvoke(t *testing.T) {
	const key = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd"
	stored := func(key string) *rollout.Source {
		return &rollout.Source{S3: &rollout.Object{Bucket: "b", Key: "k/*", KMSKey: key}}
	}
	for name, c := range map[string]struct {
		definition rollout.Definition
		sids       []string
	}{
		"canary":      {rollout.Definition{Target: live, Strategy: rollout.Strategy{Canary: &rollout.Canary{Steps: []rollout.Step{{Weight: 10}}}}}, []string{"MoveAlias"}},
		"tested":      {rollout.Definition{Target: live, Strategy: rollout.Strategy{BlueGreen: &rollout.BlueGreen{}}}, []string{"MoveAlias", "TestCandidate"}},
		"encrypted":   {rollout.Definition{Target: live, Source: stored(key)}, []string{"DecryptObjects", "MoveAlias", "PublishVersions", "ReadObjects"}},
		"under AWS's": {rollout.Definition{Target: live, Source: stored("")}, []string{"MoveAlias", "PublishVersions", "ReadObjects"}},
	} {
		got := brought([]function{shift, build}, c.definition)
		if diff := cmp.Diff(c.sids, slices.Sorted(maps.Keys(got))); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
		if keys := got["DecryptObjects"]; keys != nil && !slices.Equal(keys, []string{key}) {
			t.Errorf("%s: decrypts with %v", name, keys)
		}
	}
}

// A pipeline that builds is started, looked at and stopped by who has to, and its end is heard.
func TestPipelineThatBuildsIsGrantedAndHeard(t *testing.T) {
	all := targetsOf([]definition.Service{{Definition: rollout.Definition{
		Service: "checkout", Target: live, Source: &rollout.Source{Build: &rollout.Build{CodePipeline: &rollout.BuildPipeline{Pipeline: "factory", SourceAction: "Source"}}},
	}}})
	const pipeline = "arn:aws:codepipeline:us-east-1:123456789012:factory"
	for function, want := range map[string][]string{
		"build": {"codepipeline:StartPipelineExecution", "codepipeline:GetPipelineExecution"},
		"plan":  {"codepipeline:GetPipelineExecution", "codepipeline:ListActionExecutions", "codepipeline:StopPipelineExecution"},
		"shift": nil,
	} {
		var got []string
		for _, g := range all.grants(somewhere, function) {
			if strings.HasPrefix(g.actions[0], "codepipeline:") && cmp.Equal(g.resources, []string{pipeline}) {
				got = append(got, g.actions...)
			}
		}
		if !cmp.Equal(got, want) {
			t.Errorf("%s may %v, want %v", function, got, want)
		}
	}
	rules := all.rules(progress.name)
	if len(rules) != 1 || !cmp.Equal(rules[0].pattern["detail"].(map[string]any)["pipeline"], []string{"factory"}) {
		t.Errorf("rules are %+v, want one for the pipeline", rules)
	}
}

// Those who share a project share a rule: its pattern names each project once.
func TestRulesNameWhatSeveralDefinitionsNameOnce(t *testing.T) {
	built := func(service, project string) rollout.Definition {
		return rollout.Definition{Service: service, Target: live, Source: &rollout.Source{Build: &rollout.Build{CodeBuild: project}}}
	}
	rules := targetsOf([]definition.Service{{Definition: built("checkout", "shop")}, {Definition: built("basket", "shop")}, {Definition: built("search", "search")}}).rules(progress.name)
	if len(rules) != 1 || !cmp.Equal(rules[0].pattern["detail"].(map[string]any)["project-name"], []string{"search", "shop"}) {
		t.Errorf("rules are %+v, want one for search and shop", rules)
	}
}
