package dynamo_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"

	"sluice/test/sandbox/wire"
)

func TestAlarmFindsEveryTargetThatItGuards(t *testing.T) {
	var made counter
	s := open(t, made.watch)
	var alarms []string
	for n := range 60 { // more than two batches
		alarms = append(alarms, fmt.Sprintf("alarm-%d", n))
	}
	for _, watched := range []string{"lambda:checkout:live", "lambda:cart:live"} {
		for range 2 { // a second time changes nothing
			if err := s.Watch(t.Context(), watched, alarms); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, name := range []string{"alarm-0", "alarm-24", "alarm-25", "alarm-59"} {
		made.calls = nil
		got, err := s.Guarded(t.Context(), name, "lambda")
		if diff := cmp.Diff([]string{"lambda:cart:live", "lambda:checkout:live"}, got); err != nil || diff != "" {
			t.Errorf("targets of %s (-want +got), %v:\n%s", name, err, diff)
		}
		if made.calls["Query"] != 1 { // the guard's budget
			t.Errorf("%s took %v", name, made.calls)
		}
	}
	if got, err := s.Guarded(t.Context(), "alarm", "lambda"); err != nil || len(got) != 0 {
		t.Errorf("an alarm that guards nothing found %v, %v", got, err)
	}
}

// DynamoDB may take a part of a batch and say so inside a good answer.
func TestGuardThatIsWrittenInPartIsAnError(t *testing.T) {
	s := open(t, func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			if in, ok := call.Input.(*dynamodb.BatchWriteItemInput); ok {
				return &dynamodb.BatchWriteItemOutput{UnprocessedItems: in.RequestItems}, nil
			}
			return next(ctx, call)
		}
	})
	if err := s.Watch(t.Context(), target, []string{alarm}); err == nil {
		t.Error("Watch says that the guard is written")
	}
}
