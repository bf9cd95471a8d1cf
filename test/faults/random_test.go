package faults

import (
	"cmp"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

var (
	count = flag.Int("schedules", 150, "how many random schedules to play")
	seed  = flag.Uint64("seed", 1, "seed of the first schedule")
)

// Random schedules: several releases of two services, people, alarms, clocks, and two to five faults.
func TestNoScheduleBreaksAnInvariant(t *testing.T) {
	points := everywhere(t)
	var played, happened, failed atomic.Int64
	begun := time.Now()
	share(t, seeds(*seed, *count), func(t *testing.T, seed uint64) {
		if failed.Load() >= 5 {
			return
		}
		drawn := Draw(seed, points)
		o := Play(t, drawn)
		happened.Add(int64(len(o.happened)))
		if len(o.violations) > 0 {
			failed.Add(1)
			report(t, drawn, o)
		}
		if n := played.Add(1); n%1000 == 0 {
			fmt.Printf("%d schedules, %d faults, %d with a violation, %.0f schedules a second\n", n, happened.Load(), failed.Load(), float64(n)/time.Since(begun).Seconds())
		}
	})
	fmt.Printf("%d random schedules from seed %d: %d faults happened, %d schedules with a violation, %.0f s\n",
		played.Load(), *seed, happened.Load(), failed.Load(), time.Since(begun).Seconds())
}

func seeds(first uint64, n int) []uint64 {
	all := make([]uint64, n)
	for i := range all {
		all[i] = first + uint64(i)
	}
	return all
}

// report shrinks a schedule that failed and says how to see it again.
func report(t *testing.T, s Schedule, o outcome) {
	small := Shrink(s, func(c Schedule) bool { return len(Play(t, c).violations) > 0 })
	if again := Play(t, small); len(again.violations) > 0 {
		o = again
	}
	violation(t, "%v\n%v%s  replay: go test ./test/faults -run Schedule -seed %d -schedules 1", o.violations, small, o.trail, s.Seed)
}

// everywhere lists the points that the stories of aliases pass, by function and operation: schedules are told of aliases, so a fault of another kind's
// function would never happen.
func everywhere(t *testing.T) []Point {
	var all []Point
	for _, s := range stories {
		if s.kind != nil {
			continue
		}
		for _, p := range try(t, s, nil).passed {
			if !p.delivery() && !p.isAWS() {
				continue
			}
			p.N = 0
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	slices.SortFunc(all, func(a, b Point) int {
		return cmp.Or(strings.Compare(a.Function, b.Function), strings.Compare(a.Operation, b.Operation))
	})
	return all
}
