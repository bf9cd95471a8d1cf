package convert_test

import (
	"fmt"
	"strings"
	"testing"

	"sluice/infra/convert"
	"sluice/shared/rollout"
)

// A file that cannot be converted is refused with its line and with what to do.
func TestFilesThatCannotBeConvertedSayWhy(t *testing.T) {
	const rolled = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\nspec:\n"
	for name, c := range map[string]struct{ text, want string }{
		"nothing":              {"", "f.yaml:1: it is nothing that can be converted; give a template of AWS SAM"},
		"no YAML":              {"a: 1\n  b: 2\n", "f.yaml:2: this is not YAML: mapping values are not allowed"},
		"a tab":                {"a:\n\tb: 1\n", "f.yaml:2: the line begins with a tab; indent with spaces"},
		"no JSON":              {"{\n\t\"a\": 1,\n\t\"b\" 2\n}", "f.yaml:"},
		"Helm":                 {rolled + "  replicas: {{ .Values.replicas }}\n", "f.yaml:5: it is a template of Helm or the like, and its values are not filled in; render it first (helm template"},
		"Helm in quotes":       {"kind: Rollout\nname: \"{{ include \"a\" . }}\"\n", "f.yaml:2: it is a template of Helm"},
		"values of Helm":       {"replicaCount: 2\nimage: {tag: 1}\n", "it looks like values of a Helm chart; render the chart first"},
		"a definition":         {"service: a\ntarget: {}\nstrategy: {}\n", "it is a definition of Sluice already; put it into infra/services"},
		"a Deployment":         {"apiVersion: apps/v1\nkind: Deployment\n---\nkind: Service\n", "f.yaml:4: it holds Deployment, Service, and neither a Rollout nor a Canary"},
		"a plain template":     {"AWSTemplateFormatVersion: x\nResources: {A: {Type: AWS::Lambda::Function}}\n", "it is a template without a function that has a DeploymentPreference"},
		"SAM without one":      {"Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: AWS::Serverless::Function, Properties: {AutoPublishAlias: live}}}\n", "it is a template without a function that has a DeploymentPreference"},
		"an AppSpec of files":  {"version: 0.0\nos: linux\nfiles: [{source: /, destination: /srv}]\n", "it is an AppSpec for instances"},
		"the SAM CLI's":        {"version: 0.1\ndefault: {deploy: {parameters: {stack_name: a}}}\n", "it is the configuration of the SAM CLI; give the template that it deploys"},
		"a list":               {"- a\n- b\n", "it is nothing that can be converted"},
		"a key twice":          {rolled + "  replicas: 1\n  replicas: 2\n", "f.yaml:6: spec.replicas: it is written twice; delete it here or on line 5"},
		"an alias of itself":   {"a: &a\n  b: *a\n", "aliases (*name) stand for too much, or for themselves"},
		"aliases without end":  {bomb(), "aliases (*name) stand for too much, or for themselves"},
		"a Kubernetes of ours": {"apiVersion: argoproj.io/v1alpha1\nkind: Application\n", "it holds Application, and neither a Rollout nor a Canary"},
	} {
		_, err := convert.Read("f.yaml", []byte(c.text), convert.Wish{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nis not %s", name, err, c.want)
		}
	}
}

// bomb is a file of which aliases make millions of values.
func bomb() string {
	text := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := '1'; i <= '9'; i++ {
		text += strings.NewReplacer("N", string(i), "M", string(i-1)).Replace("aN: &aN [*aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM]\n")
	}
	return text
}

// Whatever stands in a file, a reader answers, and says of each value that it does not know that it is lost.
func TestOddFilesAreAnswered(t *testing.T) {
	const canary = "apiVersion: flagger.app/v1beta1\nkind: Canary\nmetadata: {name: a}\nspec: "
	const alb = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\nspec: {strategy: {canary: {trafficRouting: {alb: {ingress: a}}, "
	for name, text := range map[string]string{
		"an empty Canary":       canary + "{}\n",
		"analysis is a text":    canary + "{analysis: soon}\n",
		"steps of texts":        alb + "steps: [setWeight, 20, {setWeight: many}, {setWeight: -1}, {setWeight: 500}]}}}\n",
		"no steps":              alb + "steps: []}}}\n",
		"a step of two":         alb + "steps: [{setWeight: 10, pause: {duration: 1m}}]}}}\n",
		"a Rollout of nothing":  "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec:\n",
		"no Properties":         "Resources: {A: {Type: AWS::Serverless::Function, Properties: {DeploymentPreference: soon}}}\n",
		"Sub of nothing":        "Resources: {A: {Type: AWS::Serverless::Function, Properties: {AutoPublishAlias: !Sub [], DeploymentPreference: {Type: AllAtOnce, Alarms: [!Ref A, !Sub '${A}', !GetAtt []]}}}}\n",
		"a name of itself":      "Resources: {A: {Type: AWS::Serverless::Function, Properties: {FunctionName: !Ref A, DeploymentPreference: {Type: !Ref A}}}}\n",
		"an AppSpec of nothing": "version: 0.0\nresources: [a, {b: 1}, {c: {type: AWS::ECS::Service}}]\nhooks: soon\n",
	} {
		found, err := convert.Read("f.yaml", []byte(text), convert.Wish{Kind: "albRule", Config: "AllAtOnce", Approvers: []string{"grace"}})
		if err != nil || len(found.Drafts) == 0 {
			t.Errorf("%s: %v, %d drafts", name, err, len(found.Drafts))
		}
		for _, d := range found.Drafts {
			if d.Refused == nil && d.Answers["function"] == "" {
				if whole, err := d.Definition(sampleFor(t, d), []string{"a"}, 5); err != nil && d.Service != "" {
					t.Errorf("%s: %v\n%+v", name, err, whole)
				}
			}
		}
	}
}

// What a file leaves open is asked for, and not guessed.
func TestWhatAFileLeavesOpenIsMissing(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		wish convert.Wish
		want string // flag, and a part of why
	}{
		"an AppSpec":           {"version: 0.0\nResources: [{a: {Type: AWS::Lambda::Function, Properties: {Name: a, Alias: b}}}]\n", convert.Wish{}, "deployment-config: An AppSpec does not say"},
		"another platform":     {"version: 0.0\nResources: [{a: {Type: AWS::Lambda::Function, Properties: {Name: a, Alias: b}}}]\n", convert.Wish{Config: "CodeDeployDefault.ECSAllAtOnce"}, `deployment-config: "CodeDeployDefault.ECSAllAtOnce" is no deployment configuration of Lambda`},
		"no configuration":     {"version: 0.0\nResources: [{a: {Type: AWS::ECS::Service}}]\n", convert.Wish{Config: "CodeDeployDefault.OneAtATime"}, "is no deployment configuration of ECS that shifts traffic"},
		"a condition":          {"Resources: {A: {Type: AWS::Serverless::Function, Properties: {DeploymentPreference: {Type: !If [P, AllAtOnce, Canary10Percent5Minutes]}}}}\n", convert.Wish{}, "deployment-config: Line 1 does not tell how A is shifted (!If [P, AllAtOnce, Canary10Percent5Minutes])"},
		"an own configuration": {"Resources: {A: {Type: AWS::Serverless::Function, Properties: {DeploymentPreference: {Type: Ours}}}}\n", convert.Wish{}, "deployment-config: Line 1 does not tell how A is shifted (Ours)"},
		"who is nobody":        {"apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\nspec: {strategy: {canary: {trafficRouting: {alb: {}}, steps: [{setWeight: 10}, {pause: {}}]}}}\n", convert.Wish{Approvers: []string{"grace=grace"}}, `approver: "grace=grace" names nobody`},
		"a preference of many": {"Resources: {A: {Type: AWS::Serverless::Function, Properties: {DeploymentPreference: !If [P, {Type: AllAtOnce}, {Enabled: false}]}}}\n", convert.Wish{}, "deployment-config: Line 1 does not tell how A is shifted"},
		"whom it waits for":    {"apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\nspec: {strategy: {canary: {trafficRouting: {alb: {}}, steps: [{setWeight: 10}, {pause: {}}]}}}\n", convert.Wish{}, "approver: Line 4 waits for people"},
	} {
		found, err := convert.Read("f.yaml", []byte(c.text), c.wish)
		if err != nil || len(found.Missing) != 1 {
			t.Errorf("%s: %v, missing is %+v", name, err, found.Missing)
			continue
		}
		if m := found.Missing[0]; !strings.Contains(m.Flag+": "+m.Why, c.want) {
			t.Errorf("%s: %s: %s\nis not %s", name, m.Flag, m.Why, c.want)
		}
	}
}

// The increments of CodeDeploy are the steps of a release: the same weights, at the same minutes.
func TestIncrementsOfCodeDeployAreTheSameSteps(t *testing.T) {
	for config, want := range map[string]string{
		"CodeDeployDefault.LambdaCanary10Percent30Minutes":    "10 % 30m, 100 % 0s",
		"CodeDeployDefault.LambdaLinear10PercentEvery1Minute": "10 % 1m, 20 % 1m, 30 % 1m, 40 % 1m, 50 % 1m, 60 % 1m, 70 % 1m, 80 % 1m, 90 % 1m, 100 % 0s",
		"Linear30PercentEvery2Minutes":                        "30 % 2m, 60 % 2m, 90 % 2m, 100 % 0s",
		"LambdaAllAtOnce":                                     "100 % 0s",
		"canary5percent120minutes":                            "5 % 2h, 100 % 0s",
		"CodeDeployDefault.ECSLinear10PercentEvery3Minutes":   "10 % 3m, 20 % 3m, 30 % 3m, 40 % 3m, 50 % 3m, 60 % 3m, 70 % 3m, 80 % 3m, 90 % 3m, 100 % 0s",
	} {
		resource := "{Type: AWS::Lambda::Function, Properties: {Name: a, Alias: b}}"
		if strings.Contains(config, "ECS") {
			resource = "{Type: AWS::ECS::Service}"
		}
		found, err := convert.Read("f.yaml", []byte("version: 0.0\nResources: [{a: "+resource+"}]\n"), convert.Wish{Config: config})
		if err != nil || len(found.Missing) > 0 {
			t.Errorf("%s: %v %+v", config, err, found.Missing)
			continue
		}
		d := found.Drafts[0]
		whole, err := d.Definition(sampleFor(t, d), []string{"a"}, 0)
		var steps []string
		for _, s := range whole.Steps() {
			steps = append(steps, s.Weight.String()+" "+rollout.Duration(s.Bake).String())
		}
		if got := strings.Join(steps, ", "); err != nil || got != want {
			t.Errorf("%s is %s (%v), and not %s", config, got, err, want)
		}
	}
}

// A condition of Argo Rollouts is a bound where it is one comparison of every value, and is said to be lost where it is not.
func TestConditionsAreBoundsOrLost(t *testing.T) {
	const file = `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: a}
spec: {strategy: {canary: {trafficRouting: {alb: {}}, steps: [{setWeight: 10}], analysis: {templates: [{templateName: t}]}}}}
---
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: {name: t}
spec: {metrics: [{name: m, CONDITION, provider: {cloudWatch: {metricDataQueries: [{id: q, metricStat: {metric: {namespace: N, metricName: M}, period: 60, stat: Sum}}]}}}]}
`
	for condition, want := range map[string]string{
		`successCondition: "result[0] >= 0.95"`:                                            "at least 0.95",
		`successCondition: "result < 5"`:                                                   "at most 5",
		`successCondition: "all(result[0].Values, {# > 1})"`:                               "at least 1",
		`successCondition: "len(result[0].Values) > 0 && all(result[0].Values, {# <= 2})"`: "at most 2",
		`failureCondition: "any(result[0].Values, {# > 3})"`:                               "at most 3",
		`failureCondition: "result[0] < 4", successCondition: "result[0] > 6"`:             "at least 6",
		`failureCondition: "all(result[0].Values, {# > 3})"`:                               "is not about each value",
		`successCondition: "any(result[0].Values, {# > 3})"`:                               "is not about each value",
		`successCondition: "none(result[0].Values, {# > 3})"`:                              "is not about each value",
		`successCondition: "isNaN(result[0]) || result[0] > 3"`:                            "is more than one comparison",
		`successCondition: "result[0] < 1.2.3"`:                                            "names no number",
		`count: 3`:                                                                         "it has no condition",
	} {
		found, err := convert.Read("f.yaml", []byte(strings.Replace(file, "CONDITION", condition, 1)), convert.Wish{})
		if err != nil || len(found.Drafts) != 1 {
			t.Fatal(err)
		}
		d := found.Drafts[0]
		whole, err := d.Definition(sampleFor(t, d), []string{"a"}, 0)
		got := ""
		for _, b := range whole.Checks.Bounds {
			if b.AtMost != nil {
				got += fmt.Sprintf("at most %v", *b.AtMost)
			}
			if b.AtLeast != nil {
				got += fmt.Sprintf("at least %v", *b.AtLeast)
			}
		}
		for _, n := range d.Notes {
			if n.Fate == convert.Lost && len(whole.Checks.Bounds) == 0 {
				got += n.Here
			}
		}
		if err != nil || !strings.Contains(got, want) || len(whole.Checks.Bounds) > 0 && got != want {
			t.Errorf("%s is %q (%v), and not %q", condition, got, err, want)
		}
	}
}
