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
		alarms = append(alarms, fmt.Sprintf("arn:aws:cloudwatch:eu-central-1:123456789012:alarm:alarm-%d", n))
	}
	for _, watched := range []string{"lambda:checkout:live", "lambda:cart:live"} {
		for range 2 { // a second time changes nothing
			if err := s.Watch(t.Context(), watched, alarms); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, name := range []string{alarms[0], alarms[24], alarms[25], alarms[59]} {
		made.calls = nil
		got, err := s.Guarded(t.Context(), name, "lambda")
		if diff := cmp.Diff([]string{"lambda:cart:live", "lambda:checkout:live"}, got); err != nil || diff != "" {
			t.Errorf("targets of %s (-want +got), %v:\n%s", name, err, diff)
		}
		if made.calls["Query"] != 1 { // the guard's budget
			t.Errorf("%s took %v", name, made.calls)
		}
	}
	for _, elsewhere := range []string{"alarm-0", "arn:aws:cloudwatch:us-east-1:123456789012:alarm:alarm-0", "arn:aws:cloudwatch:eu-central-1:210987654321:alarm:alarm-0"} {
		if got, err := s.Guarded(t.Context(), elsewhere, "lambda"); err != nil || len(got) != 0 {
			t.Errorf("%s guards nothing, and found %v, %v", elsewhere, got, err)
		}
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
