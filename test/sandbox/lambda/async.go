package lambda

import (
	"errors"
	"hash/fnv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// An event is an asynchronous invocation on its way: tried, tried again, and in the end done or given up.
type event struct {
	request
	accepted time.Time
	attempts int // executions so far
	refusals int // throttles and faults of Lambda itself since the last execution
}

// enqueue accepts an event for a function that exists; its way goes on in the background.
func (s *Service) enqueue(r request) error {
	if err := s.exists(r.ref); err != nil {
		return err
	}
	e := &event{request: r, accepted: time.Now()}
	s.recordAsync(e, "AsyncEventsReceived", "Count", 1)
	if !s.start(func() { s.drain(e) }) {
		return serviceFault("the sandbox's Lambda is closed")
	}
	return nil
}

// drain tries an event until it is done, out of retries or too old
// (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
func (s *Service) drain(e *event) {
	for {
		settings := s.asyncSettings(e.ref)
		if time.Since(e.accepted) > settings.maxAge {
			s.giveUp(e, settings, "EventAgeExceeded", answer{})
			return
		}
		s.recordAsync(e, "AsyncEventAge", "Milliseconds", milliseconds(time.Since(e.accepted)))
		a, err := s.executeHere(e.request)
		if s.ctx.Err() != nil {
			return
		}
		delay, next := e.judge(a, err, settings)
		switch next {
		case finished:
			s.deliverSuccess(e, settings, a)
			return
		case exhausted:
			s.giveUp(e, settings, "RetriesExhausted", a)
			return
		}
		if !s.wait(delay) {
			return
		}
	}
}

// What becomes of an event after an attempt.
type fate int

const (
	tryAgain fate = iota
	finished
	exhausted
)

// judge decides an event's fate. A failure of the function counts as an attempt and waits one, then two minutes; a throttle
// or a fault of Lambda does not count and waits ever longer, up to five minutes, until the event is too old. A function
// that is switched off by a reservation of zero gets no retries.
func (e *event) judge(a answer, err error, settings asyncSettings) (time.Duration, fate) {
	if err != nil {
		if _, gone := errors.AsType[*types.ResourceNotFoundException](err); gone || settings.stopped {
			return 0, exhausted
		}
		e.refusals++
		wait := min(time.Second<<min(e.refusals-1, 10), 5*time.Minute)
		if e.refusals > 4 {
			wait += wait * time.Duration(e.spread()) / 1024
		}
		return wait, tryAgain
	}
	e.attempts++
	e.refusals = 0
	switch {
	case a.fault == "":
		return 0, finished
	case e.attempts > settings.retries:
		return 0, exhausted
	}
	return time.Duration(e.attempts) * time.Minute, tryAgain
}

// spread is from 0 to 255, for each event another one, so that those which were throttled together do not come again in the very same
// instant. That Lambda spreads them is undocumented; its pollers slow down instead.
func (e *event) spread() uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(e.id)) // it never fails
	return h.Sum32() % 256
}

// asyncSettings are what holds for an event: of the qualifier it was sent to, else AWS's defaults.
type asyncSettings struct {
	retries              int
	maxAge               time.Duration
	onSuccess, onFailure string
	deadLetters          string
	role                 string // on whose permissions records and dead letters are sent
	stopped              bool
}

func (s *Service) asyncSettings(ref reference) asyncSettings {
	out := asyncSettings{retries: 2, maxAge: 6 * time.Hour}
	s.mu.Lock()
	defer s.mu.Unlock()
	f, v, err := s.findVersion(ref)
	if err != nil { // deleted since; the next attempt notices
		return out
	}
	out.deadLetters, out.role = v.deadLetters(), deref(v.config.Role)
	out.stopped = f.reserved != nil && *f.reserved == 0
	c, ok := f.async[ref.version()]
	if !ok {
		return out
	}
	if c.retries != nil {
		out.retries = int(*c.retries)
	}
	if c.maxAge != nil {
		out.maxAge = time.Duration(*c.maxAge) * time.Second
	}
	out.onSuccess, out.onFailure = c.onSuccess, c.onFailure
	return out
}

// recordAsync publishes a metric of the queue, which knows functions and qualifiers but no executed version.
func (s *Service) recordAsync(e *event, name, unit string, value float64) {
	if s.o.Record == nil {
		return
	}
	s.record(target{dims: s.dimensions(served{reference: e.ref})}, name, unit, value, time.Now())
}
