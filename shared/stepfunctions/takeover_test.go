package stepfunctions_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"sluice/shared/rollout"
	"sluice/shared/stepfunctions"
)

// registry writes takeovers down and looks whether the execution was born before that.
type registry struct {
	written []rollout.Release
	early   bool
	refuses error
	look    func(arn string) (stepfunctions.Life, error)
}

func (l *registry) Led(_ context.Context, r rollout.Release, _ ...rollout.Line) error {
	if life, err := l.look(r.Execution); err != nil || life != stepfunctions.NeverStarted {
		l.early = true
	}
	if l.refuses == nil {
		l.written = append(l.written, r)
	}
	return l.refuses
}

func (a account) registry(t *testing.T) *registry {
	return &registry{look: func(arn string) (stepfunctions.Life, error) { return a.Life(t.Context(), arn) }}
}

var dead = rollout.Release{ID: "checkout-1", Step: 2, Machines: 1}

func TestTakeoverIsWrittenDownBeforeItStarts(t *testing.T) {
	in(t, func(t *testing.T, a account) {
		l := a.registry(t)
		if err := a.TakeBack(t.Context(), l, dead, rollout.Line{}); err != nil {
			t.Fatal(err)
		}
		if l.early || len(l.written) != 1 || l.written[0].Machines != 2 || l.written[0].Execution != a.Execution("checkout-1-2") {
			t.Errorf("written %+v, already born %v; want the second execution, before its start", l.written, l.early)
		}
		out, err := a.box.StepFunctions.DescribeExecution(t.Context(), &sfn.DescribeExecutionInput{ExecutionArn: aws.String(a.Execution("checkout-1-2"))})
		if err != nil {
			t.Fatal(err)
		}
		var c rollout.Cursor
		if err := json.Unmarshal([]byte(aws.ToString(out.Input)), &c); err != nil || c.Release != "checkout-1" || c.Step != 2 || c.Next != rollout.NextBack || c.Seconds < 1 {
			t.Errorf("it starts with %s (%v), want the way back of checkout-1 at step 2", aws.ToString(out.Input), err)
		}
	})
}

func TestTakeoverThatCouldNotBeWrittenStartsNothing(t *testing.T) {
	in(t, func(t *testing.T, a account) {
		l := a.registry(t)
		l.refuses = errors.New("no table")
		if err := a.TakeBack(t.Context(), l, dead, rollout.Line{}); !errors.Is(err, l.refuses) {
			t.Errorf("the answer is %v, want the registry's error", err)
		}
		if got := a.executions(t); len(got) != 0 {
			t.Errorf("executions %v, want none that no record knows of", got)
		}
	})
}

// Guard, decide and sweep may all ask for the same takeover, and what died after writing is resumed.
func TestOneTakeoverStartsOneExecution(t *testing.T) {
	in(t, func(t *testing.T, a account) {
		l := a.registry(t)
		for range 2 {
			if err := a.TakeBack(t.Context(), l, dead, rollout.Line{}); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.Resume(t.Context(), l.written[0]); err != nil {
			t.Fatal(err)
		}
		if got := a.executions(t); !slices.Equal(got, []string{"checkout-1-2"}) {
			t.Errorf("executions %v, want one", got)
		}
	})
}

func TestTokenOfATaskReachesNoLog(t *testing.T) {
	var log bytes.Buffer
	task := stepfunctions.Task{Release: "checkout-1", Step: 2, Token: "secret"}
	slog.New(slog.NewJSONHandler(&log, nil)).Info("done", "in", task)
	if line := log.String(); strings.Contains(line, "secret") || !strings.Contains(line, `"in":{"release":"checkout-1","step":2}`) {
		t.Errorf("the log says %s", line)
	}
}
