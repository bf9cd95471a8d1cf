package eventbridge

import (
	"context"
	"sync"
)

// work counts what is being done at the moment.
type work struct {
	mu   sync.Mutex
	n    int
	idle chan struct{} // closed when n falls to 0; nil when nobody waits
}

func (w *work) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n++
}

func (w *work) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n--
	if w.n == 0 && w.idle != nil {
		close(w.idle)
		w.idle = nil
	}
}

// Idle waits until no delivery is in progress. A delivery that waits for its next attempt is not.
// Targets that only queue what they receive, as Lambda does, may still be at work.
func (s *Service) Idle(ctx context.Context) error {
	idle := s.work.wait()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (w *work) wait() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.n == 0 {
		done := make(chan struct{})
		close(done)
		return done
	}
	if w.idle == nil {
		w.idle = make(chan struct{})
	}
	return w.idle
}

// Counts tell what became of the events and deliveries so far.
type Counts struct {
	Events       int // accepted, on a bus that exists
	NoBus        int // accepted, and lost because their bus does not exist
	Matched      int // deliveries begun
	Delivered    int // deliveries that a target took
	Retried      int // attempts after the first
	DeadLettered int // deliveries that ended in a dead-letter queue
	Dropped      int // deliveries that failed for good and had no dead-letter queue that took them
}

type counts struct {
	mu sync.Mutex
	c  Counts
}

func (c *counts) add(which func(*Counts) *int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*which(&c.c)++
}

// Counts returns the counts so far.
func (s *Service) Counts() Counts {
	s.counts.mu.Lock()
	defer s.counts.mu.Unlock()
	return s.counts.c
}
