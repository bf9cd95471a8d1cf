package faults

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"sluice/test/scenario"
)

const (
	// redAtMost is I9: a red guard alarm with a low fence lasts no longer, while the target is held or armed.
	redAtMost = 2*time.Minute + lookEvery
	// lookEvery is how often the sentry looks.
	lookEvery = 10 * time.Second
)

// A sentry holds I9 against the world while a story is told: whatever became of an alarm's event, its level counts.
type sentry struct {
	worlds     []*scenario.World
	now        func() time.Time // of the functions
	faults     *injector
	patience   func(happened []Fault) time.Duration // beyond redAtMost, with what went wrong
	violations []string
	said       map[tenure]bool
	calm       map[redAlarm]int64 // changes of the table as of which a red alarm was nobody's business
	stop, gone chan struct{}
}

// redAlarm is an alarm that went red, in the eyes of a service.
type redAlarm struct {
	world *scenario.World
	alarm string
	since time.Time
}

// post has a sentry look until it is relieved.
func post(worlds []*scenario.World, now func() time.Time, faults *injector, patience func([]Fault) time.Duration) *sentry {
	s := &sentry{worlds: worlds, now: now, faults: faults, patience: patience, said: map[tenure]bool{}, calm: map[redAlarm]int64{}, stop: make(chan struct{}), gone: make(chan struct{})}
	go func() {
		defer close(s.gone)
		ticks := time.NewTicker(lookEvery)
		defer ticks.Stop()
		for {
			select {
			case <-s.stop:
				return
			case <-ticks.C:
				for _, w := range s.worlds {
					s.look(w)
				}
			}
		}
	}()
	return s
}

// relieve ends the watch and answers what was seen.
func (s *sentry) relieve() []string {
	close(s.stop)
	<-s.gone
	return s.violations
}

// look counts from the end of an outage: while a service is away nobody can bring traffic back. It asks CloudWatch itself, which costs no
// call of the world, and the lease only while an alarm is red.
func (s *sentry) look(w *scenario.World) {
	for alarm, since := range redAlarms(w) {
		took := min(time.Since(since), time.Since(s.faults.outageEnds()))
		allowed := redAtMost + s.patience(s.faults.soFar())
		if took <= allowed {
			continue
		}
		at, changes := redAlarm{w, alarm, since}, s.faults.changes.Load()
		if known, found := s.calm[at]; found && known == changes {
			continue
		}
		l := w.Lease()
		if !l.Clears.IsZero() { // it may have been red for the sake of the release that went back before
			took = min(took, s.now().Sub(l.Clears))
		}
		now := tenure{l.Target, l.Epoch}
		if took > allowed && l.Fence == nil && l.Guards(alarm, since, s.now()) && !s.said[now] {
			s.said[now] = true
			s.violations = append(s.violations, fmt.Sprintf("I9: alarm %s is red for %v, and the fence of %s, %s, is down", alarm, took, l.Owner, l.Phase))
		}
		if l.Clears.IsZero() || s.now().After(l.Clears.Add(allowed)) { // time alone changes nothing any more
			s.calm[at] = changes
		}
	}
}

func redAlarms(w *scenario.World) map[string]time.Time {
	out, err := w.Sandbox.CloudWatch.DescribeAlarms(w.T.Context(), &cloudwatch.DescribeAlarmsInput{StateValue: types.StateValueAlarm})
	if err != nil {
		return nil // the story is over
	}
	found := map[string]time.Time{}
	for _, a := range out.MetricAlarms {
		found[aws.ToString(a.AlarmName)] = aws.ToTime(a.StateTransitionedTimestamp)
	}
	return found
}

// strict bears nothing: one fault delays nobody for longer, because the next minute reads the level again.
func strict([]Fault) time.Duration { return 0 }

// lenient bears that several faults hit those who bring traffic back, one after the other.
func lenient(happened []Fault) time.Duration {
	var sum time.Duration
	for _, f := range happened {
		if f.Function == "watch" || f.Function == "guard" {
			sum += 3 * time.Minute
		}
	}
	return sum
}
