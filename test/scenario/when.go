package scenario

import (
	"crypto/rand"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"sluice/events"
	"sluice/shared/rollout"
	eventbus "sluice/test/sandbox/eventbridge"
)

// Requested asks for a release of a version and answers its id.
func (w *World) Requested(version string) string {
	w.T.Helper()
	return w.Request(events.ReleaseRequest{Service: w.service, Revision: w.Revision(version), Commit: "c0ffee", Author: "ada", Reason: "a story"})
}

// Request asks for any release and answers its id.
func (w *World) Request(r events.ReleaseRequest) string {
	w.T.Helper()
	return w.lastIs(r.ID(w.put(events.ReleaseRequested, r)))
}

// Aborted stops a release as a person does.
func (w *World) Aborted(release string) {
	w.T.Helper()
	w.put(events.AbortRequested, events.ControlRequest{Release: release, By: "grace", Reason: "a story"})
}

// PromotedNow asks for 100 % at once as a person does.
func (w *World) PromotedNow(release string) {
	w.T.Helper()
	w.put(events.PromoteRequested, events.ControlRequest{Release: release, By: "grace"})
}

// Answered answers the question of a release by event: approve or reject.
func (w *World) Answered(release, by, answer string) {
	w.T.Helper()
	r, _ := w.Recorded(release)
	a := events.AnswerRequest{Release: release, By: by, Answer: answer, Comment: "a story"}
	if r.Asked != nil {
		a.Step, a.Digest = r.Asked.Step, r.Asked.Digest
	}
	w.Answer(a)
}

// Answer sends any answer.
func (w *World) Answer(a events.AnswerRequest) {
	w.T.Helper()
	w.put(events.AnswerGiven, a)
}

// Asks waits until a release asks people before a step, counted from 0.
func (w *World) Asks(release string, step int) {
	w.T.Helper()
	w.until(24*time.Hour, "a question of "+release, func() bool {
		r, _ := w.Recorded(release)
		return r.Asked != nil && r.Asked.Step == step && !r.Asked.Closed
	})
	w.Pass(time.Second)
}

// Announce puts an event on the bus as Sluice itself does.
func (w *World) Announce(detailType string, detail events.Release) {
	w.T.Helper()
	w.putFrom(events.Source, detailType, detail)
}

func (w *World) put(detailType string, detail any) (eventID string) {
	w.T.Helper()
	return w.putFrom("story", detailType, detail)
}

func (w *World) putFrom(source, detailType string, detail any) (eventID string) {
	w.T.Helper()
	text, err := json.Marshal(detail)
	w.must(err)
	out, err := w.Events.PutEvents(w.ctx, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{{
		EventBusName: aws.String(busName), Source: &source, DetailType: &detailType, Detail: aws.String(string(text)),
	}}})
	w.must(err)
	if out.FailedEntryCount > 0 {
		w.T.Fatalf("the bus refused %s: %s", detailType, aws.ToString(out.Entries[0].ErrorMessage))
	}
	return aws.ToString(out.Entries[0].EventId)
}

// AlarmRed sets an alarm red by hand, as aws cloudwatch set-alarm-state does.
func (w *World) AlarmRed(name string) { w.set(name, cwtypes.StateValueAlarm) }

// AlarmGreen sets an alarm green by hand.
func (w *World) AlarmGreen(name string) { w.set(name, cwtypes.StateValueOk) }

// AlarmState sets an alarm by hand.
func (w *World) set(name string, state cwtypes.StateValue) {
	w.T.Helper()
	_, err := w.CloudWatch.SetAlarmState(w.ctx, &cloudwatch.SetAlarmStateInput{AlarmName: &name, StateValue: state, StateReason: aws.String("a story")})
	if w.ctx.Err() != nil { // the world ended in this very moment
		return
	}
	w.must(err)
}

// AtStep waits until a release bakes at a step, counted from 0, and then for somewhat more than a minute: what a story does next must
// not meet the schedules of each minute in the same instant, where chance would decide who is first.
func (w *World) AtStep(release string, step int) {
	w.T.Helper()
	shifted := 0
	w.until(24*time.Hour, "step "+strconv.Itoa(step), func() bool {
		shifted = 0
		for _, what := range w.Told(release) {
			if what == "shifted" {
				shifted++
			}
		}
		return shifted > step
	})
	w.Pass(time.Minute + 10*time.Second)
}

// Killed stops the execution that leads a release, as a person in the console might.
func (w *World) Killed(release string) {
	w.T.Helper()
	r, err := w.Store.Release(w.ctx, release)
	w.must(err)
	_, err = w.Machine.StopExecution(w.ctx, &sfn.StopExecutionInput{ExecutionArn: &r.Execution})
	w.must(err)
}

// Ended waits for a release's end and reads its record.
func (w *World) Ended(release string) rollout.Release {
	w.T.Helper()
	w.until(30*24*time.Hour, "the end of "+release, func() bool {
		told := slices.DeleteFunc(slices.Clone(w.Told(release)), func(what string) bool { return what == "answered" || what == "hook-failed" }) // these may come after the end
		return len(told) > 0 && isEnd(told[len(told)-1])
	})
	w.Pass(10 * time.Second) // the state machine comes to its end
	r, err := w.Store.Release(w.ctx, release)
	w.must(err)
	return r
}

func isEnd(told string) bool {
	for _, e := range rollout.Ends {
		if told == string(e) {
			return true
		}
	}
	return false
}

// until waits for something that is told.
func (w *World) until(limit time.Duration, what string, holds func() bool) {
	w.T.Helper()
	timeout := time.After(limit)
	for !holds() {
		select {
		case <-w.news:
		case <-timeout:
			w.T.Fatalf("%s did not come within %v", what, limit)
		}
	}
}

// putDefault puts an event of AWS on the default bus.
func (w *World) putDefault(source, detailType string, detail any) (eventID string) {
	w.T.Helper()
	text, err := json.Marshal(detail)
	w.must(err)
	eventID = rand.Text()
	w.must(w.Sandbox.EventBridge.Emit(w.ctx, "default", eventbus.Event{ID: eventID, Source: source, DetailType: detailType, Detail: text}))
	return eventID
}
