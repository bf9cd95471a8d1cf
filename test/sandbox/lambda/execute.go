package lambda

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// A request is one event for one function, before it is known which version serves it.
type request struct {
	id, client string
	ref        reference
	payload    []byte
	tail       bool // the caller wants the end of the log
}

// A target is a request's way, resolved: the version that serves it and how it was found.
type target struct {
	f        *function
	v        *version
	ref      reference
	weighted bool // through an alias with two versions
	slot     slot
	running  int // executions of the function, this one included
	dims     []map[string]string
}

// An answer is what an invocation came to.
type answer struct {
	outcome
	version string
	log     []byte // its last 4 KB
}

// admit resolves a request and takes its concurrency. A throttled request has a target too: it is counted there.
func (s *Service) admit(ref reference) (target, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.resolve(ref)
	if err != nil {
		return t, err
	}
	if err := t.f.ready(*t.v.config.Version); err != nil {
		t.f.wake(*t.v.config.Version)
		return t, err
	}
	of := served{reference: ref}
	if t.weighted {
		of.version = *t.v.config.Version
	}
	t.dims = s.dimensions(of)
	t.slot, err = s.take(t.f)
	t.running = t.f.busy
	return t, err
}

// resolve finds the version that serves one invocation; behind a weighted alias that is a matter of chance. The caller
// holds the lock.
func (s *Service) resolve(ref reference) (target, error) {
	f, v, err := s.findVersion(ref)
	if err != nil {
		return target{}, err
	}
	t := target{f: f, v: v, ref: ref}
	if a, ok := f.aliases[ref.qualifier]; ok && len(a.weights) > 0 {
		t.weighted = true
		t.v = f.version(a.choose(s.o.Rand))
	}
	return t, nil
}

// execute carries out a request once. It waits for the end of the execution, or of ctx; the execution goes on without its
// caller, as Lambda's does.
func (s *Service) execute(ctx context.Context, r request) (answer, error) {
	t, err := s.admit(r.ref)
	if err != nil {
		s.countThrottle(t, err)
		return answer{}, err
	}
	type end struct {
		answer answer
		err    error
	}
	done := make(chan end, 1)
	started := s.start(func() {
		a, err := s.run(t, r)
		done <- end{a, err}
	})
	if !started {
		s.release(t.slot)
		return answer{}, serviceFault("the sandbox's Lambda is closed")
	}
	select {
	case e := <-done:
		s.countThrottle(t, e.err)
		return e.answer, e.err
	case <-ctx.Done():
		return answer{}, fmt.Errorf("waiting for %s: %w", s.arn(r.ref), ctx.Err())
	}
}

// executeHere is execute for a caller who has a goroutine for it, and waits as long as it takes.
func (s *Service) executeHere(r request) (answer, error) {
	t, err := s.admit(r.ref)
	if err != nil {
		s.countThrottle(t, err)
		return answer{}, err
	}
	a, err := s.run(t, r)
	s.countThrottle(t, err)
	return a, err
}

// run is the life of one execution: environment, invocation, log and metrics. It gives back the concurrency that it was admitted with.
func (s *Service) run(t target, r request) (answer, error) {
	defer s.release(t.slot)
	env, err := s.acquire(t.v)
	if err != nil {
		return answer{}, err
	}
	start := time.Now()
	timeout := time.Duration(*t.v.config.Timeout) * time.Second
	log := s.openLog(t.v.config, r)
	log.start()
	o := env.invoke(s.ctx, invocation{
		id: r.id, arn: s.arn(r.ref), trace: s.trace(t.v, start), client: r.client, payload: r.payload,
		timeout: timeout, deadline: start.Add(timeout), log: log.line,
	})
	took := min(time.Since(start), timeout)
	log.end(o, took, env.initialised())
	s.recordInvocation(t, o.fault != "", t.running, start, took)
	return answer{outcome: o, version: *t.v.config.Version, log: log.last()}, nil
}

func (s *Service) countThrottle(t target, err error) {
	if isThrottle(err) {
		s.recordThrottle(t)
	}
}

func isThrottle(err error) bool {
	_, ok := errors.AsType[*types.TooManyRequestsException](err)
	return ok
}

// trace is the X-Ray header of an invocation; only functions with active tracing are sampled.
func (s *Service) trace(v *version, start time.Time) string {
	sampled := 0
	if t := v.config.TracingConfig; t != nil && t.Mode == types.TracingModeActive {
		sampled = 1
	}
	id := randomBytes()
	return fmt.Sprintf("Root=1-%08x-%s;Parent=%s;Sampled=%d", start.Unix(), hex.EncodeToString(id[:12]), hex.EncodeToString(id[8:]), sampled)
}
