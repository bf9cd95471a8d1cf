package eventbridge

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/google/go-cmp/cmp"

	"sluice/test/sandbox/wire"
)

var deadLetterQueue = home.ARN("sqs", "dead")

func withDeadLetters(t *types.Target) {
	t.DeadLetterConfig = &types.DeadLetterConfig{Arn: &deadLetterQueue}
}

func withRetries(attempts, seconds int32) func(*types.Target) {
	return func(t *types.Target) {
		t.RetryPolicy = &types.RetryPolicy{MaximumRetryAttempts: &attempts, MaximumEventAgeInSeconds: &seconds}
	}
}

func TestDeliveryIsTriedAgainUntilTheTargetTakesIt(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		failures := 3
		d.answer = func(Delivery) error {
			if failures--; failures >= 0 {
				return errors.New("busy")
			}
			return nil
		}
		d.rule(defaultBus, "r", `{"source": ["shop"]}`)
		d.put(defaultBus, `{}`)
		if got := d.settle(); len(got) != 1 {
			t.Errorf("%d attempts without a pause, want 1", len(got))
		}
		time.Sleep(time.Hour)
		want := []time.Duration{0, time.Second, 3 * time.Second, 7 * time.Second}
		if diff := cmp.Diff(want, d.times()); diff != "" {
			t.Errorf("attempts at the wrong times (-want +got):\n%s", diff)
		}
		if c := d.Counts(); c.Delivered != 1 || c.Retried != 3 || c.Dropped != 0 {
			t.Errorf("counts %+v", c)
		}
	})
}

func TestExhaustedRetriesEndInTheDeadLetterQueue(t *testing.T) {
	tests := []struct {
		name              string
		attempts, seconds int32
		condition, tried  string
		within            time.Duration
	}{
		{"by attempts", 2, 86400, "MaximumRetryAttempts", "2", 4 * time.Second},
		{"by age", 185, 60, "MaximumEventAgeInSeconds", "6", 61 * time.Second},
		{"none wanted", 0, 60, "MaximumRetryAttempts", "0", time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, d *desk) {
				d.answer = func(Delivery) error { return &wire.Error{Code: "TooManyRequestsException", Message: "Rate exceeded"} }
				rule := d.rule(defaultBus, "r", `{"source": ["shop"]}`, withDeadLetters, withRetries(test.attempts, test.seconds))
				result := d.put(defaultBus, `{"n": 1}`)
				time.Sleep(test.within)
				got := d.settle()
				last := got[len(got)-1]
				want := map[string]string{
					"RULE_ARN": rule, "TARGET_ARN": home.ARN("lambda", "function:r"), "ERROR_CODE": "THROTTLING",
					"ERROR_MESSAGE":             "TooManyRequestsException: Rate exceeded",
					"EXHAUSTED_RETRY_CONDITION": test.condition, "RETRY_ATTEMPTS": test.tried,
				}
				if last.TargetARN != deadLetterQueue {
					t.Fatalf("last delivery to %s, want the dead-letter queue", last.TargetARN)
				}
				if diff := cmp.Diff(want, last.Attributes); diff != "" {
					t.Errorf("attributes (-want +got):\n%s", diff)
				}
				if !strings.Contains(string(last.Payload), *result.EventId) {
					t.Errorf("dead letter %s is not the event", last.Payload)
				}
			})
		})
	}
}

func TestDefaultRetriesUseUpADay(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.answer = func(Delivery) error { return errors.New("down") }
		d.rule(defaultBus, "r", `{"source": ["shop"]}`, withDeadLetters)
		d.put(defaultBus, `{}`)
		time.Sleep(24*time.Hour - time.Minute)
		if c := d.Counts(); c.DeadLettered != 0 {
			t.Errorf("gave up before a day had passed: %+v", c)
		}
		time.Sleep(2 * time.Minute)
		c := d.Counts()
		if c.DeadLettered != 1 || c.Retried > 185 {
			t.Errorf("counts after a day: %+v", c)
		}
	})
}

func TestPermanentRefusalIsNotTriedAgain(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.answer = func(Delivery) error { return &refusal{"NO_PERMISSIONS", "not allowed"} }
		d.rule(defaultBus, "kept", `{"detail": {"n": [1]}}`, withDeadLetters)
		d.rule(defaultBus, "dropped", `{"detail": {"n": [2]}}`)
		d.put(defaultBus, `{"n": 1}`)
		got := d.settle()
		if len(got) != 2 || got[1].TargetARN != deadLetterQueue || got[1].Attributes["ERROR_CODE"] != "NO_PERMISSIONS" {
			t.Fatalf("deliveries %v, want one attempt and one dead letter", got)
		}
		if _, has := got[1].Attributes["EXHAUSTED_RETRY_CONDITION"]; has {
			t.Error("nothing was exhausted")
		}
		d.put(defaultBus, `{"n": 2}`)
		d.settle()
		time.Sleep(25 * time.Hour)
		if c := d.Counts(); c.DeadLettered != 1 || c.Dropped != 1 || c.Retried != 0 {
			t.Errorf("counts %+v", c)
		}
	})
}

func TestOneTargetDoesNotWaitForAnother(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.answer = func(got Delivery) error {
			if strings.HasSuffix(got.TargetARN, ":slow") {
				time.Sleep(time.Minute)
			}
			return nil
		}
		d.rule(defaultBus, "a-slow", `{"source": ["shop"]}`, func(t *types.Target) { t.Arn = aws.String(home.ARN("lambda", "function:slow")) })
		d.rule(defaultBus, "fast", `{"source": ["shop"]}`)
		d.put(defaultBus, `{}`)
		time.Sleep(time.Second)
		if c := d.Counts(); c.Delivered != 1 {
			t.Errorf("counts %+v, want the fast one delivered", c)
		}
		ctx, cancel := context.WithTimeout(d.ctx, time.Second)
		defer cancel()
		if err := d.Idle(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Idle while a delivery runs: %v", err)
		}
		d.settle()
		if c := d.Counts(); c.Delivered != 2 {
			t.Errorf("counts %+v, want both delivered", c)
		}
	})
}

func TestNothingIsDeliveredAfterTheServiceEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		attempts := 0
		s := New(ctx, Options{Home: home, Deliver: map[string]func(context.Context, Delivery) error{
			"lambda": func(context.Context, Delivery) error { attempts++; return errors.New("busy") },
		}})
		d := &desk{t: t, Service: s, ctx: ctx}
		d.rule(defaultBus, "r", `{"source": ["shop"]}`)
		d.put(defaultBus, `{}`)
		d.settle()
		cancel()
		time.Sleep(time.Hour)
		if attempts != 1 {
			t.Errorf("%d attempts, want none after the end", attempts)
		}
	})
}

func TestBackoffGrowsToItsLimitLessJitter(t *testing.T) {
	if got := backoff(1, 0); got != time.Second {
		t.Errorf("first pause %v", got)
	}
	if got := backoff(5, 0.5); got != 12*time.Second {
		t.Errorf("fifth pause %v, want 16 s less a quarter", got)
	}
	for _, n := range []int{11, 40, 185} {
		if got := backoff(n, 0); got != longestPause {
			t.Errorf("pause %d is %v, want %v", n, got, longestPause)
		}
	}
}
