package scenario

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/wire"
)

// without are installations whose functions have no addresses: China, of which the template knows it, and a Region of which whoever
// deploys says it.
var without = map[string]Options{
	"cn-north-1": {Region: "cn-north-1"},
	"eu-south-2": {Region: "eu-south-2", Edit: func(t *cfn.Template) {
		addresses := t.Parameters["FunctionAddresses"]
		addresses.Default = "no"
		t.Parameters["FunctionAddresses"] = addresses
	}},
}

// pasted is the entries of the command that a text tells people to send, with the words in capitals put in.
func pasted(t *testing.T, text string) (detailType, detail string) {
	t.Helper()
	found := regexp.MustCompile(`aws events put-events --entries '([^']*)'`).FindStringSubmatch(strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(text))
	if found == nil {
		t.Fatalf("nobody is told how to answer:\n%s", text)
	}
	var entries []struct{ EventBusName, DetailType, Detail string }
	if err := json.Unmarshal([]byte(found[1]), &entries); err != nil || len(entries) != 1 || entries[0].EventBusName != busName {
		t.Fatalf("%s is not one entry for the bus: %v", found[1], err)
	}
	return entries[0].DetailType, strings.NewReplacer("approve-or-reject", "approve", "YOUR-NAME", "grace").Replace(entries[0].Detail)
}

// Where functions have no addresses a release runs, asks and is answered: people are told the commands, and no link that leads nowhere.
func TestPeopleAnswerByCommandWhereFunctionsHaveNoAddresses(t *testing.T) {
	for region, options := range without {
		for from, read := range map[string]func(w *World) string{
			"mail":  func(w *World) string { return w.Mail() },
			"Slack": func(w *World) string { m, _ := w.chat(); return Says(m) },
		} {
			t.Run(region+", told by "+from, func(t *testing.T) {
				RunWith(t, options, func(w *World) {
					w.Given(chatting(Asking))
					w.Subscribe()
					id := w.Requested("2")
					w.Asks(id, 3)
					w.Pass(time.Minute)
					m, _ := w.chat()
					if told := w.Mail() + Says(m); strings.Contains(told, "http") || strings.Contains(told, "Approve") || !strings.Contains(w.Mail(), "sluice get "+id+" -e sandbox") {
						t.Errorf("people are told\n%s", told)
					}
					detailType, detail := pasted(t, read(w))
					w.put(detailType, json.RawMessage(detail))
					r := w.Ended(id)
					w.Then(r, rollout.Succeeded, asked+step+ends, "2")
					if r.Page != "" {
						t.Errorf("the record names the page %q", r.Page)
					}
				})
			})
		}
	}
}

func TestGuardTakesAReleaseBackInChina(t *testing.T) {
	RunWith(t, without["cn-north-1"], func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.AtStep(id, 1)
		w.AlarmRed(Alarm)
		w.Then(w.Ended(id), rollout.RolledBack, began+step+step+back, "1")
	})
}

// Whoever deploys there sees what there is not, and whoever asks for a link hears why there is none.
func TestStackSaysWhatThereIsNotWithoutAddresses(t *testing.T) {
	for region, options := range without {
		t.Run(region, func(t *testing.T) {
			RunWith(t, options, func(w *World) {
				out := w.Sandbox.Stack.Outputs
				if !strings.Contains(out["WithoutAddresses"], "No webhooks") || out["WebhookAddress"]+out["SlackButtonsAddress"]+out["LinkCommand"] != "" {
					t.Errorf("the stack puts out %v", out)
				}
				got, err := w.Lambda.Invoke(w.ctx, &lambda.InvokeInput{FunctionName: aws.String(stackName + "-console"), Payload: []byte(`{"link":{}}`)})
				w.must(err)
				if !strings.Contains(string(got.Payload), "has no address") {
					t.Errorf("asked for a link it says %s", got.Payload)
				}
				want := types.TracingModeActive
				if w.home.Partition() != "aws" {
					want = types.TracingModePassThrough
				}
				c, err := w.Lambda.GetFunctionConfiguration(w.ctx, &lambda.GetFunctionConfigurationInput{FunctionName: aws.String(stackName + "-guard")})
				w.must(err)
				if c.TracingConfig.Mode != want {
					t.Errorf("tracing is %s, want %s", c.TracingConfig.Mode, want)
				}
			})
		})
	}
	t.Run("where there are addresses", func(t *testing.T) {
		Run(t, func(w *World) {
			if out := w.Sandbox.Stack.Outputs; out["WithoutAddresses"] != "" || out["WebhookAddress"] == "" {
				t.Errorf("the stack puts out %v", out)
			}
		})
	})
}

// Lambda refuses addresses where it has none; a deployment that does not say so fails with that, and not with a stack that half works.
func TestDeploymentFailsWhereAddressesAreWantedAndThereAreNone(t *testing.T) {
	template, err := deployed()
	if err != nil {
		t.Fatal(err)
	}
	_, err = sandbox.Boot(t.Context(), sandbox.Options{Template: template, Home: wire.Home{Region: "eu-south-2", Account: "123456789012"}})
	if err == nil || !strings.Contains(err.Error(), "Function URLs are not available in eu-south-2") {
		t.Errorf("deploying answers %v", err)
	}
}
