package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"sluice/infra/definition"
	"sluice/infra/screen"
	"sluice/infra/session"
	"sluice/test/scenario"
)

// checkoutOf is a checkout with definitions, by the name of the file below infra/services.
func checkoutOf(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	schema, err := os.ReadFile(filepath.Join("..", "..", definition.SchemaFile))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{definition.SchemaFile: string(schema), definition.Folder + "/.keep": ""}
	for name, text := range files {
		all[definition.Folder+"/"+name] = text
	}
	for name, text := range all {
		file := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// typesIn types a command in a checkout, with the key of a role; the empty role is the person at the keyboard.
func typesIn(w *scenario.World, checkout, role string, words ...string) (seen string, status int) {
	var out bytes.Buffer
	d := desk{
		out: &out, errs: &out, pen: screen.Pen{Columns: 80}, checkout: checkout, now: time.Now, getenv: func(string) string { return "" },
		find: func(context.Context, string, string) (session.Engine, error) {
			return session.Engine{Environment: "sandbox", AWS: w.Sandbox.Config(role)}, nil
		},
	}
	status = d.run(w.T.Context(), words)
	return out.String(), status
}

// checkoutYAML is the definition of scenario.Canary with an alarm of one's own.
func checkoutYAML(alarm, more string) string {
	return "service: checkout\ntarget:\n  lambdaAlias:\n    function: checkout\n    alias: live\nstrategy:\n  canary:\n    steps:\n      - weight: 5\n        bake: 20s\n      - weight: 25\n        bake: 10m\n" +
		"guard:\n  alarms:\n    - " + alarm + "\nrevertWindow: 1h\n" + more
}

// alarmed makes an alarm on a metric of the function.
func alarmed(w *scenario.World, name, metric string, period int32) {
	w.T.Helper()
	_, err := w.CloudWatch.PutMetricAlarm(w.T.Context(), &cloudwatch.PutMetricAlarmInput{
		AlarmName: &name, Namespace: aws.String("AWS/Lambda"), MetricName: &metric, Dimensions: []types.Dimension{{Name: aws.String("FunctionName"), Value: aws.String("checkout")}},
		Statistic: types.StatisticSum, Period: &period, EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(1), ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold,
	})
	if err != nil {
		w.T.Fatal(err)
	}
}

// A team's first release always went back: for an alarm without data, and for bakes in which nothing can be counted. All of that is known before.
func TestVerifySaysBeforehandWhatTheFirstReleaseWouldGoBackFor(t *testing.T) {
	scenario.Run(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		alarmed(w, "checkout-new", "Errors", 60)
		folder := checkoutOf(t, map[string]string{
			"checkout.yaml": checkoutYAML("checkout-new", "checks:\n  ceilings:\n    - percent: 2\n      requests: 300\n  whenInconclusive:\n    extend: 1\n"),
			"shop.yaml":     "service: shop\ntarget: {\n",
		})
		finds(w, folder, "verify", rejected,
			"error infra/services/checkout.yaml:15 guard.alarms[0] Alarm checkout-new has no data", "The step ends without evidence, and the release goes back",
			"error infra/services/checkout.yaml:19 checks.ceilings[0] Nothing came through alias live of function checkout in the last week", "shop 1 error", "error infra/services/shop.yaml:2 This is not YAML")
		w.Traffic(60)
		w.Pass(2 * time.Hour)
		finds(w, folder, "verify checkout", rejected,
			"infra/services/checkout.yaml:10 strategy.canary.steps[0].bake Step 1 (5 %, 20s) ends when checks.ceilings[0] has seen 0 of the 300 requests that it needs, even when it bakes 40s.",
			"bake it for 1h43m at least", "infra/services/checkout.yaml:12 strategy.canary.steps[1].bake Step 2 (25 %, 10m) ends", "2 errors")
		seen, status := typesIn(w, folder, "", "verify", "checkout", "-o", "json")
		var said struct {
			Findings []struct {
				Service, Severity, File, Path, What, Why, Remedy string
				Line                                             int
			}
		}
		if err := json.Unmarshal([]byte(seen), &said); err != nil || status != rejected || len(said.Findings) != 2 {
			t.Fatalf("%v, exit status %d\n%s", err, status, seen)
		}
		if f := said.Findings[0]; f.Service != "checkout" || f.Severity != "error" || f.Line != 10 || f.Why == "" || f.Remedy == "" {
			t.Errorf("the first finding is %+v", f)
		}
		patient := checkoutYAML("checkout-errors", "checks:\n  ceilings:\n    - percent: 2\n")
		finds(w, checkoutOf(t, map[string]string{"checkout.yaml": strings.Replace(patient, "20s", "30m", 1)}), "verify", done, "nothing stands in the way of a release")
		finds(w, folder, "verify chekout", wrongUse, `there is no service "chekout" in infra/services; did you mean checkout?`)
	})
}

// finds checks what a command says in a checkout and how it ends.
func finds(w *scenario.World, checkout, words string, status int, parts ...string) {
	w.T.Helper()
	seen, got := typesIn(w, checkout, "", strings.Fields(words)...)
	flat := strings.Join(strings.Fields(seen), " ")
	for _, part := range parts {
		if !strings.Contains(flat, part) {
			w.T.Errorf("sluice %s does not say %q", words, part)
		}
	}
	for line := range strings.Lines(seen) {
		if !strings.Contains(line, "infra/services") && !strings.HasPrefix(line, "sluice: ") && utf8.RuneCountInString(line) > 81 {
			w.T.Errorf("wider than a terminal: %s", line)
		}
	}
	if got != status || w.T.Failed() {
		w.T.Errorf("sluice %s: exit status %d, want %d\n%s", words, got, status, seen)
	}
}

// What is said of the target is what the function plan would say.
func TestVerifyFindsWhatEveryReleaseWouldBeRefusedFor(t *testing.T) {
	for name, test := range map[string]struct {
		definition string
		spoil      func(w *scenario.World)
		says       []string
	}{
		"no such alias":    {strings.Replace(checkoutYAML("checkout-errors", ""), "alias: live", "alias: lvie", 1), nil, []string{"error infra/services/checkout.yaml:3 target.lambdaAlias There is no alias lvie of function checkout", "aws lambda create-alias", "The engine sluice-sandbox releases alias live of function checkout, and not alias lvie"}},
		"no such alarm":    {checkoutYAML("checkout-erors", ""), nil, []string{"guard.alarms[0] Guard alarm checkout-erors does not exist"}},
		"split by another": {checkoutYAML("checkout-errors", ""), func(w *scenario.World) { w.Split("1", "2", 0.1) }, []string{"is split by somebody else", "bring everything to one version"}},
		"a parameter that is not there to be carried": {
			checkoutYAML("checkout-errors", "hooks:\n  - name: limits\n    before: first\n    carry: [{parameter: /checkout/production/limit, from: /checkout/staging/limit}]\n"), nil,
			[]string{"hooks[0].carry[0].from There is no parameter /checkout/staging/limit", "Each release is rejected"},
		},
		"hooks that are not there": {
			checkoutYAML("checkout-errors", "hooks:\n  - name: warm\n    before: first\n    lambda: warm\n  - name: migrate\n    beforeStep: 1\n    codeBuild: migrate\n  - name: drill\n    after: rollback\n    automation: drill\n  - name: tell\n    after: promotion\n    http: https://ci.example.com/sluice\n    secret: checkout-hooks\n  - name: stage\n    after: rollback\n    rollBackStage: {pipeline: shop, stage: Deploy}\n"), nil,
			[]string{"hooks[0] There is no function warm", "each release goes back", "hooks[1] There is no CodeBuild project migrate", "hooks[2] There is no document drill", "hooks[3].secret There is no secret checkout-hooks", "hooks[4].rollBackStage There is no pipeline shop", "people are told"},
		},
		"a pipeline that is not there to build": {
			checkoutYAML("checkout-errors", "source:\n  repository: github/acme/checkout\n  build: {codePipeline: {pipeline: factory}}\n"), nil,
			[]string{"source.build.codePipeline There is no pipeline factory", "nothing builds it", "aws codepipeline list-pipelines"},
		},
		"a pipeline whose source has another name": {
			checkoutYAML("checkout-errors", "source:\n  repository: github/acme/checkout\n  build: {codePipeline: {pipeline: factory, sourceAction: Code}}\n"), func(w *scenario.World) { w.GivenFactory() },
			[]string{"source.build.codePipeline The first stage of pipeline factory has no action Code"},
		},
		"gates that never open": {
			checkoutYAML("checkout-errors", "gates:\n  calendars: [company]\n  flags:\n    - parameter: /shop/releases\n      equals: \"on\"\n  tests:\n    - lambda: smoke\n    - codeBuild: acceptance\n"), nil,
			[]string{"gates.calendars[0] There is no calendar company", "gates.flags[0] There is no parameter /shop/releases", "aws ssm put-parameter", "gates.tests[0] There is no function smoke", "gates.tests[1] There is no CodeBuild project acceptance", "The gate never opens"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			scenario.Run(t, func(w *scenario.World) {
				w.Given(scenario.Canary)
				if test.spoil != nil {
					test.spoil(w)
				}
				finds(w, checkoutOf(t, map[string]string{"checkout.yaml": test.definition}), "verify checkout", rejected, test.says...)
			})
		})
	}
}

// Whoever may not look is told what they lack, and not that all is well.
func TestVerifyNamesThePermissionThatIsMissing(t *testing.T) {
	scenario.Run(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		folder := checkoutOf(t, map[string]string{"checkout.yaml": checkoutYAML("checkout-errors", "checks:\n  errors: [{}]\n")})
		seen, status := typesIn(w, folder, "sluice-sandbox-nobody", "verify", "checkout")
		flat := strings.Join(strings.Fields(seen), " ")
		for _, part := range []string{"you may not lambda:GetAlias", "you may not cloudwatch:DescribeAlarms", "you may not ssm:GetParameter", "ReadOnlyAccess"} {
			if !strings.Contains(flat, part) {
				t.Errorf("it does not say %q", part)
			}
		}
		if status != wrongUse || t.Failed() {
			t.Errorf("exit status %d\n%s", status, seen)
		}
	})
}

// A service that can be released is found to be so, whatever its kind.
func TestVerifyFindsNothingWrongWithServicesThatCanBeReleased(t *testing.T) {
	for _, c := range scenario.Contenders() {
		t.Run(c.Name, func(t *testing.T) {
			scenario.RunWith(t, scenario.Options{Kind: c.Kind}, func(w *scenario.World) {
				w.Given(c.Definition)
				w.Pass(5 * time.Minute)
				c.Candidate(w)
				out, err := w.Parameters.GetParameter(w.T.Context(), &ssm.GetParameterInput{Name: aws.String("/sluice/sandbox/services/checkout")})
				if err != nil {
					w.T.Fatal(err)
				}
				seen, status := typesIn(w, checkoutOf(t, map[string]string{"checkout.yaml": *out.Parameter.Value}), "", "verify", "checkout")
				if status != done {
					w.T.Errorf("exit status %d\n%s", status, seen)
				}
			})
		})
	}
}
