package elbv2

import (
	"strings"
	"sync"
	"time"

	"sluice/test/sandbox/wire"
)

// A bucket holds tokens; each call takes one, and so many come back each second.
type bucket struct {
	most, perSecond, tokens float64
	at                      time.Time
}

func newBucket(most, perSecond float64) *bucket {
	return &bucket{most: most, perSecond: perSecond, tokens: most}
}

// fill puts in what has come back since the last call.
func (b *bucket) fill(now time.Time) {
	if !b.at.IsZero() {
		b.tokens = min(b.most, b.tokens+b.perSecond*now.Sub(b.at).Seconds())
	}
	b.at = now
}

// limits are the buckets of an account in a region
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html).
type limits struct {
	mu                                 *sync.Mutex
	all, reading, registering, writing *bucket
}

func newLimits() limits {
	return limits{&sync.Mutex{}, newBucket(40, 10), newBucket(40, 10), newBucket(20, 4), newBucket(20, 3)}
}

// admit refuses a call for which there is no token.
func (l limits) admit(operation string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	own := l.writing
	switch {
	case strings.HasPrefix(operation, "Describe"):
		own = l.reading
	case operation == "RegisterTargets", operation == "DeregisterTargets":
		own = l.registering
	}
	now := time.Now()
	l.all.fill(now)
	own.fill(now)
	if l.all.tokens < 1 || own.tokens < 1 {
		return wire.Throttled("Rate exceeded")
	}
	l.all.tokens--
	own.tokens--
	return nil
}
