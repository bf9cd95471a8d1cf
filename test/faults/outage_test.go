package faults

import (
	"flag"
	"fmt"
	"strings"
	"testing"
)

var outageStride = flag.Int("outages", 191, "try every nth outage; 1 tries all of them")

// A service that every function needs is away or throttled for 1, 4 and 30 minutes, from every call that a canonical release makes
// of it: all of them by make faults, and every -outages'th by make test.
func TestNoOutageBreaksAnInvariant(t *testing.T) {
	tally := newTally("outages")
	for nth, s := range stories {
		if s.standing != nil {
			continue // it is broken for good
		}
		t.Run(strings.ReplaceAll(s.name, " ", "-"), func(t *testing.T) {
			outages := strided(everyOutage(s.worth(try(t, s, nil).passed)), s.outagesSampled(), nth) // other ones of each story
			share(t, outages, func(t *testing.T, f Fault) {
				o := try(t, s, []Fault{f})
				tally.count(f, o)
				for _, v := range o.violations {
					violation(t, "%s\n  replay: go test ./test/faults -run Single -story %q -faults %q", v, s.name, f)
				}
			})
		})
	}
	t.Cleanup(func() { fmt.Print(tally) })
}

// outagesSampled is sampled, for outages.
func (s story) outagesSampled() int {
	n := s.sampled(*outageStride)
	if slow(s.kind) && !*thorough {
		n = max(n, slowOutages)
	}
	return n
}

// everyOutage lists each kind at each call.
func everyOutage(points []Point) []Fault {
	var all []Fault
	for _, p := range points {
		if p.delivery() {
			continue
		}
		for _, k := range outageKinds {
			all = append(all, Fault{p, k})
		}
	}
	return all
}

// The way back is tried for two hours, and a lease lasts a quarter of an hour: while Lambda is away for longer, the next release in the
// queue must not take the target over, or both end and the candidate keeps what traffic it has.
func TestOutageLongerThanTheLeaseLeavesNoTrafficBehind(t *testing.T) {
	for _, s := range stories {
		if s.name != "queued behind another" {
			continue
		}
		o := try(t, s, []Fault{{Point{"shift", "lambda:GetAlias", 5}, Away30}})
		if len(o.happened) != 1 || len(o.violations) > 0 {
			t.Errorf("happened: %v; %v\n%s", o.happened, o.violations, o.trail)
		}
		return
	}
	t.Error("the story is gone")
}
