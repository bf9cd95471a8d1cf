package cloudwatch

import (
	"maps"
	"slices"
	"time"
)

// settling is how long after a period's end alarms look at it, so that what belongs to the period has been written.
const settling = time.Second

// A ticker evaluates the alarms of one interval; it has a timer only while there are such alarms.
type ticker struct {
	timer  *time.Timer
	alarms []*alarm // by name
}

func (t *ticker) stop() {
	if t.timer != nil {
		t.timer.Stop()
		t.timer = nil
	}
}

// schedule sorts the metric alarms to their tickers. Call it with mu held after alarms came or went.
func (s *Service) schedule() {
	s.fast.alarms, s.slow.alarms = nil, nil
	for _, name := range slices.Sorted(maps.Keys(s.alarms)) {
		a := s.alarms[name]
		switch {
		case a.watch == nil:
		case a.watch.interval() < time.Minute:
			s.fast.alarms = append(s.fast.alarms, a)
		default:
			s.slow.alarms = append(s.slow.alarms, a)
		}
	}
	s.arm(&s.fast, 10*time.Second)
	s.arm(&s.slow, time.Minute)
}

func (s *Service) arm(t *ticker, every time.Duration) {
	if len(t.alarms) == 0 || s.closed {
		t.stop()
		return
	}
	if t.timer == nil {
		t.timer = time.AfterFunc(untilNext(every), func() { s.tick(t, every) })
	}
}

func untilNext(every time.Duration) time.Duration {
	now := time.Now().Add(-settling)
	return now.Truncate(every).Add(every).Sub(now)
}

func (s *Service) tick(t *ticker, every time.Duration) {
	s.mu.Lock()
	defer s.unlock()
	if s.closed || t.timer == nil {
		return
	}
	now := time.Now()
	s.metrics.release(now)
	for _, a := range t.alarms {
		s.evaluate(a, now)
	}
	s.ripple(now)
	t.timer.Reset(untilNext(every))
}
