package sfn

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// An attempt is a task under way and all that may end it: the function's reply, the token's answer, a time-out, a
// missed heartbeat, or the end of the line of control.
type attempt struct {
	*visit

	sent    <-chan reply
	open    *callback // nil when the function's reply is the result
	answers <-chan answer
	beats   <-chan struct{}
	timeout clock
	silence clock
}

// await waits for the attempt's end.
func (v *visit) await(sent <-chan reply, open *callback, given *limits) (document, error) {
	a := &attempt{visit: v, sent: sent, open: open, timeout: newClock(given.timeout), silence: newClock(given.heartbeat)}
	defer a.timeout.stop()
	defer a.silence.stop()
	if open != nil {
		a.answers, a.beats = open.answer, open.beat
	}
	for {
		if result, ended, err := a.next(); ended {
			return result, err
		}
	}
}

// next takes in whatever happens first.
func (a *attempt) next() (result document, ended bool, err error) {
	select {
	case r := <-a.sent:
		a.sent = nil
		return a.replied(r)
	case answer := <-a.answers:
		result, err := answer.result()
		return result, true, err
	case <-a.beats:
		a.silence.restart()
		return document{}, false, nil
	case <-a.timeout.fires:
		return a.giveUp(&failure{name: statesTimeout})
	case <-a.silence.fires:
		return a.giveUp(&failure{name: statesTimeout, missedBeat: true})
	case <-a.ctx.Done():
		return document{}, true, errEnded
	}
}

// replied takes the function's reply. For a callback task a good reply only means that the request was delivered, a bad
// one fails the attempt. https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
func (a *attempt) replied(r reply) (document, bool, error) {
	result, err := r.result()
	switch {
	case a.open == nil:
		return result, true, err
	case err != nil:
		return a.giveUp(err)
	}
	err = a.record(event{kind: types.HistoryEventTypeTaskSubmitted, state: a.state, text: result.text})
	return document{}, err != nil, err
}

// giveUp ends the attempt with err, unless an answer was accepted just before: that is the outcome then.
func (a *attempt) giveUp(err error) (document, bool, error) {
	if a.open == nil || a.open.close() {
		return document{}, true, err
	}
	a.timeout.stop()
	a.silence.stop()
	return document{}, false, nil
}

// result reads what SendTaskSuccess or SendTaskFailure said.
func (a answer) result() (document, error) {
	if a.fault != nil {
		return document{}, a.fault
	}
	return a.output, nil
}

// A clock fires once after a number of seconds; 0 is never.
type clock struct {
	timer *time.Timer
	span  time.Duration
	fires <-chan time.Time
}

func newClock(seconds int64) clock {
	if seconds == 0 {
		return clock{}
	}
	span := time.Duration(seconds) * time.Second
	t := time.NewTimer(span)
	return clock{timer: t, span: span, fires: t.C}
}

func (c clock) restart() {
	if c.timer != nil {
		c.timer.Reset(c.span)
	}
}

func (c clock) stop() {
	if c.timer != nil {
		c.timer.Stop()
	}
}
