package scenario

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/sandbox/cfn"
)

// inPipeline tells a story with a team's pipeline in it.
func inPipeline(t *testing.T, definition string, release types.StageDeclaration, story func(w *World)) {
	t.Helper()
	RunWith(t, Options{Beside: Piping}, func(w *World) {
		w.Given(definition)
		w.GivenShop(release)
		story(w)
	})
}

// begun waits for the release that the pipeline has asked for.
func (w *World) begun() rollout.Release {
	w.T.Helper()
	w.Pass(time.Minute)
	all, err := w.Store.Recent(w.ctx, Service, 10)
	w.must(err)
	if len(all) == 0 {
		w.T.Fatalf("nobody has begun a release; the stage is %+v", w.InShop().ActionStates)
	}
	return w.recorded(w.lastIs(all[0].ID))
}

func (w *World) stageIs(status types.StageExecutionStatus) {
	w.T.Helper()
	if at := w.InShop(); at.LatestExecution == nil || at.LatestExecution.Status != status {
		w.T.Errorf("the stage is %+v, want %s", at.LatestExecution, status)
	}
}

func TestPipelineGoesOnWhenItsReleaseHasSucceeded(t *testing.T) {
	inPipeline(t, Canary, AnAction(OfRevision), func(w *World) {
		run := w.Runs("2")
		r := w.begun()
		if r.By != "codepipeline" || r.Revision.Author != "ada" || r.Reason != "execution "+run {
			t.Errorf("it was asked for by %q: %q, %+v", r.By, r.Reason, r.Revision)
		}
		w.AtStep(r.ID, 1)
		w.stageIs(types.StageExecutionStatusInProgress)
		if at := w.InShop().ActionStates[0].LatestExecution; aws.ToString(at.ExternalExecutionId) != r.ID || !strings.Contains(aws.ToString(at.Summary), "25 %") {
			t.Errorf("meanwhile the pipeline shows %q: %q", aws.ToString(at.ExternalExecutionId), aws.ToString(at.Summary))
		}
		w.Then(w.Ended(r.ID), rollout.Succeeded, began+step+step+step+step+ends, "2")
		w.Pass(time.Minute)
		if got := w.RunOf(run); got.Status != types.PipelineExecutionStatusSucceeded {
			t.Errorf("the execution of the pipeline is %s", got.Status)
		}
		if made := w.Exports(); made["release"] != r.ID || made["end"] != "succeeded" || made["revision"] != "2" || made["url"] != r.Page {
			t.Errorf("later actions may read %v", made)
		}
		if n := len(w.Executions()); n != 1 {
			t.Errorf("%d releases, want one", n)
		}
	})
}

func TestActionFailsWithTheReasonWhenItsReleaseGoesBack(t *testing.T) {
	inPipeline(t, Canary, AnAction(OfRevision), func(w *World) {
		run := w.Runs("2")
		r := w.begun()
		w.AtStep(r.ID, 1)
		w.AlarmRed(Alarm)
		if r = w.Ended(r.ID); r.End != rollout.RolledBack {
			t.Errorf("it ended %s", r.End)
		}
		w.Pass(time.Minute)
		w.stageIs(types.StageExecutionStatusFailed)
		at := w.InShop().ActionStates[0].LatestExecution
		if at.ErrorDetails == nil || *at.ErrorDetails.Code != "JobFailed" || aws.ToString(at.ExternalExecutionId) != r.ID {
			t.Fatalf("the action has %+v", at)
		}
		for _, says := range []string{"stable serves all traffic", Alarm, r.ID, r.Page} {
			if !strings.Contains(*at.ErrorDetails.Message, says) {
				t.Errorf("it does not say %q: %s", says, *at.ErrorDetails.Message)
			}
		}
		if got := w.RunOf(run); got.Status != types.PipelineExecutionStatusFailed {
			t.Errorf("the execution of the pipeline is %s", got.Status)
		}
	})
}

// What cannot be read, and what Sluice does not let in, is said where the pipeline's people look.
func TestActionSaysWhatIsWrongWithItsRequest(t *testing.T) {
	for name, test := range map[string]struct{ parameters, code, says string }{
		"a word is misspelt":        {`{"service":"checkout","revison":"2"}`, "ConfigurationError", "revison"},
		"a service that is not":     {`{"service":"basket","revision":"2"}`, "JobFailed", "no service is called"},
		"a revision that is none":   {`{"service":"checkout","revision":"seven"}`, "JobFailed", "not a version"},
		"a version that is not":     {`{"service":"checkout","revision":"77"}`, "JobFailed", "77"},
		"a commit that nobody made": {`{"service":"checkout","commit":"c0ffee"}`, "SystemUnavailable", "Nobody has begun a release of commit c0ffee"},
	} {
		t.Run(name, func(t *testing.T) {
			inPipeline(t, Canary, AnAction(test.parameters), func(w *World) {
				w.Runs("2")
				w.Pass(15 * time.Minute)
				w.stageIs(types.StageExecutionStatusFailed)
				if at := w.InShop().ActionStates[0].LatestExecution; at.ErrorDetails == nil || *at.ErrorDetails.Code != test.code || !strings.Contains(*at.ErrorDetails.Message, test.says) {
					t.Errorf("the action says %+v, want %s and %q", at.ErrorDetails, test.code, test.says)
				}
			})
		})
	}
}

// A stage that CodePipeline takes back asks for the revision before: nothing is to do for it, or Sluice would have gone back in vain.
func TestStageThatIsTakenBackFindsThatSluiceHasDoneIt(t *testing.T) {
	stage := AnAction(OfRevision)
	stage.OnFailure = &types.FailureConditions{Result: types.ResultRollback}
	inPipeline(t, Canary, stage, func(w *World) {
		first := w.Runs("2")
		w.Ended(w.begun().ID)
		w.Pass(2 * time.Hour) // its revert window ends
		w.Runs("3")
		r := w.begun()
		w.AtStep(r.ID, 0)
		w.Aborted(r.ID)
		w.Then(w.Ended(r.ID), rollout.Aborted, began+step+back, "2")
		w.Pass(5 * time.Minute)
		at := w.InShop()
		if at.LatestExecution.Type != types.ExecutionTypeRollback || at.LatestExecution.Status != types.StageExecutionStatusSucceeded {
			t.Errorf("the stage is %+v: %+v", at.LatestExecution, at.ActionStates[0].LatestExecution.ErrorDetails)
		}
		if got := w.RunOf(*at.LatestExecution.PipelineExecutionId); *got.RollbackMetadata.RollbackTargetPipelineExecutionId != first {
			t.Errorf("it went back to %s, want %s", *got.RollbackMetadata.RollbackTargetPipelineExecutionId, first)
		}
		if made := w.Exports(); w.Serves() != "2" || made["end"] != "succeeded" {
			t.Errorf("%s serves, and later actions may read %v", w.Serves(), made)
		}
	})
}

// As a rule, Sluice's verdict is the pipeline's: it takes its own stage back.
func TestVerdictAsAConditionTakesTheStageBack(t *testing.T) {
	inPipeline(t, Canary, AVerdict(OfRevision), func(w *World) {
		first := w.Runs("2")
		w.Signs()
		w.Ended(w.begun().ID)
		w.Pass(2 * time.Hour)
		if got := w.RunOf(first); got.Status != types.PipelineExecutionStatusSucceeded {
			t.Fatalf("with a good verdict the execution is %s", got.Status)
		}
		second := w.Runs("3")
		w.Signs()
		r := w.begun()
		w.AtStep(r.ID, 0)
		w.stageIs(types.StageExecutionStatusInProgress)
		w.AlarmRed(Alarm)
		w.Ended(r.ID)
		w.Pass(time.Minute)
		at := w.InShop()
		if rule := at.OnSuccessConditionState.ConditionStates[0].RuleStates[0].LatestExecution; rule.Status != types.RuleExecutionStatusFailed || !strings.Contains(*rule.ErrorDetails.Message, Alarm) {
			t.Errorf("the rule is %+v", rule)
		}
		if got := w.RunOf(second); got.Status != types.PipelineExecutionStatusFailed {
			t.Errorf("with a bad verdict the execution is %s", got.Status)
		}
		if at.LatestExecution.Type != types.ExecutionTypeRollback {
			t.Fatalf("the stage is not taken back: %+v", at.LatestExecution)
		}
		if got := w.RunOf(*at.LatestExecution.PipelineExecutionId); got.Trigger.TriggerType != types.TriggerTypeAutomatedRollback || *got.RollbackMetadata.RollbackTargetPipelineExecutionId != first {
			t.Errorf("it is taken back by %s to %+v", got.Trigger.TriggerType, got.RollbackMetadata)
		}
	})
}

// Lambda delivers at least once, and an event of hours ago may come again.
func TestJobThatComesAgainIsNoSecondRelease(t *testing.T) {
	inPipeline(t, Canary, AnAction(OfRevision), func(w *World) {
		w.Runs("2")
		w.Pass(time.Second) // the first call: it has no token
		first := w.LastEvent("stage")
		r := w.begun()
		w.Redeliver("stage", first)
		w.AtStep(r.ID, 0)
		w.Redeliver("stage", first)
		w.AlarmRed(Alarm)
		w.Ended(r.ID)
		w.Pass(time.Hour)
		w.Redeliver("stage", first)
		w.Pass(10 * time.Minute)
		if n := len(w.Executions()); n != 1 {
			t.Errorf("%d releases, want one", n)
		}
		w.quiet()
	})
}

// The pipeline's push releases by itself: the stage waits for that release, and asks for no other.
func TestPipelineWaitsForTheReleaseOfItsCommit(t *testing.T) {
	RunWith(t, Options{Beside: Piping}, func(w *World) {
		w.givenBuilds(Pushed)
		w.Builds(Commit(1), 3*time.Minute, 2)
		w.GivenShop(AnAction(OfCommit))
		run := w.Runs(Commit(1)) // before the push is told
		w.Pass(200 * time.Second)
		id := w.Pushes(Commit(1))
		w.Then(w.Ended(id), rollout.Succeeded, built+step+step+step+step+ends, "2")
		w.Pass(time.Minute)
		if got := w.RunOf(run); got.Status != types.PipelineExecutionStatusSucceeded || w.Exports()["release"] != id {
			t.Errorf("the execution is %s with %v", got.Status, w.Exports())
		}
	})
}

// A question may stay open for longer than CodePipeline waits. Then the pipeline says that, and whoever retries waits for the same release.
func TestPipelineThatGivesUpFindsItsReleaseAgain(t *testing.T) {
	inPipeline(t, strings.Replace(Asking, `"within":"4h"`, `"within":"48h"`, 1), AnAction(OfRevision), func(w *World) {
		run := w.Runs("2")
		r := w.begun()
		w.Asks(r.ID, 3)
		w.Pass(22 * time.Hour)
		w.stageIs(types.StageExecutionStatusInProgress)
		w.Pass(2 * time.Hour)
		w.stageIs(types.StageExecutionStatusFailed)
		at := w.InShop().ActionStates[0].LatestExecution
		for _, says := range []string{"24 hours at most", "waits for", "grace", "Retry the stage", r.ID} {
			if !strings.Contains(*at.ErrorDetails.Message, says) {
				t.Errorf("it does not say %q: %s", says, *at.ErrorDetails.Message)
			}
		}
		w.Retries(run)
		w.Pass(5 * time.Minute)
		w.Answered(r.ID, "grace", events.Approve)
		w.Ended(r.ID)
		w.Pass(time.Minute)
		if got := w.RunOf(run); got.Status != types.PipelineExecutionStatusSucceeded || w.Exports()["release"] != r.ID || len(w.Executions()) != 1 {
			t.Errorf("the execution is %s with %v; %d releases", got.Status, w.Exports(), len(w.Executions()))
		}
	})
}

// Sluice is paused by its rule: the request is for nobody, and the pipeline does not wait for a day to say so.
func TestPipelineSaysThatSluiceDoesNotHear(t *testing.T) {
	RunWith(t, Options{Beside: Piping, Edit: func(t *cfn.Template) { silence(t, "Trigger") }}, func(w *World) {
		w.Given(Canary)
		w.GivenShop(AnAction(OfRevision))
		w.Runs("2")
		w.Pass(9 * time.Minute)
		w.stageIs(types.StageExecutionStatusInProgress)
		w.Pass(3 * time.Minute)
		w.stageIs(types.StageExecutionStatusFailed)
		if at := w.InShop().ActionStates[0].LatestExecution; !strings.Contains(*at.ErrorDetails.Message, "rule trigger is disabled") {
			t.Errorf("it says %s", *at.ErrorDetails.Message)
		}
	})
}

// CodePipeline sends credentials with each job, and says that nobody should log them.
func TestCredentialsOfJobsAreInNoLogAndNoQueue(t *testing.T) {
	var log bytes.Buffer
	var kept []byte
	RunWith(t, Options{Beside: Piping, Log: slog.NewJSONHandler(&log, nil), Middleware: fail("stage", "codepipeline:*", always)}, func(w *World) {
		w.Given(Canary)
		w.GivenShop(AnAction(OfRevision))
		w.Runs("2")
		w.Pass(30 * time.Minute) // every try fails, and CodePipeline gives up
		w.stageIs(types.StageExecutionStatusFailed)
		kept, _ = json.Marshal(w.letters())
	})
	for _, secret := range []string{"ASIASECRET", "never-log-this", "nor-this"} { // when nobody logs any more
		if strings.Contains(log.String(), secret) || strings.Contains(string(kept), secret) {
			t.Errorf("%s is kept", secret)
		}
	}
	if !strings.Contains(log.String(), `"function":"stage"`) {
		t.Error("the log has nothing of it")
	}
}
