package start_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/shared/start"
	"sluice/shared/stepfunctions"
)

// A function never panics over what it is invoked with, and its handler runs only on what could be read whole.
func FuzzHandle(f *testing.F) {
	f.Add([]byte(`{"release":"checkout-0123456789ab","step":1,"next":"shift","seconds":60}`))
	if !mutating() {
		f.Add([]byte(`{"release":"r","step":0,"error":{"Error":"States.TaskFailed","Cause":"` + strings.Repeat("c", 256<<10) + `"}}`))
		f.Add([]byte(strings.Repeat("[", 11_000)))
	}
	w := start.World{Log: slog.New(slog.DiscardHandler)}
	var cursor rollout.Cursor
	machine := lambda.NewHandler(start.Handle(w, "plan", func(_ context.Context, c rollout.Cursor) (rollout.Cursor, error) {
		cursor = c
		return c, nil
	}))
	task := lambda.NewHandler(start.Handle(w, "shift", func(_ context.Context, t stepfunctions.Task) (stepfunctions.Task, error) { return t, nil }))
	f.Fuzz(func(t *testing.T, payload []byte) {
		out, err := machine.Invoke(t.Context(), payload)
		var back rollout.Cursor
		var malformed *events.Malformed
		switch {
		case err == nil:
			if err := json.Unmarshal(out, &back); err != nil || (back.Error == nil) != (cursor.Error == nil) || back.Release != cursor.Release {
				t.Errorf("%+v came back as %s (%v)", cursor, out, err)
			}
		case json.Valid(payload) && !errors.As(err, &malformed):
			t.Errorf("refused without field and remedy: %v", err)
		}
		_, _ = task.Invoke(t.Context(), payload) // it may refuse
	})
}

// mutating says whether this process looks for new inputs: the largest seeds would take all of its time.
func mutating() bool { return flag.Lookup("test.fuzz").Value.String() != "" }
