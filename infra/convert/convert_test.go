package convert_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"sluice/infra/convert"
	"sluice/infra/definition"
	"sluice/infra/draft"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

var update = flag.Bool("update", false, "write the golden files of testdata anew")

// conversions are files of other tools, with what is said besides. What comes of each lies beside it, as FILE.golden: the notes, and the definitions.
var conversions = map[string]convert.Wish{
	"sam.yaml":               {Stack: "shop"},
	"sam.json":               {},
	"appspec-lambda.yaml":    {Config: "CodeDeployDefault.LambdaLinear10PercentEvery1Minute"},
	"appspec-ecs.json":       {Config: "CodeDeployDefault.ECSCanary10Percent5Minutes"},
	"rollout-alb.yaml":       {Approvers: []string{"ada=arn:aws:iam::123456789012:user/ada", "grace=grace@example.com", "linus=T0123/U0456"}},
	"rollout-bluegreen.yaml": {Kind: "albRule", Approvers: []string{"grace"}},
	"rollout-istio.yaml":     {},
	"canary.yaml":            {Kind: "albRule", Approvers: []string{"grace"}},
	"canary-abtest.yaml":     {Kind: "albRule"},
	"canary-weights.yaml":    {Kind: "albRule", Approvers: []string{"grace"}},
}

// What comes of a file stays what it is, and every definition of it passes the schema and what plan checks.
func TestFilesOfOtherToolsBecomeDefinitions(t *testing.T) {
	for name, wish := range conversions {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			found, err := convert.Read(name, text, wish)
			if err != nil {
				t.Fatal(err)
			}
			var page strings.Builder
			fmt.Fprintf(&page, "%s is %s.\n", name, found.Is)
			for _, m := range found.Missing {
				t.Errorf("missing: %+v", m)
			}
			told(&page, found.Notes)
			for _, d := range found.Drafts {
				fmt.Fprintf(&page, "\n%s, of %s, line %d\n", d.Service, d.From, d.Line)
				told(&page, d.Notes)
				if d.Refused != nil {
					fmt.Fprintf(&page, "refused: %s; %s\n", d.Refused.Reason, d.Refused.Remedy)
					continue
				}
				whole := composed(t, d)
				told(&page, convert.Blind(whole))
				written, err := draft.Text(whole)
				if err != nil {
					t.Fatal(err)
				}
				passes(t, d.Service, written)
				page.WriteString(written)
			}
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(page.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || page.String() != string(want) {
				t.Errorf("%s says something else (%v); -update writes it anew. Now:\n%s", golden, err, page.String())
			}
		})
	}
}

func told(page *strings.Builder, all []convert.Note) {
	for _, n := range all {
		fmt.Fprintf(page, "%d: %s\n  %s: %s\n", n.Line, n.Says, n.Fate, n.Here)
		if n.Do != "" {
			fmt.Fprintf(page, "  do: %s\n", n.Do)
		}
	}
}

// composed is the draft with a target of its kind.
func composed(t *testing.T, d convert.Draft) rollout.Definition {
	t.Helper()
	target := sampleFor(t, d)
	alarms := d.Alarms()
	if len(alarms) == 0 {
		alarms = []string{d.Service + "-asked"}
	}
	whole, err := d.Definition(target, alarms, 5)
	if err != nil {
		t.Fatal(err)
	}
	return whole
}

// sampleFor is a target for a draft.
func sampleFor(t *testing.T, d convert.Draft) rollout.Target {
	t.Helper()
	if d.Kind != kind.LambdaAliasID {
		return sample(t, d.Kind)
	}
	alias := kind.LambdaAlias{Function: d.Answers["function"], Alias: d.Answers["alias"]}
	if alias.Alias == "" {
		alias.Alias = "asked"
	}
	return rollout.Target{LambdaAlias: &alias}
}

// sample is a target of a kind, of which nobody else fills the pools.
func sample(t *testing.T, id kind.ID) (target rollout.Target) {
	t.Helper()
	const lb = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:"
	blue, green := lb+"targetgroup/blue/73e2d6bc24d8a067", lb+"targetgroup/green/6d0ecf831eec9f09"
	const rule = lb + "listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee"
	switch id {
	case kind.ALBRuleID:
		target.ALBRule = &kind.ALBRule{Rule: rule, Blue: kind.Pool{TargetGroup: blue}, Green: kind.Pool{TargetGroup: green}}
	case kind.ECSServiceID:
		target.ECSService = &kind.ECSService{Cluster: "shop", Service: "checkout", LoadBalancer: &kind.ECSBalancing{Rule: rule, TargetGroup: blue, Alternate: green}}
	default:
		t.Fatalf("there is no sample of %s", id)
	}
	return target
}

// passes says whether a definition is one that can be deployed.
func passes(t *testing.T, service, text string) {
	t.Helper()
	schema, err := os.ReadFile(filepath.Join("..", "..", definition.SchemaFile))
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{definition.SchemaFile: {Data: schema}, definition.Folder + "/" + service + ".yaml": {Data: []byte(text)}}
	if _, err := definition.Load(fsys, "production"); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}
