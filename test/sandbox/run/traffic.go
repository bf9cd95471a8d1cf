package main

import (
	"context"
	"maps"
	"sync"
	"time"

	"sluice/test/sandbox/run/exhibit"
)

// perSecond is the steady traffic on a service. Callers wait for answers: when atOnce do, no further request is sent.
const (
	perSecond = 40
	atOnce    = 10
)

// tally is what a revision served.
type tally struct{ requests, errors int }

// rate is the share of failed requests, in percent.
func (t tally) rate() float64 {
	if t.requests == 0 {
		return 0
	}
	return 100 * float64(t.errors) / float64(t.requests)
}

// served names a revision of a service.
type served struct{ service, revision string }

// A caller is who uses a service.
type caller struct {
	service string
	ask     func(ctx context.Context) (exhibit.Answer, error) // the error: nobody can ask any more
	heard   func(exhibit.Answer)                              // nil: nobody listens
}

// traffic sends requests to services, as callers do, and counts what came back by the revision that served it.
type traffic struct {
	ctx  context.Context
	end  context.CancelFunc
	done sync.WaitGroup

	mu     sync.Mutex
	counts map[served]tally
}

func newTraffic(ctx context.Context) *traffic {
	ctx, end := context.WithCancel(ctx)
	return &traffic{ctx: ctx, end: end, counts: map[served]tally{}}
}

// begin has a caller send requests until traffic stops.
func (t *traffic) begin(c caller) {
	t.done.Go(func() {
		ticks := time.NewTicker(time.Second / perSecond)
		defer ticks.Stop()
		waiting := make(chan struct{}, atOnce)
		for {
			select {
			case <-t.ctx.Done():
				return
			case <-ticks.C:
			}
			select {
			case waiting <- struct{}{}:
				t.done.Go(func() { t.request(c); <-waiting })
			default:
			}
		}
	})
}

func (t *traffic) request(c caller) {
	answer, err := c.ask(t.ctx)
	if err != nil {
		return // the sandbox is closing
	}
	if c.heard != nil {
		c.heard(answer)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	by := served{c.service, answer.Revision}
	n := t.counts[by]
	n.requests++
	if answer.Failed {
		n.errors++
	}
	t.counts[by] = n
}

// served is what each revision has served since the start.
func (t *traffic) served() map[served]tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.counts)
}

func (t *traffic) stop() {
	t.end()
	t.done.Wait()
}
