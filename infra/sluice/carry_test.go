package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/infra/definition"
	"sluice/test/scenario"
)

const template = `Transform: AWS::Serverless-2016-10-31
Resources:
  Checkout:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: checkout
      AutoPublishAlias: live
      DeploymentPreference:
        Type: Canary10Percent5Minutes
        Alarms: [checkout-errors]
        Role: arn:aws:iam::123456789012:role/deploys
`

// theirs writes another tool's file.
func theirs(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func definitions(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(folder, filepath.FromSlash(definition.Folder)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".yaml") {
			names = append(names, e.Name())
		}
	}
	return names
}

// Whoever comes from another tool has a definition that can be released by, and is told line by line what became of their file.
func TestInitFromAnotherToolWritesADefinitionThatPassesVerify(t *testing.T) {
	scenario.Run(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		w.Traffic(60)
		w.Pass(2 * time.Hour)
		folder := checkoutOf(t, nil)
		seen, status := typesIn(w, folder, "", "init", "--from", theirs(t, "anything.txt", template))
		text, err := os.ReadFile(fileOf(folder))
		if err != nil || status != done {
			t.Fatalf("%v, exit status %d\n%s", err, status, seen)
		}
		for _, part := range []string{"is a template of AWS SAM.", "checkout  function Checkout, line 3", "Came over:", "line 9    Type: Canary10Percent5Minutes", "Did not come over:", "line 11   Role: arn", "What to do: delete the role", "infra/services/checkout.yaml is written.", "nothing stands in the way of a release", "Next: sluice verify checkout"} {
			if !strings.Contains(seen, part) {
				t.Errorf("it does not say %q\n%s", part, seen)
			}
		}
		for _, part := range []string{"lambdaAlias:\n    function: checkout\n    alias: live\n", "steps:\n      - weight: 10\n        bake: 5m\n", "- checkout-errors"} {
			if !strings.Contains(string(text), part) {
				t.Errorf("the file does not say %q\n%s", part, text)
			}
		}
		seen, status = typesIn(w, folder, "", "init", "--from", theirs(t, "t.yaml", strings.Replace(template, "Canary", "Linear", 1)))
		if again, _ := os.ReadFile(fileOf(folder)); status != wrongUse || !strings.Contains(seen, "is there already") || string(again) != string(text) {
			t.Errorf("a second time: exit status %d\n%s", status, seen)
		}
	})
}

// A person at a terminal is asked for what the file cannot say, and for nothing else.
func TestInitFromAnotherToolAsksForWhatTheFileCannotSay(t *testing.T) {
	scenario.Run(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		folder := checkoutOf(t, nil)
		spec := theirs(t, "appspec.yaml", "version: 0.0\nResources: [{a: {Type: AWS::Lambda::Function, Properties: {Name: checkout, Alias: live}}}]\n")
		seen, _ := sits(w.T.Context(), w, folder, strings.NewReader("nonsense\n6\n\nyes\n"), "init", "--from", spec)
		text, err := os.ReadFile(fileOf(folder))
		if err != nil || !strings.Contains(string(text), "linear:\n    step: 10\n    bake: 2m\n") {
			t.Errorf("%v\n%s\n%s", err, seen, text)
		}
		for part, times := range map[string]int{"Deployment configuration of CodeDeploy": 2, `"nonsense" is no deployment`: 1, "Alarms that take a release back": 1, "Function": 0, "Alias": 0} {
			if n := strings.Count(seen, "\n"+part); times != n && !strings.Contains(part, "nonsense") || !strings.Contains(seen, part) && times > 0 {
				t.Errorf("%q is asked %d times, and not %d\n%s", part, n, times, seen)
			}
		}
		finds(w, folder, "init --force --from "+spec, wrongUse, "this is missing: --deployment-config, --alarm", "An AppSpec does not say how the traffic is shifted")
		finds(w, folder, "init --force --alarm checkout-errors --from "+spec+" --deployment-config CodeDeployDefault.OneAtATime", wrongUse, `"CodeDeployDefault.OneAtATime" is no deployment configuration of Lambda`)
	})
}

// What cannot be carried over as a whole leaves nothing behind.
func TestInitFromAnotherToolWritesAllOrNothing(t *testing.T) {
	scenario.Run(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		folder := checkoutOf(t, map[string]string{"search.yaml": "service: search\n"})
		two := theirs(t, "two.yaml", template+strings.NewReplacer("Checkout:", "Search:", ": checkout", ": search").Replace(template[strings.Index(template, "  Checkout:"):]))
		const istio = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: shop}\nspec: {strategy: {canary: {trafficRouting: {istio: {}}, steps: [{setWeight: 10}, {pause: {duration: 10m}}]}}}\n"
		finds(w, folder, "init --from "+two, wrongUse, "infra/services/search.yaml is there already")
		finds(w, folder, "init --from "+theirs(t, "r.yaml", istio), rejected, "line 4: istio splits the traffic inside of the cluster", "--kind albRule; else keep Argo Rollouts", "It cannot come over.")
		finds(w, folder, "init --from "+theirs(t, "r.yaml", istio)+" --kind ecsService --cluster a --ecs-service b --alarm c", wrongUse)
		finds(w, folder, "init --from "+theirs(t, "r.yaml", "a: 1\n b: 2\n"), wrongUse, "r.yaml:2: this is not YAML")
		finds(w, folder, "init --from "+filepath.Join(folder, "none.yaml"), wrongUse, "no such file", "give the path of a file")
		finds(w, folder, "init catalog --from "+two, wrongUse, `there is no "catalog" in`)
		finds(w, folder, "init catalog --service checkout --from "+two, wrongUse, "name two services: write one")
		finds(w, folder, "init --function other --from "+two, wrongUse, "--function would be the same for all services of")
		finds(w, folder, "init --from "+theirs(t, "off.yaml", strings.Replace(template, "        Type", "        Enabled: false\n        Type", 1)), rejected, "releases nothing by itself")
		if left := definitions(t, folder); len(left) != 1 {
			t.Errorf("%v are there", left)
		}
		finds(w, folder, "init checkout --from "+two, done, "infra/services/checkout.yaml is written.")
		if left := definitions(t, folder); len(left) != 2 {
			t.Errorf("%v are there", left)
		}
	})
}

// Pods behind a load balancer are pools that somebody else fills: what is read of Kubernetes is a rule that can be released by.
func TestInitFromKubernetesWritesARuleThatPassesVerify(t *testing.T) {
	for name, c := range map[string]struct {
		text, says string
		words      []string
		status     int
	}{
		"a Rollout": {
			"apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: checkout}\nspec:\n  strategy:\n    canary:\n      trafficRouting: {alb: {ingress: shop, servicePort: 80}}\n      steps:\n" +
				"        - setHeaderRoute: {name: qa, match: [{headerName: X-Tester, headerValue: {exact: qa}}]}\n        - pause: {duration: 10m}\n        - setWeight: 20\n        - pause: {duration: 10m}\n        - pause: {}\n",
			"approvals:\n  - before: last\n    from:\n      - grace\n",
			[]string{"--marked-priority", "1", "--approver", "grace=" + scenario.IAM("grace")},
			done,
		},
		"a Canary": {
			"apiVersion: flagger.app/v1beta1\nkind: Canary\nmetadata: {name: checkout}\nspec:\n  targetRef: {name: checkout}\n  analysis:\n    interval: 5m\n    stepWeight: 20\n    maxWeight: 40\n    metrics: [{name: request-success-rate, thresholdRange: {min: 99}}]\n",
			"steps:\n      - weight: 20\n        bake: 5m\n      - weight: 40\n        bake: 5m\n",
			[]string{"--kind", "albRule"},
			rejected, // nobody calls this rule, so its ceiling would see nothing, and verify says so
		},
	} {
		t.Run(name, func(t *testing.T) {
			scenario.RunWith(t, scenario.Options{Kind: scenario.External{Green: "2"}}, func(w *scenario.World) {
				w.Given(scenario.Canary)
				w.Pass(5 * time.Minute)
				folder := checkoutOf(t, nil)
				words := append([]string{"init", "--yes", "--from", theirs(t, "theirs.yaml", c.text), "--alarm", scenario.Alarm}, said(w, deployed(w).Target)...)
				seen, status := typesIn(w, folder, "", append(words, c.words...)...)
				text, _ := os.ReadFile(fileOf(folder))
				if status != c.status || status == rejected != strings.Contains(seen, "Nothing came through rule") || !strings.Contains(string(text), c.says) {
					t.Errorf("exit status %d\n%s\n%s", status, seen, text)
				}
			})
		})
	}
}
