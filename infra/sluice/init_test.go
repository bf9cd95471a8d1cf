package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"sluice/infra/definition"
	"sluice/infra/draft"
	"sluice/infra/screen"
	"sluice/infra/session"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// sits types a command and then answers, as a person at a terminal does.
func sits(ctx context.Context, w *scenario.World, checkout string, answers io.Reader, words ...string) (seen string, status int) {
	var out bytes.Buffer
	d := desk{
		in: answers, asks: true, out: &out, errs: &out, pen: screen.Pen{Columns: 80}, checkout: checkout, now: time.Now, getenv: func(string) string { return "" },
		find: func(context.Context, string, string) (session.Engine, error) {
			return session.Engine{Environment: "sandbox", AWS: w.Sandbox.Config("")}, nil
		},
	}
	status = d.run(ctx, words)
	return out.String(), status
}

func fileOf(checkout string) string {
	return filepath.Join(checkout, filepath.FromSlash(definition.Folder), "checkout.yaml")
}

func TestEveryKindHasItsInit(t *testing.T) {
	for _, f := range kind.All() {
		if _, has := draft.Of(string(f.ID)); has == f.SandboxOnly {
			t.Errorf("%s: there is an init: %v; add its row in infra/draft/field.go", f.ID, has)
		}
	}
}

// A person who answers by numbers, and takes what is offered, has a definition that can be released by.
func TestInitAsksAndWritesADefinitionThatPassesVerify(t *testing.T) {
	scenario.Run(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		w.Traffic(60)
		w.Pass(2 * time.Hour)
		folder := checkoutOf(t, nil)
		seen, status := sits(w.T.Context(), w, folder, strings.NewReader("checkout\nlambdaAlias\ncheckout\n\n1\n\n"), "init")
		text, err := os.ReadFile(fileOf(folder))
		if err != nil || status != done || !strings.Contains(seen, "nothing stands in the way of a release") {
			t.Fatalf("%v, exit status %d\n%s", err, status, seen)
		}
		for _, part := range []string{"lambdaAlias:\n    function: checkout\n    alias: live\n", "- checkout-errors", "errors:\n    - {}\n", "revertWindow: 24h", "# What carries the traffic: alias live of function checkout."} {
			if !strings.Contains(string(text), part) {
				t.Errorf("the file does not say %q\n%s", part, text)
			}
		}
		for line := range strings.Lines(seen) {
			if strings.Contains(line, "What") && len(line) > 81 && !strings.HasPrefix(line, "#") {
				t.Errorf("wider than a terminal: %s", line)
			}
		}
		seen, status = sits(w.T.Context(), w, folder, strings.NewReader(""), "init", "checkout")
		if again, _ := os.ReadFile(fileOf(folder)); status != wrongUse || !strings.Contains(seen, "is there already") || string(again) != string(text) {
			t.Errorf("a second time: exit status %d\n%s", status, seen)
		}
	})
}

// Whoever leaves in the middle leaves nothing behind.
func TestInitThatIsLeftWritesNothing(t *testing.T) {
	for name, leaves := range map[string]func(cancel func()) io.Reader{
		"Ctrl-C":         func(cancel func()) io.Reader { time.AfterFunc(time.Second, cancel); r, _ := io.Pipe(); return r },
		"no, thank you":  func(func()) io.Reader { return strings.NewReader("checkout\nlive\ncheckout-errors\nno\n") },
		"the input ends": func(func()) io.Reader { return strings.NewReader("checkout\n") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := scenario.New(t, scenario.Options{})
				defer w.Close()
				w.Given(scenario.Canary)
				folder := checkoutOf(t, nil)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				from := leaves(cancel)
				seen, status := sits(ctx, w, folder, from, "init", "checkout", "--kind", "lambdaAlias")
				if p, is := from.(*io.PipeReader); is {
					_ = p.Close()
				}
				if _, err := os.Stat(fileOf(folder)); err == nil || status == done {
					t.Errorf("exit status %d, and the file is there: %v\n%s", status, err == nil, seen)
				}
			})
		})
	}
}

func TestInitWithoutATerminalSaysWhichFlagsAreMissing(t *testing.T) {
	scenario.Run(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		folder := checkoutOf(t, nil)
		finds(w, folder, "init", wrongUse, "this is missing: SERVICE, --kind")
		finds(w, folder, "init checkout --kind lambdaAlias", wrongUse, "this is missing: --function, --alias, --alarm; --yes takes what is usual for the others")
		finds(w, folder, "init checkout --kind lambdaAlais", wrongUse, `there is no kind of target "lambdaAlais"; did you mean lambdaAlias?`)
		finds(w, folder, "init Check_out --kind lambdaAlias", wrongUse, "is not a service name")
		finds(w, folder, "init ../checkout --kind lambdaAlias", wrongUse, "is not a service name")
		finds(w, folder, "init checkout --kind stack --yes", wrongUse, "this is missing: --stack")
		if left, _ := os.ReadDir(filepath.Join(folder, filepath.FromSlash(definition.Folder))); len(left) != 1 {
			t.Errorf("%d files are there", len(left))
		}
		finds(w, folder, "init checkout --kind lambdaAlias --function checkout --alias live --alarm checkout-new --yes", rejected, "infra/services/checkout.yaml is written.", "Guard alarm checkout-new does not exist")
		finds(w, folder, "init checkout --kind lambdaAlias --function checkout --yes --force", done, "infra/services/checkout.yaml is written.", "guard.alarms[0] Guard alarm checkout-errors has seen nothing")
	})
}

// said are the flags by which somebody names a target; what is left out, the account tells.
func said(w *scenario.World, t rollout.Target) []string {
	switch {
	case t.LambdaAlias != nil:
		return []string{"--function", t.LambdaAlias.Function}
	case t.ECSService != nil:
		return []string{"--ecs-service", t.ECSService.Service}
	case t.ALBRule != nil:
		words := []string{"--rule", ruleOf(w, *t.ALBRule), "--blue", t.ALBRule.Blue.TargetGroup, "--green", t.ALBRule.Green.TargetGroup}
		if p := t.ALBRule.Blue.ECS; p != nil {
			words = append(words, "--pool-cluster", p.Cluster, "--blue-service", p.Service, "--green-service", t.ALBRule.Green.ECS.Service)
		}
		return words
	case t.RecordSet != nil:
		return []string{"--name", t.RecordSet.Records[0].Name, "--green", t.RecordSet.Records[0].To["green"].Value}
	case t.Distribution != nil:
		return []string{"--primary", t.Distribution.Primary, "--draft", t.Distribution.Draft, "--previous", t.Distribution.Previous}
	case t.KeyValueStore != nil:
		return []string{"--blue", t.KeyValueStore.Pools["1"], "--green", t.KeyValueStore.Pools["2"]}
	case t.FeatureFlag != nil:
		return []string{"--flag", t.FeatureFlag.Flag}
	case t.Configuration != nil:
		return []string{"--strategy", t.Configuration.Strategy, "--back", t.Configuration.Back}
	case t.Stack != nil:
		return []string{"--templates", t.Stack.Templates}
	}
	return nil
}

// ruleOf is the ARN of a rule that a definition may name by its priority.
func ruleOf(w *scenario.World, r kind.ALBRule) string {
	if r.Priority == 0 {
		return r.Rule + r.Listener
	}
	out, err := elb.NewFromConfig(w.Sandbox.Config("")).DescribeRules(w.T.Context(), &elb.DescribeRulesInput{ListenerArn: &r.Listener})
	if err != nil {
		w.T.Fatal(err)
	}
	for _, one := range out.Rules {
		if aws.ToString(one.Priority) == strconv.Itoa(r.Priority) {
			return aws.ToString(one.RuleArn)
		}
	}
	return ""
}

// deployed is the definition of checkout that a world has.
func deployed(w *scenario.World) (d rollout.Definition) {
	w.T.Helper()
	out, err := w.Parameters.GetParameter(w.T.Context(), &ssm.GetParameterInput{Name: aws.String("/sluice/sandbox/services/checkout")})
	if err == nil {
		err = json.Unmarshal([]byte(*out.Parameter.Value), &d)
	}
	if err != nil {
		w.T.Fatal(err)
	}
	return d
}

// Of every kind, a few words are enough for a definition that passes verify: the account tells the rest.
func TestInitWritesADefinitionOfEveryKindThatPassesVerify(t *testing.T) {
	whole := strings.Replace(scenario.Canary, `"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":25,"bake":"10m"},{"weight":50,"bake":"10m"}]}`, `"allAtOnce":{"bake":"20m"}`, 1)
	served := func(*scenario.World) string { return "1" }
	for _, c := range append(scenario.Contenders(),
		scenario.Contender{Name: "stack", Kind: scenario.Stacks{}, Definition: whole, Candidate: served},
		scenario.Contender{Name: "configuration", Kind: scenario.Configured{}, Definition: whole, Candidate: served},
	) {
		t.Run(c.Name, func(t *testing.T) {
			scenario.RunWith(t, scenario.Options{Kind: c.Kind}, func(w *scenario.World) {
				w.Given(c.Definition)
				w.Pass(5 * time.Minute)
				c.Candidate(w)
				d := deployed(w)
				folder := checkoutOf(t, nil)
				words := append([]string{"init", "checkout", "--yes", "--kind", string(d.Target.Kind())}, said(w, d.Target)...)
				seen, status := typesIn(w, folder, "", words...)
				if status != done {
					text, _ := os.ReadFile(fileOf(folder))
					w.T.Errorf("exit status %d\n%s\n%s", status, seen, text)
				}
			})
		})
	}
}
