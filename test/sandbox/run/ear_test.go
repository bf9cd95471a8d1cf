package main

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"sluice/events"
)

// What was mistyped was swallowed without a word, as on AWS.
func TestWhatNobodyListensToIsShownWithTheRightForm(t *testing.T) {
	const request = `{"service":"checkout","revision":"1"}`
	p := newPlayer(t, false)
	p.asks(stack, "me", "release.requestd", request)
	p.sees(`release.requestd from "me" is in vain: nobody listens to DetailType "release.requestd": did you mean release.requested?`)
	p.asks("sluice-sandbx", "me", events.ReleaseRequested, request)
	p.sees(`there is no event bus "sluice-sandbx": did you mean sluice-sandbox?`)
	p.asks("default", "me", events.ReleaseRequested, request)
	p.sees(`it came to the bus "default": write EventBusName=sluice-sandbox`)
	p.asks(stack, events.Source, events.ReleaseRequested, request)
	p.sees(`Source "sluice" is Sluice's own: write another one, such as me`)
	p.asks(stack, "me", "Release.Requested", request)
	p.sees(`nobody listens to DetailType "Release.Requested": did you mean release.requested?`)
	before := p.out.Len()
	p.asks(stack, "me", events.ReleaseRequested, request)
	p.called("trigger")
	p.f.look(t.Context())
	if said := p.out.String()[before:]; said != "" {
		t.Errorf("a request that is right is answered with %q", said)
	}
}

// A typo made decide fail: its alarm was red at once, and that of its dead letters after three minutes.
func TestMistypedWordToAReleaseIsShownAndReachesNoFunction(t *testing.T) {
	p := newPlayer(t, false)
	p.runs(one, nil)
	p.f.look(t.Context())
	for detailType, rows := range map[string]map[string]string{
		events.AbortRequested: {
			`{"release":"ID","by":"me"}`: `there is no release "ID": write ` + one, `{"release":"checkout-1f0c2b3a4d5f","by":"me"}`: "did you mean " + one + "?",
			`{"release":"checkout-aaaaaaaaaaaa"}`: "write " + one, `{"by":"me"}`: `there is no release ""`,
		},
		events.AnswerGiven:  {`{"release":"` + one + `","answer":"yes","by":"grace"}`: "detail.answer is \"yes\": write approve or reject"},
		events.CommitPushed: {`{"host":"github"}`: "detail.repository"},
	} {
		for detail, want := range rows {
			p.asks(stack, "me", detailType, detail)
			p.sees(want)
		}
	}
	p.mu.Lock()
	if len(p.calls) > 0 {
		t.Errorf("what is in vain came to %v", p.calls)
	}
	p.mu.Unlock()
	p.asks(stack, "me", events.AbortRequested, `{"release":"`+one+`","by":"me"}`)
	p.called("decide")
	red, err := p.w.alarms.DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{StateValue: cwtypes.StateValueAlarm})
	if err != nil || len(red.MetricAlarms) > 0 {
		t.Errorf("red: %v, %v", red, err)
	}
}

// A word that overtakes the request for its release is no typo.
func TestWordThatComesBeforeItsReleaseIsDelivered(t *testing.T) {
	p := newPlayer(t, false)
	p.w.ear.patience = 10 * time.Second
	p.asks(stack, "me", events.AbortRequested, `{"release":"`+one+`","by":"me"}`)
	pause(t.Context(), 300*time.Millisecond) // long enough to be refused; a slow machine only proves less
	p.runs(one, nil)
	p.called("decide")
}
