package faults

import (
	"flag"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

var (
	count = flag.Int("schedules", 150, "how many random schedules to play")
	seed  = flag.Uint64("seed", 1, "seed of the first schedule")
)

// Random schedules: several releases, people, alarms, clocks, and two to five faults; of two services for aliases, of one for each other kind.
func TestNoScheduleBreaksAnInvariant(t *testing.T) {
	for _, c := range casts() {
		t.Run(c.name, func(t *testing.T) { c.plays(t, seeds(*seed, c.share(*count))) })
	}
}

// plays plays the schedules of the seeds, and gives up after five violations.
func (c cast) plays(t *testing.T, seeds []uint64) {
	points := c.points(t)
	var played, happened, failed atomic.Int64
	begun := time.Now()
	share(t, seeds, func(t *testing.T, seed uint64) {
		if failed.Load() >= 5 {
			return
		}
		drawn := Draw(seed, c.services, points)
		o := Play(t, c, drawn)
		happened.Add(int64(len(o.happened)))
		if len(o.violations) > 0 {
			failed.Add(1)
			report(t, c, drawn, o)
		}
		if n := played.Add(1); n%1000 == 0 {
			fmt.Printf("%d schedules of %s, %d faults, %d with a violation, %.0f schedules a second\n", n, c.name, happened.Load(), failed.Load(), float64(n)/time.Since(begun).Seconds())
		}
	})
	fmt.Printf("%d random schedules of %s from seed %d: %d faults happened, %d schedules with a violation, %.0f s\n",
		played.Load(), c.name, seeds[0], happened.Load(), failed.Load(), time.Since(begun).Seconds())
}

func seeds(first uint64, n int) []uint64 {
	all := make([]uint64, n)
	for i := range all {
		all[i] = first + uint64(i)
	}
	return all
}

// report shrinks a schedule that failed and says how to see it again.
func report(t *testing.T, c cast, s Schedule, o outcome) {
	small := Shrink(s, func(s Schedule) bool { return len(Play(t, c, s).violations) > 0 })
	if again := Play(t, c, small); len(again.violations) > 0 {
		o = again
	}
	violation(t, "%v\n%v%s  replay: go test ./test/faults -run 'Schedule/%s$' -seed %d -schedules 1", o.violations, small, o.trail, strings.ReplaceAll(c.name, " ", "_"), s.Seed)
}
