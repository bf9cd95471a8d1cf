package scenario

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/events"
	"sluice/shared/rollout"
)

// piped is a release that asks, while the pipeline waits with its commit.
func (w *World) piped() string {
	w.T.Helper()
	w.GivenPipeline()
	w.Given(Piped)
	id := w.Requested("2")
	w.Carries("c0ffee")
	w.Asks(id, 3)
	w.Pass(time.Minute)
	return id
}

func TestApprovalInCodePipelineIsAnAnswer(t *testing.T) {
	for by, person := range map[string]string{IAM("grace"): "grace", "arn:aws:sts::123456789012:assumed-role/Developer/linus": "linus"} {
		t.Run(person, func(t *testing.T) {
			Run(t, func(w *World) {
				id := w.piped()
				w.Puts(by, types.ApprovalStatusApproved, "looks good")
				r := w.Ended(id)
				w.Then(r, rollout.Succeeded, asked+step+ends, "2")
				a := r.Answers["3/"+person]
				if !a.Approve || a.How != rollout.ByCodePipeline || a.Comment != "looks good" || !strings.Contains(a.Origin, "203.0.113.7") {
					t.Errorf("the answer is %+v", a)
				}
				if said := Story(r); strings.Contains(said, "does not count") {
					t.Errorf("something does not count:\n%s", said)
				}
			})
		})
	}
}

func TestRejectionInCodePipelineTakesTheReleaseBack(t *testing.T) {
	Run(t, func(w *World) {
		id := w.piped()
		w.Puts(IAM("grace"), types.ApprovalStatusRejected, "not on a Friday")
		r := w.Ended(id)
		w.Then(r, rollout.Aborted, asked+back, "1")
		if r.Cause.By != "grace" || !strings.Contains(r.Cause.Reason, "not on a Friday") {
			t.Errorf("cause %+v", r.Cause)
		}
	})
}

// Whoever may answer in the pipeline by IAM need not be somebody whom Sluice asks. Each hears why, in the record and on the bus.
func TestAnswersInCodePipelineThatDoNotCount(t *testing.T) {
	for name, test := range map[string]struct{ by, says string }{
		"of the author":                 {IAM("ada"), "ada is the author of the revision"},
		"of somebody who is not asked":  {IAM("eve"), "not among those who are asked"},
		"of the same user elsewhere":    {"arn:aws:iam::999999999999:user/grace", "not among those who are asked"},
		"of the root user":              {"arn:aws:iam::123456789012:root", "not among those who are asked"},
		"of another session of a role":  {"arn:aws:sts::123456789012:assumed-role/Developer/LINUS", "not among those who are asked"},
		"of another role, the session":  {"arn:aws:sts::123456789012:assumed-role/Other/linus", "not among those who are asked"},
		"of a user with a path before":  {IAM("x/grace"), "not among those who are asked"},
		"of one by the name for events": {"grace", "not among those who are asked"},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				id := w.piped()
				w.Puts(test.by, types.ApprovalStatusApproved, "")
				w.stillAsks(id)
				if said := Story(w.asItIs(id)); !strings.Contains(said, test.says) {
					t.Errorf("the record does not say %q:\n%s", test.says, said)
				}
			})
		})
	}
}

func TestStarterIsExcludedInCodePipelineToo(t *testing.T) {
	Run(t, func(w *World) {
		w.GivenPipeline()
		w.Given(Piped)
		id := w.Request(events.ReleaseRequest{Service: Service, Revision: "2", Commit: "c0ffee", Author: "bob", Requester: IAM("grace")})
		w.Carries("c0ffee")
		w.Asks(id, 3)
		w.Puts(IAM("grace"), types.ApprovalStatusApproved, "")
		w.stillAsks(id)
		if said := Story(w.asItIs(id)); !strings.Contains(said, "grace started the release") {
			t.Errorf("nobody says why:\n%s", said)
		}
	})
}

// An approval is for the commit that was in the action: another execution's says nothing about this release.
func TestApprovalOfAnotherCommitInCodePipelineIsNone(t *testing.T) {
	Run(t, func(w *World) {
		w.GivenPipeline()
		w.Given(Piped)
		id := w.Requested("2")
		w.Carries("0ddba11")
		w.Asks(id, 3)
		w.Puts(IAM("grace"), types.ApprovalStatusApproved, "")
		w.stillAsks(id)
		w.Carries("0ddba11")
		w.Answered(id, "grace", events.Approve)
		w.Ended(id)
		if at := w.InPipeline(); at.Status != types.ActionExecutionStatusInProgress {
			t.Errorf("what was decided about this release went into the action of another commit: %s", at.Status)
		}
	})
}

// What was said before the release asked is no answer, however late the event of it comes, or how often.
func TestApprovalInCodePipelineBeforeTheQuestionIsNone(t *testing.T) {
	Run(t, func(w *World) {
		w.GivenPipeline()
		w.Given(Piped)
		id := w.Requested("2")
		w.Carries("c0ffee")
		w.AtStep(id, 0)
		w.Puts(IAM("grace"), types.ApprovalStatusApproved, "early")
		w.Pass(time.Minute)
		w.Asks(id, 3)
		for range 2 {
			w.Redeliver("pipeline", approvalEvent(w.asItIs(id).Asked.Since.Add(-time.Second)))
			w.Pass(time.Minute)
		}
		w.stillAsks(id)
		if said := Story(w.asItIs(id)); !strings.Contains(said, "before the release asked") {
			t.Errorf("nobody says why:\n%s", said)
		}
		w.Redeliver("pipeline", approvalEvent(time.Now()))
		w.Pass(time.Minute)
		if len(w.answers(id)) != 1 {
			t.Errorf("one that is in time does not count:\n%s", Story(w.asItIs(id)))
		}
	})
}

// approvalEvent is CloudTrail's event of grace's approval, at some time.
func approvalEvent(at time.Time) []byte {
	return []byte(strings.ReplaceAll(`{"id":"1","source":"aws.codepipeline","detail-type":"AWS API Call via CloudTrail","detail":{"eventSource":"codepipeline.amazonaws.com","eventName":"PutApprovalResult",
		"eventTime":"AT","userIdentity":{"arn":"arn:aws:iam::123456789012:user/grace"},"requestParameters":{"pipelineName":"checkout","stageName":"Release","actionName":"Approve","result":{"status":"Approved","summary":""}}}}`,
		"AT", at.UTC().Format(time.RFC3339)))
}

// A quorum counts people: one answer of them may come from the pipeline.
func TestQuorumOverCodePipelineAndEvents(t *testing.T) {
	Run(t, func(w *World) {
		w.GivenPipeline()
		w.Given(with(Piped, `"within":"4h"`, `"within":"4h","quorum":2`))
		id := w.Requested("2")
		w.Carries("c0ffee")
		w.Asks(id, 3)
		w.Puts(IAM("grace"), types.ApprovalStatusApproved, "")
		w.Pass(time.Minute)
		w.Answered(id, "grace", events.Approve) // the same person by another way
		w.Pass(time.Minute)
		if r := w.asItIs(id); len(r.Answers) != 1 || r.Asked.Closed {
			t.Errorf("one person is two: %v", r.Answers)
		}
		w.Answered(id, "linus", events.Approve)
		w.Then(w.Ended(id), rollout.Succeeded, asked+step+ends, "2")
	})
}

func TestDecisionIsPutIntoThePipelineThatWaits(t *testing.T) {
	for name, test := range map[string]struct {
		decide func(w *World, id string)
		status types.ActionExecutionStatus
		says   string
	}{
		"approved":     {func(w *World, id string) { w.Answered(id, "grace", events.Approve) }, types.ActionExecutionStatusSucceeded, "Approved by grace: 100 %"},
		"rejected":     {func(w *World, id string) { w.Answered(id, "grace", events.Reject) }, types.ActionExecutionStatusFailed, "grace rejected"},
		"silence":      {func(w *World, _ string) { w.Pass(5 * time.Hour) }, types.ActionExecutionStatusFailed, "Not enough people approved"},
		"an alarm":     {func(w *World, _ string) { w.AlarmRed(Alarm) }, types.ActionExecutionStatusFailed, Alarm},
		"an abort":     {func(w *World, id string) { w.Aborted(id) }, types.ActionExecutionStatusFailed, "grace stopped the release"},
		"asked at all": {func(*World, string) {}, types.ActionExecutionStatusInProgress, ""},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				id := w.piped()
				test.decide(w, id)
				w.Pass(2 * time.Minute)
				at := w.InPipeline()
				var said string
				if at.Summary != nil {
					said = *at.Summary
				}
				if at.Status != test.status || !strings.Contains(said, test.says) || test.says != "" && !strings.Contains(said, id) {
					t.Errorf("the action is %s and says %q, want %s and %q", at.Status, said, test.status, test.says)
				}
				if story := Story(w.asItIs(id)); strings.Contains(story, "does not count") {
					t.Errorf("Sluice's own answer came back as somebody's:\n%s", story)
				}
			})
		})
	}
}

// A pipeline that comes to the action after the decision does not wait for anybody.
func TestPipelineThatComesLateIsAnsweredAtOnce(t *testing.T) {
	Run(t, func(w *World) {
		w.GivenPipeline()
		w.Given(Piped)
		id := w.Requested("2")
		w.Asks(id, 3)
		w.Answered(id, "grace", events.Approve)
		w.Ended(id)
		w.Carries("0ddba11") // of a commit that was never released: it waits
		w.Pass(time.Minute)
		if at := w.InPipeline(); at.Status != types.ActionExecutionStatusInProgress {
			t.Errorf("the action of another commit is %s", at.Status)
		}
		w.Puts(IAM("eve"), types.ApprovalStatusApproved, "not Sluice's")
		w.Carries("c0ffee")
		w.Pass(time.Minute)
		if at := w.InPipeline(); at.Status != types.ActionExecutionStatusSucceeded || !strings.Contains(*at.Summary, "grace") {
			t.Errorf("the action is %s", at.Status)
		}
	})
}

// A definition may name a pipeline that is not there: people answer by the other ways.
func TestPipelineThatIsNotThereHoldsNothingUp(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Piped)
		id := w.Requested("2")
		w.Asks(id, 3)
		w.Answered(id, "grace", events.Approve)
		w.Then(w.Ended(id), rollout.Succeeded, asked+step+ends, "2")
	})
}

// What comes over Sluice's bus is no answer of CodePipeline's, whatever it holds: its sender chose it.
func TestNobodySpeaksForCodePipeline(t *testing.T) {
	Run(t, func(w *World) {
		id := w.piped()
		var e struct{ Detail json.RawMessage }
		w.must(json.Unmarshal(approvalEvent(time.Now()), &e))
		w.putFrom("story", "AWS API Call via CloudTrail", e.Detail)
		w.Answer(events.AnswerRequest{Release: id, Step: 3, By: IAM("grace"), Answer: events.Approve})
		w.stillAsks(id)
	})
}
