package dynamodb

import (
	"context"
	"slices"
	"time"
)

// A change is one write, kept for reads that are behind.
type change struct {
	at        time.Time
	old, next *record
}

type lagging struct{}

// Lagging has the reads of an index that a call makes answer as of some time ago. On AWS an index is usually up to date within a fraction
// of a second, and may be behind for longer when something fails there
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.Writes). It takes a service that remembers.
func Lagging(ctx context.Context, by time.Duration) context.Context {
	return context.WithValue(ctx, lagging{}, by)
}

// Remember keeps the writes of the last while, for calls that are Lagging by no more than that.
func (s *Service) Remember(last time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.memory = last
	for _, t := range s.tables {
		t.memory = last
	}
}

// remember notes a write and forgets those that are older than the memory.
func (t *table) remember(old, next *record) {
	if t.memory == 0 {
		return
	}
	now := time.Now()
	t.changes = append(t.changes, change{now, old, next})
	if first := slices.IndexFunc(t.changes, func(c change) bool { return now.Sub(c.at) <= t.memory }); first > len(t.changes)/2 {
		t.changes = slices.Clone(t.changes[first:])
	}
}

// behind is what a lagging call sees of an index: a copy of it in which the writes since then are undone, the last one first.
func (t *table) behind(ctx context.Context, now *index) *index {
	by, lags := ctx.Value(lagging{}).(time.Duration)
	if !lags {
		return now
	}
	then := newIndex(now.keySchema)
	for _, p := range now.order {
		for _, e := range p.entries {
			then.put(position{p.hash, e.sort, e.tie}, e.record)
		}
	}
	since := time.Now().Add(-by)
	for _, c := range slices.Backward(t.changes) {
		if !c.at.After(since) {
			break
		}
		then.replace(c.next, c.old)
	}
	return then
}
