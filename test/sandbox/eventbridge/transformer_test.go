package eventbridge

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/smithy-go"
)

// The templates are those of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html.
func TestTransformerFillsTemplatesAsDocumented(t *testing.T) {
	s := New(t.Context(), Options{Home: home})
	m, err := s.newMessage(Event{
		ID: "7bf7", DetailType: "EC2 Instance State-change Notification", Source: "aws.ec2",
		Detail: []byte(`{"instance-id": "i-0123456789", "state": "RUNNING", "n": 9, "o": {"a": "b"}, "quote": "say \"hi\"", "l": ["x", "y"]}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	r := &rule{name: "example", arn: "arn:aws:events:us-east-2:123456789012:rule/example"}
	paths := map[string]string{
		"instance": "$.detail.instance-id", "state": "$.detail.state", "n": "$.detail.n", "o": "$.detail.o",
		"gone": "$.detail.gone", "quote": "$.detail.quote", "second": "$.detail.l[1]", "odd": "$['detail']['state']",
	}
	tests := []struct{ name, template, want string }{
		{"simple string", `"instance <instance> is in <state>"`, `"instance i-0123456789 is in RUNNING"`},
		{"escaped quotes", `"instance \"<instance>\" is in <state>"`, `"instance \"i-0123456789\" is in RUNNING"`},
		{"simple JSON", "{\n \"instance\" : <instance>,\n \"state\": <state>\n}", `{"instance":"i-0123456789","state":"RUNNING"}`},
		{"strings and variables", `{"instance": <instance>, "state": "<state>", "s": "instance \"<instance>\" is in <state>"}`, `{"instance":"i-0123456789","state":"RUNNING","s":"instance \"i-0123456789\" is in RUNNING"}`},
		{"static information", `{"state": [9, <state>, true, <n>], "Transformed": "Yes"}`, `{"state":[9,"RUNNING",true,9],"Transformed":"Yes"}`},
		{"reserved variables", `{"arn": <aws.events.rule-arn>, "name": <aws.events.rule-name>}`, `{"arn":"arn:aws:events:us-east-2:123456789012:rule/example","name":"example"}`},
		{"reserved variable in a string", `"<aws.events.rule-name> triggered"`, `"example triggered"`},
		{"object", `{"o": <o>, "second": <second>, "odd": <odd>}`, `{"o":{"a":"b"},"second":"y","odd":"RUNNING"}`},
		{"whole event", `<aws.events.event.json>`, `"state":"RUNNING"`},
		{"missing path in a string", `{"gone": "<gone>"}`, `{"gone":""}`},
		{"text that looks like a variable", `{"a": "1 < 2 > 1"}`, `{"a":"1 < 2 > 1"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			x, err := newTransformer(test.template, paths)
			if err != nil {
				t.Fatal(err)
			}
			got, err := x.apply(r, m)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != test.want && (test.name != "whole event" || !strings.Contains(string(got), test.want)) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
	for name, template := range map[string]string{
		"missing path outside a string": `{"gone": <gone>}`,
		"value with quotes in a string": `{"said": "<quote>"}`,
	} {
		x, err := newTransformer(template, paths)
		if err != nil {
			t.Fatal(err)
		}
		var refused *refusal
		if got, err := x.apply(r, m); !errors.As(err, &refused) || refused.code != "INVALID_JSON" {
			t.Errorf("%s: %s, error %v, want INVALID_JSON", name, got, err)
		}
	}
}

func TestBrokenInputEndsInTheDeadLetterQueue(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.rule(defaultBus, "r", `{"source": ["shop"]}`, withDeadLetters, func(t *types.Target) {
			t.InputTransformer = &types.InputTransformer{
				InputPathsMap: map[string]string{"n": "$.detail.n"}, InputTemplate: aws.String(`{"n": <n>}`),
			}
		})
		d.put(defaultBus, `{"n": 7}`)
		d.put(defaultBus, `{}`)
		got := d.settle()
		if len(got) != 2 {
			t.Fatalf("deliveries %v", got)
		}
		for _, g := range got {
			if g.TargetARN == deadLetterQueue {
				if g.Attributes["ERROR_CODE"] != "INVALID_JSON" || !strings.Contains(string(g.Payload), `"detail-type":"order"`) {
					t.Errorf("dead letter %s with %v, want the event as it was", g.Payload, g.Attributes)
				}
			} else if string(g.Payload) != `{"n":7}` {
				t.Errorf("payload %s", g.Payload)
			}
		}
	})
}

func TestInputAndInputPathReplaceTheEvent(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.rule(defaultBus, "constant", `{"source": ["shop"]}`, func(t *types.Target) { t.Input = aws.String(`{"why": "tick"}`) })
		d.rule(defaultBus, "part", `{"source": ["shop"]}`, func(t *types.Target) { t.InputPath = aws.String("$.detail") })
		d.put(defaultBus, `{"n":1}`)
		for _, got := range d.settle() {
			want := map[string]string{"constant": `{"why": "tick"}`, "part": `{"n":1}`}[got.TargetARN[strings.LastIndexByte(got.TargetARN, ':')+1:]]
			if string(got.Payload) != want {
				t.Errorf("%s received %s, want %s", got.TargetARN, got.Payload, want)
			}
		}
	})
}

func TestPutTargetsRefusesWhatCannotBeDelivered(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.rule(defaultBus, "r", `{"source": ["shop"]}`)
		tests := map[string]func(*types.Target){
			"no ARN":                func(t *types.Target) { t.Arn = aws.String("function") },
			"unknown service":       func(t *types.Target) { t.Arn = aws.String(home.ARN("ecs", "cluster/c")) },
			"two inputs":            func(t *types.Target) { t.Input, t.InputPath = aws.String(`{}`), aws.String("$.detail") },
			"input that is no JSON": func(t *types.Target) { t.Input = aws.String("hello") },
			"machine without role":  func(t *types.Target) { t.Arn = aws.String(home.ARN("states", "stateMachine:m")) },
			"FIFO dead letters": func(t *types.Target) {
				t.DeadLetterConfig = &types.DeadLetterConfig{Arn: aws.String(deadLetterQueue + ".fifo")}
			},
			"too many retries":   withRetries(186, 60),
			"age below a minute": withRetries(1, 59),
			"undefined variable": func(t *types.Target) {
				t.InputTransformer = &types.InputTransformer{InputTemplate: aws.String(`{"a": <b>}`)}
			},
			"template that is no JSON": func(t *types.Target) {
				t.InputTransformer = &types.InputTransformer{InputTemplate: aws.String(`hello`)}
			},
		}
		for name, change := range tests {
			target := types.Target{Id: aws.String("two"), Arn: aws.String(home.ARN("lambda", "function:f"))}
			change(&target)
			var api smithy.APIError
			if _, err := d.newTarget(target); !errors.As(err, &api) {
				t.Errorf("%s: error %v, want a refusal", name, err)
			}
		}
	})
}
