package pipeline_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

const (
	commit = "c0ffee"
	other  = "0ddba11"

	approved, rejected = types.ApprovalStatusApproved, types.ApprovalStatusRejected
)

// first is a definition that asks before any traffic, also in CodePipeline.
var first = strings.Replace(scenario.Piped, `"before":"last"`, `"before":"first"`, 1)

// asked leads a release of the commit to its question; the pipeline is there, and nothing is in it.
func asked(w *byhand.World) rollout.Release {
	w.T.Helper()
	w.GivenPipeline()
	return asks(w)
}

// asks is asked where the pipeline is there already.
func asks(w *byhand.World) rollout.Release {
	w.T.Helper()
	r := w.CreatedOf(rollout.Revision{Version: "2", Commit: commit, Author: "ada"})
	w.Leads("plan", byhand.Start(r))
	if c := w.Leads("admit", byhand.Start(r)); c.Next != rollout.NextAsk {
		w.T.Fatalf("gate goes on with %+v, want the question", c)
	}
	w.Does("ask", byhand.Task(r, 0, "mine"))
	w.Pass(time.Minute)
	return w.Release(r.ID)
}

// said is CloudTrail's event of what grace said in the action now.
func said(status types.ApprovalStatus, changes ...string) any {
	return fromAWS(`{"id":"1","source":"aws.codepipeline","detail-type":"AWS API Call via CloudTrail","detail":{"eventSource":"codepipeline.amazonaws.com","eventName":"PutApprovalResult",
		"eventTime":"`+time.Now().UTC().Format(time.RFC3339)+`","userIdentity":{"arn":"`+scenario.IAM("grace")+`"},"requestParameters":{"pipelineName":"checkout","stageName":"Release","actionName":"Approve",
		"result":{"status":"`+string(status)+`","summary":""}}}}`, changes...)
}

// waits is CodePipeline's event of an action that begins to wait with an execution.
func waits(execution string, changes ...string) any {
	return fromAWS(`{"id":"1","source":"aws.codepipeline","detail-type":"CodePipeline Action Execution State Change","detail":{"pipeline":"checkout","execution-id":"`+execution+`",
		"stage":"Release","action":"Approve","state":"STARTED","type":{"owner":"AWS","category":"Approval","provider":"Manual"}}}`, changes...)
}

func fromAWS(text string, changes ...string) any {
	return json.RawMessage(strings.NewReplacer(changes...).Replace(text))
}

// happened is an event of Sluice's own about a release.
func happened(r rollout.Release) any {
	e := byhand.Event(events.ReleaseAnswered, events.Release{Release: r.ID, Service: scenario.Service})
	e.Source = events.Source
	return e
}

// inStage is the execution that is at the action.
func inStage(w *byhand.World) string {
	w.T.Helper()
	out, err := w.Sandbox.CodePipeline.GetPipelineState(w.T.Context(), &codepipeline.GetPipelineStateInput{Name: aws.String("checkout")})
	if err != nil {
		w.T.Fatal(err)
	}
	return aws.ToString(out.StageStates[1].LatestExecution.PipelineExecutionId)
}

// rejects decides the release's question by another way.
func rejects(w *byhand.World, r rollout.Release) {
	w.T.Helper()
	w.Does("decide", byhand.Event(events.AbortRequested, events.ControlRequest{Release: r.ID, By: "linus", Reason: "wrong price"}))
}

// CloudTrail tells twice now and then. What the machine has counted is not handed on any more.
func TestAnswerThatIsToldTwiceCountsOnce(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, first, func(w *byhand.World) {
		r := asked(w)
		w.Carries(commit)
		w.Puts(scenario.IAM("grace"), approved, "")
		e := said(approved)
		for range 2 {
			w.Does("pipeline", e)
			w.Pass(time.Second) // decide hears of it, and nobody waits for it
		}
		if got := w.Release(r.ID); len(got.Answers) != 1 || strings.Contains(w.Trail(r.ID), "does not count") {
			t.Errorf("answers %v\n%s", got.Answers, w.Trail(r.ID))
		}
		w.Leads("count", byhand.Start(r))
		before := w.Made("pipeline", "lambda:Invoke")
		w.Does("pipeline", e)
		if n := w.Made("pipeline", "lambda:Invoke") - before; n != 0 {
			t.Errorf("after the count decide is told %d times more", n)
		}
	})
}

// Each of these would answer for somebody who has said nothing, or something else, about this release.
func TestAnswerThatMayBeAboutSomethingElseIsNobodys(t *testing.T) {
	puts := func(status types.ApprovalStatus) func(w *byhand.World, r rollout.Release) {
		return func(w *byhand.World, _ rollout.Release) { w.Puts(scenario.IAM("grace"), status, "") }
	}
	for name, test := range map[string]struct {
		before func(w *byhand.World, r rollout.Release)
		event  any
	}{
		"the next execution of the commit waits by now": {func(w *byhand.World, _ rollout.Release) {
			w.Puts(scenario.IAM("grace"), approved, "")
			w.Carries(commit)
		}, said(approved)},
		"another commit was answered since": {func(w *byhand.World, _ rollout.Release) {
			w.Puts(scenario.IAM("grace"), approved, "")
			w.Carries(other)
			w.Puts(scenario.IAM("linus"), approved, "")
		}, said(approved)},
		"the action says the opposite":    {puts(rejected), said(approved)},
		"nobody has answered there":       {func(*byhand.World, rollout.Release) {}, said(approved)},
		"it is history":                   {puts(approved), said(approved, `"id":"1"`, `"id":"1","replay-name":"look-at-yesterday"`)},
		"CodePipeline refused it":         {puts(approved), said(approved, `"eventName"`, `"errorCode":"InvalidApprovalTokenException","eventName"`)},
		"it is no word that we know":      {puts(approved), said("Perhaps")},
		"nobody knows who said it":        {puts(approved), said(approved, scenario.IAM("grace"), "")},
		"another action of the stage":     {puts(approved), said(approved, `"Approve"`, `"Sign"`)},
		"it came from another source":     {puts(approved), said(approved, "aws.codepipeline", "acme.codepipeline")},
		"it is how Sluice decided itself": {func(w *byhand.World, r rollout.Release) { rejects(w, r); w.Does("pipeline", happened(r)) }, said(rejected)},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{}, first, func(w *byhand.World) {
				r := asked(w)
				w.Carries(commit)
				test.before(w, r)
				w.Does("pipeline", test.event)
				w.Pass(time.Second)
				if n := w.Made("pipeline", "lambda:Invoke"); n != 0 || len(w.Release(r.ID).Answers) != 0 {
					t.Errorf("decide is told %d times, answers %v", n, w.Release(r.ID).Answers)
				}
			})
		})
	}
}

// A commit may be tried again: what is said in the pipeline is about the release that asks.
func TestAnswerIsForTheReleaseThatAsksAndNotForOneThatEnded(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, first, func(w *byhand.World) {
		ended := asked(w)
		rejects(w, ended)
		w.Leads("rollback", byhand.Start(ended))
		w.Leads("settle", byhand.Start(ended))
		again := w.CreatedOf(ended.Revision)
		w.Leads("plan", byhand.Start(again))
		w.Leads("admit", byhand.Start(again))
		w.Does("ask", byhand.Task(again, 0, "mine"))
		w.Carries(commit)
		w.Puts(scenario.IAM("grace"), approved, "")
		before := w.Trail(ended.ID)
		w.Does("pipeline", said(approved))
		w.Pass(time.Second)
		if got := w.Release(again.ID); len(got.Answers) != 1 || w.Trail(ended.ID) != before || w.Made("pipeline", "lambda:Invoke") != 1 {
			t.Errorf("answers %v; the one that ended says\n%s", got.Answers, w.Trail(ended.ID))
		}
	})
}

func TestAnswerCountsWhereverTheFirstTryDied(t *testing.T) {
	byhand.Crashing(t, "pipeline", scenario.Options{}, first, func(w *byhand.World) {
		r := asked(w)
		w.Carries(commit)
		w.Puts(scenario.IAM("grace"), approved, "")
		w.Again("pipeline", said(approved))
		w.Pass(time.Second)
		if got := w.Release(r.ID); len(got.Answers) != 1 {
			w.T.Errorf("answers %v\n%s", got.Answers, w.Trail(r.ID))
		}
	})
}
