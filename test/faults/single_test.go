package faults

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
)

var (
	replay    = flag.String("faults", "", "tell one story with these faults, as a violation printed them")
	stride    = flag.Int("every", 41, "try every nth single fault; 1 tries all of them")
	storyFlag = flag.String("story", "", "the story that -faults belongs to")
)

// Every call and every delivery of every canonical release goes wrong once, in every way: all of them by make faults, and
// every -every'th by make test.
func TestNoSingleFaultBreaksAnInvariant(t *testing.T) {
	if *replay != "" {
		again(t)
		return
	}
	tally := newTally("single faults")
	for _, s := range stories {
		t.Run(strings.ReplaceAll(s.name, " ", "-"), func(t *testing.T) {
			straight := try(t, s, nil)
			for _, v := range straight.violations {
				violation(t, "without any fault: %s\n%s", v, straight.trail)
			}
			if s.standing != nil {
				return // more than a single fault
			}
			share(t, strided(every(s.worth(straight.passed)), s.sampled(*stride), 0), func(t *testing.T, f Fault) {
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

// sampled is how many faults of the story go by from one that is tried to the next; all are tried when all are asked for.
func (s story) sampled(nth int) int {
	if slow(s.kind) && nth > 1 {
		return 4 * nth
	}
	return nth
}

// worth leaves out most turns of watch where none of them finds more than the one before: it has one each minute.
func (s story) worth(points []Point) []Point {
	return slices.DeleteFunc(slices.Clone(points), func(p Point) bool {
		return p.Function == "watch" && !s.watched && p.N > 6 && p.N%6 != 0
	})
}

// every lists each kind of fault at each point.
func every(points []Point) []Fault {
	var all []Fault
	for _, p := range points {
		for _, k := range p.kinds() {
			all = append(all, Fault{p, k})
		}
	}
	return all
}

func again(t *testing.T) {
	faults, err := Parse(*replay)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(stories, func(s story) bool { return s.name == *storyFlag })
	if i < 0 {
		t.Fatalf("there is no story %q", *storyFlag)
	}
	o := try(t, stories[i], faults)
	for _, v := range o.violations {
		t.Error(v)
	}
	t.Logf("happened: %v\nended after %v\n%s", o.happened, o.took, o.trail)
}
