package stack

import (
	"slices"
	"strings"
	"testing"

	"sluice/infra/addition"
	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox/iam"
)

// everything is a definition that names all that a grant can be made from.
func everything() rollout.Definition {
	return rollout.Definition{
		Service: "checkout", Target: rollout.Target{LambdaAlias: &kind.LambdaAlias{Function: "checkout", Alias: "live"}},
		Source: &rollout.Source{
			Build: &rollout.Build{CodeBuild: "checkout-build", CodePipeline: &rollout.BuildPipeline{Pipeline: "factory"}}, // one of the two in a real one
			S3:    &rollout.Object{Bucket: "releases", Key: "checkout/*.zip", KMSKey: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"},
		},
		Strategy: rollout.Strategy{BlueGreen: &rollout.BlueGreen{}}, // which tests before the first traffic
		Checks:   rollout.Checks{Synthetic: &rollout.Synthetic{}},
		Gates: &rollout.Gates{
			Flags: []rollout.Flag{{Parameter: "/checkout/releases"}}, Calendars: []string{"changes"}, Config: &rollout.Compliance{},
			Scan: &rollout.Scan{ECR: "shop/checkout", Inspector: true}, Unmuted: true,
			Tests: []rollout.Job{
				{Lambda: "smoke"},
				{CodeBuild: "acceptance"},
				{Automation: "AWS-RestartEC2Instance"},
				{Automation: "drill", Parameters: map[string][]string{"AutomationAssumeRole": {"arn:aws:iam::123456789012:role/drill"}}},
			},
		},
		Hooks: []rollout.Hook{
			{Name: "warm", Before: rollout.BeforeFirst, Job: rollout.Job{Lambda: "warm"}},
			{Name: "migrate", BeforeStep: 1, Job: rollout.Job{CodeBuild: "migrate"}},
			{Name: "drain", After: rollout.AfterRollback, Job: rollout.Job{Automation: "drain", Parameters: map[string][]string{"AutomationAssumeRole": {"arn:aws:iam::123456789012:role/drain"}}}},
		},
	}
}

// somewhere is a home without a stack whose ARNs are as on AWS.
var somewhere = home{Home: addition.Home{Environment: "production", Partition: "aws", Region: "us-east-1", Account: "123456789012"}}

// What a gate needs is granted in no story's template: a grant that AWS makes nothing of is found here, or by the first user.
func TestEveryGrantThatADefinitionBringsIsOneThatAWSAsksFor(t *testing.T) {
	all := targetsOf([]definition.Service{{Definition: everything()}})
	brought := map[string][]grant{}
	for _, f := range functionsFor([]kind.ID{kind.LambdaAliasID}) {
		brought[f.name] = all.grants(somewhere, f.name)
	}
	for name, grants := range brought {
		granted := map[string][]string{}
		for _, g := range grants {
			for _, action := range g.actions {
				granted[action] = append(granted[action], g.resources...)
				a, known := iam.ActionOf(action)
				if !known {
					t.Errorf("%s: AWS knows no action %s, or make facts has not seen it", name, action)
					continue
				}
				for _, resource := range g.resources {
					if !a.Grants(resource) {
						t.Errorf("%s: %s on %s grants nothing: %s", name, action, resource, a)
					}
				}
				for _, keys := range g.when {
					for key := range keys {
						if !a.HasKey(key) {
							t.Errorf("%s: %s has no key %s", name, action, key)
						}
					}
				}
			}
		}
		for action, resources := range granted {
			a, _ := iam.ActionOf(action)
			if missing := a.Missing(resources); len(missing) > 0 {
				t.Errorf("%s: %s on %s is not enough: AWS asks about %s as well", name, action, strings.Join(resources, ", "), strings.Join(missing, ", "))
			}
		}
	}
}

// Amazon's own documents are in no account.
func TestAmazonsDocumentIsInNoAccount(t *testing.T) {
	var started []string
	for _, g := range targetsOf([]definition.Service{{Definition: everything()}}).grants(somewhere, gates.name) {
		if slices.Contains(g.actions, "ssm:StartAutomationExecution") {
			started = append(started, g.resources...)
		}
	}
	for _, want := range []string{"arn:aws:ssm:us-east-1::document/AWS-RestartEC2Instance", "arn:aws:ssm:us-east-1:123456789012:document/drill", "arn:aws:ssm:us-east-1:123456789012:automation-execution/*"} {
		if !slices.Contains(started, want) {
			t.Errorf("tests may be started on %v, and not on %s", started, want)
		}
	}
}

// A function that stands there in vain would be built for each kind for nothing; one that is missing there could not do its work.
func TestFunctionsThatTouchTargetsAreThoseThatNeedTo(t *testing.T) {
	d := everything()
	for _, f := range rows {
		if needs := len(d.Target.Spec().Needs(f.name, d.Uses())) > 0; needs != kind.Touches(f.name) {
			t.Errorf("kind.Touches(%s) is %v, want %v", f.name, !needs, needs)
		}
	}
}
