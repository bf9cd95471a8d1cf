package main

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// perSecond is the steady traffic on the alias.
const perSecond = 40

// tally is what a version served.
type tally struct{ requests, errors int }

// rate is the share of failed requests, in percent.
func (t tally) rate() float64 {
	if t.requests == 0 {
		return 0
	}
	return 100 * float64(t.errors) / float64(t.requests)
}

// traffic sends requests to the alias, as callers do, and counts what came back by the version that served it.
type traffic struct {
	mu     sync.Mutex
	counts map[string]tally
	end    context.CancelFunc
	done   sync.WaitGroup
}

func startTraffic(ctx context.Context, client *lambda.Client) *traffic {
	ctx, end := context.WithCancel(ctx)
	t := &traffic{counts: map[string]tally{}, end: end}
	t.done.Go(func() {
		ticks := time.NewTicker(time.Second / perSecond)
		defer ticks.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticks.C:
				t.done.Go(func() { t.request(ctx, client) })
			}
		}
	})
	return t
}

func (t *traffic) request(ctx context.Context, client *lambda.Client) {
	out, err := client.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String(service), Qualifier: aws.String(alias), Payload: []byte(`{"cart":7}`)})
	if err != nil {
		return // the sandbox is closing
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	version := aws.ToString(out.ExecutedVersion)
	c := t.counts[version]
	c.requests++
	if out.FunctionError != nil {
		c.errors++
	}
	t.counts[version] = c
}

// served is what each version has served since the start.
func (t *traffic) served() map[string]tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.counts)
}

func (t *traffic) stop() {
	t.end()
	t.done.Wait()
}
