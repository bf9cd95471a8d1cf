package eventbridge

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awseventbridge "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/smithy-go"
)

func TestEventReachesTargetsOfMatchingRulesOfItsBusOnly(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.bus("sluice")
		d.rule("sluice", "matches", `{"detail": {"kind": ["a"]}}`)
		d.rule("sluice", "other-kind", `{"detail": {"kind": ["b"]}}`)
		d.rule(defaultBus, "other-bus", `{"detail": {"kind": ["a"]}}`)
		result := d.put("sluice", `{"kind": "a", "text": "<&>"}`)
		got := d.settle()
		if len(got) != 1 || got[0].TargetARN != home.ARN("lambda", "function:matches") {
			t.Fatalf("deliveries %v", got)
		}
		if want := home.ARN("events", "rule/sluice/matches"); got[0].RuleARN != want {
			t.Errorf("rule %s, want %s", got[0].RuleARN, want)
		}
		var e map[string]any
		if err := json.Unmarshal(got[0].Payload, &e); err != nil {
			t.Fatal(err)
		}
		want := map[string]any{
			"version": "0", "id": *result.EventId, "detail-type": "order", "source": "shop", "account": "123456789012",
			"time": time.Now().UTC().Format("2006-01-02T15:04:05Z"), "region": "us-east-1", "resources": []any{},
		}
		for name, value := range want {
			if have, _ := json.Marshal(e[name]); string(have) != string(encoded(t, value)) {
				t.Errorf("%s is %s, want %v", name, have, value)
			}
		}
		if !strings.Contains(string(got[0].Payload), `"text":"<&>"`) {
			t.Errorf("detail changed on its way: %s", got[0].Payload)
		}
	})
}

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestEventForAMissingBusIsAcceptedAndLost(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.rule(defaultBus, "all", `{"source": [{"exists": true}]}`)
		if result := d.put("no-such-bus", `{}`); result.EventId == nil || result.ErrorCode != nil {
			t.Errorf("answer %v, want an event id", result)
		}
		if got := d.settle(); len(got) != 0 || d.Counts().NoBus != 1 {
			t.Errorf("deliveries %v, counts %+v", got, d.Counts())
		}
	})
}

// Whoever watches a bus learns of what AWS swallows without a word.
func TestEventsThatNoRuleHearsAreTold(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		var told []string
		d.options.Heard = func(bus string, e Event, rules int) {
			told = append(told, fmt.Sprintf("%s %s %d", bus, e.DetailType, rules))
		}
		d.rule(defaultBus, "a", `{"detail": {"kind": ["a"]}}`)
		d.rule(defaultBus, "all", `{"source": ["shop"]}`)
		d.put(defaultBus, `{"kind": "a"}`)
		d.put("no-such-bus", `{}`)
		d.bus("empty")
		d.put(home.ARN("events", "event-bus/empty"), `{}`)
		if got, want := strings.Join(told, ", "), "default order 2, no-such-bus order 0, empty order 0"; got != want {
			t.Errorf("told of %s, want %s", got, want)
		}
	})
}

func TestPutEventsFailsEntryByEntry(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.rule(defaultBus, "all", `{"source": ["shop"]}`)
		entries := []types.PutEventsRequestEntry{
			entry(defaultBus, `{"n": 1}`), entry(defaultBus, `{"n": `), entry(defaultBus, `[1]`), entry(defaultBus, `{"n": 2}`),
			entry(defaultBus, `{}`), entry(defaultBus, `{}`),
		}
		entries[4].Source = aws.String("aws.cloudwatch")
		entries[5].DetailType = nil
		out, err := d.PutEvents(d.ctx, &awseventbridge.PutEventsInput{Entries: entries})
		d.must(err)
		var codes []string
		for _, e := range out.Entries {
			codes = append(codes, aws.ToString(e.ErrorCode))
		}
		want := ",MalformedDetail,MalformedDetail,,NotAuthorizedForSourceException,InvalidArgument"
		if strings.Join(codes, ",") != want || out.FailedEntryCount != 4 {
			t.Errorf("codes %v, %d failed, want %s", codes, out.FailedEntryCount, want)
		}
		if got := d.settle(); len(got) != 2 {
			t.Errorf("%d deliveries, want those of the two good entries", len(got))
		}
	})
}

func TestPutEventsRefusesRequestsThatAreTooLarge(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		big := `{"x": "` + strings.Repeat("x", 1<<20-len(`{"x": ""}`)-len("shop")-len("order")) + `"}`
		for name, entries := range map[string][]types.PutEventsRequestEntry{
			"no entry": nil, "eleven entries": make([]types.PutEventsRequestEntry, 11), "a megabyte": {entry(defaultBus, big)},
		} {
			_, err := d.PutEvents(d.ctx, &awseventbridge.PutEventsInput{Entries: entries})
			var api smithy.APIError
			if !errors.As(err, &api) || api.ErrorCode() != "ValidationException" {
				t.Errorf("%s: error %v, want a ValidationException", name, err)
			}
		}
		one := strings.Replace(big, "xx", "x", 1)
		if _, err := d.PutEvents(d.ctx, &awseventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{entry(defaultBus, one)}}); err != nil {
			t.Errorf("a byte less than a megabyte: %v", err)
		}
	})
}

func TestDisabledRuleHearsNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.rule(defaultBus, "r", `{"source": ["shop"]}`)
		_, err := d.DisableRule(d.ctx, &awseventbridge.DisableRuleInput{Name: aws.String("r")})
		d.must(err)
		d.put(defaultBus, `{}`)
		if got := d.settle(); len(got) != 0 {
			t.Errorf("a disabled rule delivered %v", got)
		}
		_, err = d.EnableRule(d.ctx, &awseventbridge.EnableRuleInput{Name: aws.String("r")})
		d.must(err)
		d.put(defaultBus, `{}`)
		if got := d.settle(); len(got) != 1 {
			t.Errorf("%d deliveries after the rule was enabled again, want 1", len(got))
		}
	})
}

func TestServicesMayUseAWSSources(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.rule(defaultBus, "alarms", `{"source": ["aws.cloudwatch"], "detail": {"state": {"value": ["ALARM"]}}}`)
		err := d.Emit(d.ctx, defaultBus, Event{
			Source: "aws.cloudwatch", DetailType: "CloudWatch Alarm State Change", Detail: []byte(`{"state": {"value": "ALARM"}}`),
		})
		d.must(err)
		if got := d.settle(); len(got) != 1 {
			t.Errorf("%d deliveries, want 1", len(got))
		}
		if err := d.Emit(d.ctx, defaultBus, Event{Source: "aws.x", Detail: []byte(`7`)}); err == nil {
			t.Error("emitted a detail that is no object")
		}
	})
}

func TestEventGoesToOneMoreBusAndNoFurther(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.bus("second")
		d.bus("third")
		to := func(bus string) func(*types.Target) {
			return func(target *types.Target) { target.Arn = aws.String(home.ARN("events", "event-bus/"+bus)) }
		}
		d.rule(defaultBus, "forward", `{"source": ["shop"]}`, to("second"))
		d.rule("second", "forward", `{"source": ["shop"]}`, to("third"))
		d.rule("second", "here", `{"source": ["shop"]}`)
		d.rule("third", "there", `{"source": ["shop"]}`)
		d.put(defaultBus, `{}`)
		got := d.settle()
		if len(got) != 1 || got[0].TargetARN != home.ARN("lambda", "function:here") {
			t.Errorf("deliveries %v, want the one of the second bus", got)
		}
	})
}
