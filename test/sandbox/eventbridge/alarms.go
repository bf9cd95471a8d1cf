package eventbridge

import (
	"sync"
	"time"
)

// alarms are the timers of a service, which all stop when it ends.
type alarms struct {
	mu      sync.Mutex
	pending map[*alarm]bool
	stopped bool
}

type alarm struct{ timer *time.Timer }

// after calls f once, after d, unless the service ended or the returned function was called before.
func (a *alarms) after(d time.Duration, f func()) (cancel func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stopped {
		return func() {}
	}
	if a.pending == nil {
		a.pending = map[*alarm]bool{}
	}
	it := &alarm{}
	it.timer = time.AfterFunc(d, func() {
		if a.take(it) {
			f()
		}
	})
	a.pending[it] = true
	return func() {
		if a.take(it) {
			it.timer.Stop()
		}
	}
}

// take claims a pending alarm, for its call or for its end; only one claim succeeds.
func (a *alarms) take(it *alarm) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	pending := a.pending[it]
	delete(a.pending, it)
	return pending
}

func (a *alarms) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stopped = true
	for it := range a.pending {
		it.timer.Stop()
	}
	clear(a.pending)
}
