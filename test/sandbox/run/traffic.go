package main

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// perSecond is the steady traffic on an alias. Callers wait for answers: when atOnce do, no further request is sent.
const (
	perSecond = 40
	atOnce    = 10
)

// tally is what a version served.
type tally struct{ requests, errors int }

// rate is the share of failed requests, in percent.
func (t tally) rate() float64 {
	if t.requests == 0 {
		return 0
	}
	return 100 * float64(t.errors) / float64(t.requests)
}

// served names a version of a service.
type served struct{ service, version string }

// A caller is who uses a service.
type caller struct {
	service, function, alias string
	payload                  []byte
	heard                    func(failed bool) // of each answer
}

// traffic sends requests to aliases, as callers do, and counts what came back by the version that served it.
type traffic struct {
	client *lambda.Client
	ctx    context.Context
	end    context.CancelFunc
	done   sync.WaitGroup

	mu     sync.Mutex
	counts map[served]tally
}

func newTraffic(ctx context.Context, client *lambda.Client) *traffic {
	ctx, end := context.WithCancel(ctx)
	return &traffic{client: client, ctx: ctx, end: end, counts: map[served]tally{}}
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
	out, err := t.client.Invoke(t.ctx, &lambda.InvokeInput{FunctionName: &c.function, Qualifier: &c.alias, Payload: c.payload})
	if err != nil {
		return // the sandbox is closing
	}
	failed := out.FunctionError != nil
	if c.heard != nil {
		c.heard(failed)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	by := served{c.service, aws.ToString(out.ExecutedVersion)}
	n := t.counts[by]
	n.requests++
	if failed {
		n.errors++
	}
	t.counts[by] = n
}

// served is what each version has served since the start.
func (t *traffic) served() map[served]tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.counts)
}

func (t *traffic) stop() {
	t.end()
	t.done.Wait()
}
