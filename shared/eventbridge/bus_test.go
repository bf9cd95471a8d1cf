package eventbridge_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awseventbridge "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"

	"sluice/events"
	"sluice/shared/eventbridge"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

const queueARN = "arn:aws:sqs:us-east-1:123456789012:heard"

// listener is a bus whose every event of Sluice lands in a queue.
func listener(t *testing.T, middleware ...wire.Middleware) (*eventbridge.Bus, *sandbox.Sandbox) {
	t.Helper()
	box := sandboxtest.Boot(t, middleware...)
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	must(box.SQS.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("heard"), Attributes: map[string]string{
		"Policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"` + queueARN + `"}]}`,
	}}))
	must(box.EventBridge.CreateEventBus(ctx, &awseventbridge.CreateEventBusInput{Name: aws.String("sluice")}))
	must(box.EventBridge.PutRule(ctx, &awseventbridge.PutRuleInput{
		Name: aws.String("all"), EventBusName: aws.String("sluice"), EventPattern: aws.String(`{"source":["` + events.Source + `"]}`),
	}))
	must(box.EventBridge.PutTargets(ctx, &awseventbridge.PutTargetsInput{
		Rule: aws.String("all"), EventBusName: aws.String("sluice"), Targets: []types.Target{{Id: aws.String("queue"), Arn: aws.String(queueARN)}},
	}))
	return eventbridge.New(box.Config(""), "sluice"), box
}

func TestWhoListensHearsWhatHappenedAndWhen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus, box := listener(t)
		at := time.Now().Add(-time.Minute).UTC()
		told := events.Release{Release: "checkout-1", Service: "checkout", Revision: "42", Sentence: "It went back.", Cause: "Alarm <b>", At: at}
		if err := bus.Tell(t.Context(), events.ReleaseRolledBack, told); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		heard := box.SQS.Messages(queueARN)
		if len(heard) != 1 {
			t.Fatalf("heard %d events, want one", len(heard))
		}
		var e events.Envelope[events.Release]
		if err := json.Unmarshal([]byte(heard[0].Body), &e); err != nil {
			t.Fatal(err)
		}
		if e.Source != events.Source || e.DetailType != events.ReleaseRolledBack || !e.Time.Equal(at.Truncate(time.Second)) {
			t.Errorf("heard %s from %s of %v, want %s from %s of %v", e.DetailType, e.Source, e.Time, events.ReleaseRolledBack, events.Source, at)
		}
		if diff := cmp.Diff(told, e.Detail); diff != "" {
			t.Errorf("detail (-told +heard):\n%s", diff)
		}
	})
}

// PutEvents answers 200 when it did not take the event; whoever believes that loses it.
func TestEventThatTheBusDidNotTakeIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus, _ := listener(t, sandboxtest.Answer("events:PutEvents", 1, &awseventbridge.PutEventsOutput{
			FailedEntryCount: 1, Entries: []types.PutEventsResultEntry{{ErrorCode: aws.String("ThrottlingException"), ErrorMessage: aws.String("Rate exceeded")}},
		}))
		err := bus.Tell(t.Context(), events.ReleaseStarted, events.Release{})
		if err == nil || !strings.Contains(err.Error(), "ThrottlingException") {
			t.Errorf("the answer is %v, want the bus's own reason", err)
		}
	})
}

func TestBusThatCannotBeReachedIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus, _ := listener(t, sandboxtest.Fail("events:PutEvents", sandboxtest.Always, wire.AccessDenied("no")))
		if err := bus.Tell(t.Context(), events.ReleaseStarted, events.Release{}); sandboxtest.Code(err) != "AccessDeniedException" {
			t.Errorf("the answer is %v, want the refusal", err)
		}
	})
}

func TestEventTellsWhyAndWhatToDo(t *testing.T) {
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	base := rollout.Release{
		ID: "checkout-1", Parent: "shop-1", Service: "checkout", Revision: rollout.Revision{Version: "42", Commit: "c0ffee", Author: "ada"}, Stable: "41", By: "ci",
		Definition: rollout.Definition{Target: rollout.Target{LambdaAlias: &kind.LambdaAlias{Function: "checkout", Alias: "live"}}},
		Steps:      make([]rollout.Step, 3), Step: 1,
	}
	want := events.Release{
		Release: "checkout-1", Parent: "shop-1", Service: "checkout", Target: "lambda:checkout:live", Revision: "42", Stable: "41", Commit: "c0ffee",
		Author: "ada", Requester: "ci", Step: 1, Steps: 3, Weight: 12.5, Sentence: "Says so.", At: at,
	}
	for name, test := range map[string]struct {
		change func(*rollout.Release)
		expect func(*events.Release)
	}{
		"nothing":     {func(*rollout.Release) {}, func(*events.Release) {}},
		"went back":   {func(r *rollout.Release) { r.Cause, r.Reverted = &rollout.Fence{Reason: "red"}, true }, func(e *events.Release) { e.Cause, e.Reverted = "red", true }},
		"not let in":  {func(r *rollout.Release) { r.Rejection = rollout.Because("is red", "mend it") }, func(e *events.Release) { e.Cause, e.Remedy = "is red", "mend it" }},
		"not planned": {func(r *rollout.Release) { r.Definition, r.Steps = rollout.Definition{}, nil }, func(e *events.Release) { e.Target, e.Steps = "", 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			r, e := base, want
			test.change(&r)
			test.expect(&e)
			if diff := cmp.Diff(e, eventbridge.Detail(r, 1250, "Says so.", at)); diff != "" {
				t.Errorf("detail (-want +got):\n%s", diff)
			}
		})
	}
}
