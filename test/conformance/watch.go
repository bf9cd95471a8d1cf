package conformance

import (
	"context"
	"slices"
	"sync"

	"sluice/test/sandbox/wire"
)

// A Watch stands between an implementation of a port and the sandbox: it counts the calls, and meddles with its writes.
type Watch struct {
	writes []string // the operations that write; all others read

	mu    sync.Mutex
	calls Calls
	next  Meddling
}

// NewWatch makes a Watch that takes these operations for writes, and all others for reads.
func NewWatch(writes ...string) *Watch { return &Watch{writes: writes} }

// Calls implements Fixture.
func (w *Watch) Calls() Calls {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.calls
}

// OnWrite implements Fixture.
func (w *Watch) OnWrite(m Meddling) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next = m
}

// Around is the sandbox's middleware.
func (w *Watch) Around(next wire.Handler) wire.Handler {
	return func(ctx context.Context, call *wire.Call) (any, error) {
		m := w.counted(call.Operation)
		if m.Before != nil {
			m.Before()
		}
		out, err := next(ctx, call)
		if m.After != nil {
			m.After()
		}
		if m.LoseAnswer {
			return nil, wire.ErrHangUp
		}
		return out, err
	}
}

// counted counts a call, and takes what is to happen around it, if anything; it happens once.
func (w *Watch) counted(operation string) (m Meddling) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Contains(w.writes, operation) {
		w.calls.Reads++
		return m
	}
	w.calls.Writes++
	m, w.next = w.next, m
	return m
}
