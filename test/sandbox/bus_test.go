package sandbox_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"sluice/events"
	"sluice/test/sandbox"
	"sluice/test/sandbox/cfn"
)

// asCI boots the golden template, in which the role of notify, which says nothing on the bus, has CI's policy instead of its own, and
// puts on the bus what the test says as that role. Each entry is a source and a detail-type.
func asCI(t *testing.T, policy any, test func(put func(entries ...[2]string) error)) {
	t.Helper()
	template := without(t, "NotifyRole", func(r *cfn.Resource) bool {
		r.Properties["Policies"] = []any{map[string]any{"PolicyName": "ci", "PolicyDocument": policy}}
		return true
	})
	synctest.Test(t, func(t *testing.T) {
		box := boot(t, sandbox.Options{Template: template, InProcess: answering(`{}`)})
		cfg, err := box.ConfigFor("sluice-sandbox-notify")
		if err != nil {
			t.Fatal(err)
		}
		bus := eventbridge.NewFromConfig(cfg)
		test(func(entries ...[2]string) error {
			in := &eventbridge.PutEventsInput{}
			for _, e := range entries {
				in.Entries = append(in.Entries, ebtypes.PutEventsRequestEntry{
					EventBusName: new("sluice-sandbox"), Source: &e[0], DetailType: &e[1], Detail: new("{}"),
				})
			}
			_, err := bus.PutEvents(t.Context(), in)
			return err
		})
		box.Close()
	})
}

// Whoever may put anything on the bus could tell people and pipelines how releases went, and have commits built.
func TestNobodyElseSpeaksAsSluice(t *testing.T) {
	everything := map[string]any{"Version": "2012-10-17", "Statement": []any{
		map[string]any{"Effect": "Allow", "Action": "events:PutEvents", "Resource": "*"},
	}}
	asCI(t, everything, func(put func(...[2]string) error) {
		if err := put([2]string{"ci", events.ReleaseRequested}, [2]string{"ci", "ping"}); err != nil {
			t.Errorf("CI speaks in its own name: %v", err)
		}
		for _, detailType := range []string{events.ReleaseSucceeded, events.CommitPushed, "ping"} {
			wantDenied(t, put([2]string{events.Source, detailType}), "explicit deny in a resource-based policy")
			wantDenied(t, put([2]string{"ci", "ping"}, [2]string{events.Source, detailType}), "explicit deny in a resource-based policy")
		}
	})
}

// The policy that docs/ci gives to a build asks for releases; a word in somebody's name would be a person's.
func TestPolicyForCIRequestsReleasesAndNothingElse(t *testing.T) {
	text, err := os.ReadFile("../../docs/ci/policy.json")
	if err != nil {
		t.Fatal(err)
	}
	var policy any
	if err := json.Unmarshal(sandboxed(text), &policy); err != nil {
		t.Fatal(err)
	}
	asCI(t, policy, func(put func(...[2]string) error) {
		if err := put([2]string{"ci", events.ReleaseRequested}); err != nil {
			t.Errorf("CI asks for a release: %v", err)
		}
		for _, detailType := range []string{events.PromoteRequested, events.OverrideRequested, events.AnswerGiven, events.CommitPushed, events.ArtifactPublished, events.ReleaseSucceeded} {
			wantDenied(t, put([2]string{"ci", detailType}), "events:PutEvents")
			wantDenied(t, put([2]string{"ci", events.ReleaseRequested}, [2]string{"ci", detailType}), "events:PutEvents")
		}
	})
}

// sandboxed is a text about production, about the sandbox.
func sandboxed(text []byte) []byte {
	return []byte(strings.ReplaceAll(string(text), "sluice-production", "sluice-sandbox"))
}
