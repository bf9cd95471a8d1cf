package differential

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/test/sandbox"
	"sluice/test/scenario"
)

// registered are the events of AWS that these stories must have met, so that something is known of them.
var registered = []string{
	"aws.cloudwatch | CloudWatch Alarm State Change", "aws.codebuild | CodeBuild Build State Change", "aws.states | Step Functions Execution Status Change",
}

// observed is what the registry says otherwise than the guides of the services do.
var observed = map[string]string{
	"CloudWatch Alarm State Change: detail.state lacks reasonData":                                               "there is none when somebody sets a state without it (API_SetAlarmState: StateReasonData is optional)",
	"CodeBuild Build State Change: detail.additional-information has no property exported-environment-variables": "in the sample of sample-build-notifications.html",
	"CodeBuild Build State Change: detail.additional-information lacks network-interface":                        "of builds in a VPC; the guide's sample has none",
	"CodeBuild Build State Change: detail.additional-information lacks vpc-config":                               "of builds in a VPC; the guide's sample has none",
	"Step Functions Execution Status Change: detail has no property cause":                                       guide,
	"Step Functions Execution Status Change: detail has no property error":                                       guide,
	"Step Functions Execution Status Change: detail has no property inputDetails":                                guide,
	"Step Functions Execution Status Change: detail has no property outputDetails":                               guide,
	"Step Functions Execution Status Change: detail has no property stateMachineAliasArn":                        guide,
	"Step Functions Execution Status Change: detail has no property stateMachineVersionArn":                      guide,
	"Step Functions Execution Status Change: detail.output is <nil>, and the schema wants the type string":       guide,
}

const guide = "in the samples of https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html"

// What EventBridge's schema registry knows of an event was observed by AWS: a field that every such event has must be in the sandbox's, and the
// sandbox may invent none. The registry has no events of AppConfig, of CloudFormation's stacks and of ECS' deployments.
func TestEventsAreAsInTheSchemaRegistry(t *testing.T) {
	s := readSchema(t)
	heard := &listener{seen: map[string][]json.RawMessage{}}
	for _, name := range slices.Sorted(maps.Keys(stories)) {
		scenario.RunWith(t, scenario.Options{Direct: true, Edit: scenario.WithTests, Hop: heard.hop}, stories[name])
	}
	scenario.RunWith(t, scenario.Options{Direct: true, Kind: scenario.OnECS{}, Hop: heard.hop}, func(w *scenario.World) {
		w.Given(scenario.Canary)
		w.Pass(3 * time.Minute)
		w.Ended(w.Requested(scenario.OnECS{}.Pushed(w)))
	})
	unknown := []string{}
	for _, name := range slices.Sorted(maps.Keys(heard.seen)) {
		fields, known := s.events[name]
		if !known {
			unknown = append(unknown, name)
			continue
		}
		for _, problem := range s.unlike(fields, heard.seen[name]) {
			_, kind, _ := strings.Cut(name, " | ")
			if _, known := observed[kind+": "+problem]; !known {
				t.Errorf("%s: %s", name, problem)
			}
		}
	}
	for _, name := range registered {
		if len(heard.seen[name]) == 0 {
			t.Errorf("no story hears of %s, so nothing is known of it", name)
		}
	}
	t.Logf("held against the registry: %d kinds of event; it does not know %s", len(heard.seen)-len(unknown), strings.Join(unknown, ", "))
}

// unlike lists what differs between the details of an event and its schema, each difference once.
func (s schema) unlike(fields map[string]property, details []json.RawMessage) []string {
	found, held := map[string]bool{}, 0
	for _, text := range details {
		var detail map[string]any
		if err := json.Unmarshal(text, &detail); err != nil {
			found[err.Error()] = true
		}
		for _, problem := range s.object("detail", fields, detail, &held) {
			found[problem] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// A listener keeps the details of AWS's own events on their way to a function.
type listener struct {
	mu   sync.Mutex
	seen map[string][]json.RawMessage // by source and detail type
}

func (l *listener) hop(ctx context.Context, h sandbox.Hop, next func(context.Context) error) error {
	var e struct {
		Source     string          `json:"source"`
		DetailType string          `json:"detail-type"`
		Detail     json.RawMessage `json:"detail"`
	}
	if h.From == "events" && json.Unmarshal(h.Payload, &e) == nil && strings.HasPrefix(e.Source, "aws.") && e.DetailType != "Scheduled Event" {
		name := e.Source + " | " + e.DetailType
		l.mu.Lock()
		l.seen[name] = append(l.seen[name], e.Detail)
		l.mu.Unlock()
	}
	return next(ctx)
}
