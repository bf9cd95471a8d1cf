package faults

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Act is what a person, an alarm or a clock does in a schedule.
type Act struct {
	At      time.Duration // since the schedule began
	Do      string        // a key of deeds
	Service string
	Version string // of a release
}

// Schedule is a random story: what people and alarms do, and what goes wrong meanwhile.
type Schedule struct {
	Seed   uint64
	Acts   []Act
	Faults []Fault
}

// chances of what happens, besides releases.
var chances = []struct {
	do     string
	weight int
}{{"release", 6}, {"red", 4}, {"stay red", 2}, {"flap", 2}, {"abort", 2}, {"promote", 2}, {"approve", 3}, {"reject", 1}, {"stop", 2}, {"jump", 1}, {"expire", 1}}

// Draw makes the schedule of a seed, for these services. points are where something may go wrong.
func Draw(seed uint64, services []string, points []Point) Schedule {
	r := rand.New(rand.NewPCG(seed, 17))
	s := Schedule{Seed: seed}
	s.act(r, services, 0, "release")
	for range 1 + r.IntN(5) {
		s.act(r, services, time.Duration(r.IntN(35*60))*time.Second, draw(r))
	}
	slices.SortStableFunc(s.Acts, func(a, b Act) int { return int(a.At - b.At) })
	for range 2 + r.IntN(4) {
		p := points[r.IntN(len(points))]
		p.N = 1 + r.IntN(4)
		kinds := p.kinds()
		s.Faults = append(s.Faults, Fault{p, kinds[r.IntN(len(kinds))]})
	}
	return s
}

func (s *Schedule) act(r *rand.Rand, services []string, at time.Duration, do string) {
	s.Acts = append(s.Acts, Act{At: at, Do: do, Service: services[r.IntN(len(services))], Version: strconv.Itoa(2 + r.IntN(2))})
}

func draw(r *rand.Rand) string {
	sum := 0
	for _, c := range chances {
		sum += c.weight
	}
	n := r.IntN(sum)
	for _, c := range chances {
		if n -= c.weight; n < 0 {
			return c.do
		}
	}
	return "release"
}

// String tells the schedule to a person.
func (s Schedule) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "schedule %d\n", s.Seed)
	for _, a := range s.Acts {
		fmt.Fprintf(&b, "  %6s  %s %s", a.At, a.Do, a.Service)
		if a.Do == "release" {
			fmt.Fprintf(&b, " version %s", a.Version)
		}
		b.WriteByte('\n')
	}
	for _, f := range s.Faults {
		fmt.Fprintf(&b, "  fault   %s\n", f)
	}
	return b.String()
}

// Shrink takes acts and faults away as long as the schedule still fails.
func Shrink(s Schedule, fails func(Schedule) bool) Schedule {
	for smaller := true; smaller; {
		smaller = false
		for i := range s.Faults {
			c := s
			c.Faults = slices.Delete(slices.Clone(s.Faults), i, i+1)
			if fails(c) {
				s, smaller = c, true
				break
			}
		}
		for i := range s.Acts {
			c := s
			c.Acts = slices.Delete(slices.Clone(s.Acts), i, i+1)
			if !smaller && len(c.Acts) > 0 && fails(c) {
				s, smaller = c, true
				break
			}
		}
	}
	return s
}
