package sfn

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// A thread is one line of control through an execution: the execution itself, a Parallel branch or a Map iteration.
type thread struct {
	run      *execution
	ctx      context.Context // ends when a sibling fails, too
	previous int32           // the line's last event
	item     any             // "$$.Map.Item"
}

// walk goes from state to state until one has no successor.
func (t *thread) walk(g *graph, input document) (document, error) {
	for s := g.start; ; {
		output, next, err := t.visit(s, input)
		if err != nil || next == "" {
			return output, err
		}
		s, input = g.states[next], output
	}
}

// record adds an event that follows from the line's last one.
func (t *thread) record(ev event) error {
	ev.previous = t.previous
	id, err := t.run.add(ev)
	if err == nil {
		t.previous = id
	}
	return err
}

// sleep waits, unless the line of control ends first.
func (t *thread) sleep(d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-t.ctx.Done():
		return errEnded
	}
}

// visit carries out one state, from its entry to its exit.
func (t *thread) visit(s *state, input document) (output document, next string, err error) {
	if t.ctx.Err() != nil {
		return document{}, "", errEnded
	}
	v := &visit{thread: t, state: s, raw: input, entered: time.Now(), backoff: backoff{retriers: s.retriers}}
	if err := t.record(event{kind: s.entered, state: s, text: input.text}); err != nil {
		return document{}, "", err
	}
	v.id = t.previous
	output, next, err = v.persist()
	if f, ok := asFailure(err); ok {
		output, next, err = v.catch(v.locate(f))
	}
	if err == errEnded {
		v.abort()
	}
	if err != nil {
		return document{}, "", err
	}
	return output, next, t.record(event{kind: s.exited, state: s, text: output.text})
}

// A visit is one stay in a state: all its attempts.
type visit struct {
	*thread

	state   *state
	raw     document // the state's input, before InputPath
	entered time.Time
	id      int32 // of the event of its entry
	retried int
	backoff backoff
}

// persist tries until the state succeeds, nothing retries its error any more, or the line ends.
func (v *visit) persist() (document, string, error) {
	for {
		output, next, err := v.attempt()
		f, failed := asFailure(err)
		if !failed {
			return output, next, err
		}
		wait, again := v.backoff.next(f, v.run.service.random)
		if !again {
			return document{}, "", f
		}
		if err := v.sleep(wait); err != nil {
			return document{}, "", err
		}
		v.retried++
		v.run.mu.Lock()
		v.run.retries++
		v.run.mu.Unlock()
	}
}

// catch looks for a way out of a failure: the first catcher that names it.
func (v *visit) catch(f *failure) (document, string, error) {
	for _, c := range v.state.catchers {
		if !f.matchesAny(c.errors) {
			continue
		}
		value, err := c.result.apply(v.raw.value, f.output())
		if err != nil {
			return document{}, "", err
		}
		output, err := v.bounded(value)
		return output, c.next, err
	}
	return document{}, "", f
}

// locate says where a definition failed on its data, in AWS's words; once, at the innermost state.
func (v *visit) locate(f *failure) *failure {
	if f.name != statesRuntime || f.located {
		return f
	}
	located := runtimeFailure("An error occurred while executing the state '%s' (entered at the event id #%d). %s", v.state.name, v.id, f.cause)
	located.located = true
	return located
}

// abort leaves the trace of a state that a failing sibling cut short.
func (v *visit) abort() {
	if v.run.ctx.Err() != nil {
		return
	}
	switch v.state.kind {
	case "Task", "Wait", "Parallel", "Map":
		_ = v.record(event{kind: types.HistoryEventType(v.state.kind + "StateAborted"), state: v.state})
	}
}
