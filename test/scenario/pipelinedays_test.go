package scenario

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"sluice/events"
	"sluice/shared/rollout"
)

// carriedOut is the execution for which the action of the pipeline waits.
func (w *World) carriedOut() *sfn.DescribeExecutionOutput {
	w.T.Helper()
	arn := w.InShop().ActionStates[0].LatestExecution.ExternalExecutionId
	if arn == nil {
		w.T.Fatalf("the action names no execution: %+v", aws.ToString(w.InShop().ActionStates[0].LatestExecution.ErrorDetails.Message))
	}
	out, err := w.Machine.DescribeExecution(w.ctx, &sfn.DescribeExecutionInput{ExecutionArn: arn})
	w.must(err)
	return out
}

func TestPipelineGoesOnWhenTheReleaseOfItsExecutionHasSucceeded(t *testing.T) {
	inPipeline(t, Canary, AnExecution(OfRevision), func(w *World) {
		run := w.Runs("2")
		r := w.begun()
		if r.By != events.StageSource || r.Revision.Author != "ada" || r.Reason != "execution "+run {
			t.Errorf("it was asked for by %q: %q, %+v", r.By, r.Reason, r.Revision)
		}
		w.stageIs(types.StageExecutionStatusInProgress)
		w.Then(w.Ended(r.ID), rollout.Succeeded, began+step+step+step+step+ends, "2")
		w.Pass(2 * time.Minute) // an hour after it began it looks once a minute
		if got := w.RunOf(run); got.Status != types.PipelineExecutionStatusSucceeded {
			t.Errorf("the execution of the pipeline is %s", got.Status)
		}
		var made struct{ Release, End, Revision, URL string }
		e := w.carriedOut()
		w.must(json.Unmarshal([]byte(aws.ToString(e.Output)), &made))
		if made.Release != r.ID || made.End != "succeeded" || made.Revision != "2" || made.URL != r.Page || w.Exports()["ExecutionArn"] != *e.ExecutionArn {
			t.Errorf("the output is %s, and later actions may read %v", aws.ToString(e.Output), w.Exports())
		}
		if n := len(w.Executions()); n != 1 {
			t.Errorf("%d releases, want one", n)
		}
	})
}

func TestExecutionFailsWithTheReasonWhenItsReleaseGoesBack(t *testing.T) {
	inPipeline(t, Canary, AnExecution(OfRevision), func(w *World) {
		run := w.Runs("2")
		r := w.begun()
		w.AtStep(r.ID, 1)
		w.AlarmRed(Alarm)
		w.Ended(r.ID)
		w.Pass(2 * time.Minute)
		w.stageIs(types.StageExecutionStatusFailed)
		e := w.carriedOut()
		for _, says := range []string{"stable serves all traffic", Alarm, r.ID, r.Page} {
			if !strings.Contains(aws.ToString(e.Cause), says) {
				t.Errorf("it does not say %q: %s", says, aws.ToString(e.Cause))
			}
		}
		if got := w.RunOf(run); got.Status != types.PipelineExecutionStatusFailed || aws.ToString(e.Error) != "JobFailed" {
			t.Errorf("the execution of the pipeline is %s, of error %s", got.Status, aws.ToString(e.Error))
		}
		w.Retries(run) // asks anew: another execution has another name
		w.Pass(time.Minute)
		if again := w.begun(); again.ID == r.ID {
			t.Error("the retry waits for the release that went back")
		}
	})
}

// What cannot be read fails at once, and an execution that a person has begun is told how.
func TestExecutionSaysWhatIsWrongWithItsRequest(t *testing.T) {
	for name, test := range map[string]struct{ input, errorIs, says string }{
		"a word is misspelt":  {`{"service":"checkout","revison":"2"}`, "ConfigurationError", "revison"},
		"nothing is asked":    {"", "ConfigurationError", "Input.service"},
		"there is no commit":  {OfCommit, "ConfigurationError", "#{Code.CommitId}"},
		"a service is not":    {`{"service":"basket","revision":"2"}`, "JobFailed", "no service is called"},
		"nobody has begun it": {`{"service":"checkout","commit":"c0ffee"}`, "SystemUnavailable", "Nobody has begun a release of commit c0ffee"},
	} {
		t.Run(name, func(t *testing.T) {
			inPipeline(t, Canary, AnExecution(test.input), func(w *World) {
				w.Runs("2")
				w.Pass(15 * time.Minute)
				w.stageIs(types.StageExecutionStatusFailed)
				if e := w.carriedOut(); aws.ToString(e.Error) != test.errorIs || !strings.Contains(aws.ToString(e.Cause), test.says) {
					t.Errorf("the execution says %s: %s, want %s and %q", aws.ToString(e.Error), aws.ToString(e.Cause), test.errorIs, test.says)
				}
			})
		})
	}
	inPipeline(t, Canary, AnExecution(OfRevision), func(w *World) {
		out, err := w.Machine.StartExecution(w.ctx, &sfn.StartExecutionInput{StateMachineArn: aws.String(StageMachine), Name: aws.String("by.hand"), Input: aws.String(`{"service":"checkout","revision":"2"}`)})
		w.must(err)
		w.Pass(time.Minute)
		e, err := w.Machine.DescribeExecution(w.ctx, &sfn.DescribeExecutionInput{ExecutionArn: out.ExecutionArn})
		w.must(err)
		if e.Status != sfntypes.ExecutionStatusFailed || !strings.Contains(aws.ToString(e.Cause), `named "by.hand"`) || len(w.Executions()) != 0 {
			t.Errorf("it is %s: %s", e.Status, aws.ToString(e.Cause))
		}
	})
}

// A stage whose people answer after days is what the state machine is for: it waits for them beyond the 24 hours of a function, and within the 25,000 events
// that an execution may have. Then it says whom it waits for.
func TestExecutionWaitsForAWeek(t *testing.T) {
	definition := strings.Replace(Canary, `"strategy"`, `"people":{"grace":{"event":"grace"}},"approvals":[{"before":"first","from":["grace"],"quorum":1,"within":"192h"}],"strategy"`, 1)
	inPipeline(t, definition, AnExecution(OfRevision), func(w *World) {
		run := w.Runs("2")
		w.Pass(6 * 24 * time.Hour)
		w.stageIs(types.StageExecutionStatusInProgress)
		w.Pass(24*time.Hour + time.Minute)
		if got, e := w.RunOf(run), w.carriedOut(); got.Status != types.PipelineExecutionStatusFailed || !strings.Contains(aws.ToString(e.Cause), "7 days at most, and the release goes on") || !strings.Contains(aws.ToString(e.Cause), "grace") {
			t.Errorf("the execution of the pipeline is %s: %s", got.Status, aws.ToString(e.Cause))
		}
	})
}

// The release that somebody else has begun is waited for to its end, and nobody is asked for another one.
func TestExecutionFollowsTheReleaseThatRunsAlready(t *testing.T) {
	inPipeline(t, Canary, AnExecution(OfRevision), func(w *World) {
		id := w.Requested("2")
		w.AtStep(id, 0)
		run := w.Runs("2")
		w.Pass(time.Minute)
		w.AlarmRed(Alarm)
		w.Ended(id)
		w.Pass(5 * time.Minute)
		if got := w.RunOf(run); got.Status != types.PipelineExecutionStatusFailed || len(w.Executions()) != 1 {
			t.Errorf("the execution of the pipeline is %s, and there are %d releases", got.Status, len(w.Executions()))
		}
	})
}
