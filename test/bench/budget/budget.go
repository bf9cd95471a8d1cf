// Package budget lists what Sluice promises of its speed and its size. What measures them prints them beside the figure, and
// docs/architecture.md states both.
package budget

import (
	"fmt"
	"strings"
	"time"
)

// A Budget is a limit that a figure is held against.
type Budget struct {
	What  string
	Limit float64
	Unit  string // written behind the number: "x", " MB"
	Least bool   // the figure is to be as large as the limit or larger; otherwise as small or smaller
	By    string // the command that measures it, where make bench would take too long
}

// The budgets.
var (
	Calls      = Budget{What: "AWS calls from alarm event to traffic restored", Limit: 3}
	GuardStart = Budget{What: "cold start of guard, against a hello handler", Limit: 1.6, Unit: "x"}
	EachGuard  = Budget{What: "cold start of guard, by kind, against a hello handler", Limit: 1.6, Unit: "x"}
	KindStart  = Budget{What: "cold start of guard for one kind, against one with all kinds in", Limit: 1.1, Unit: "x"}
	KindSize   = Budget{What: "zipped guard for one kind, against one with all kinds in", Limit: 1, Unit: "x"}
	Start      = Budget{What: "cold start of the slowest other function", Limit: 2, Unit: "x"}
	Zipped     = Budget{What: "largest zipped function", Limit: 5, Unit: " MB"}
	NewMachine = Budget{What: "new machine, empty caches: make run to the first release", Limit: 2, Unit: " min", By: "go test ./test/bench -run FirstRelease -empty -v"}
	Warm       = Budget{What: "warm: make run to the first release", Limit: 5, Unit: " s"}
	Looks      = Budget{What: "one minute's looks of 1,000 baking releases, virtual time", Limit: 30, Unit: " s", By: "make load"}
	Throughput = Budget{What: "simulated releases per second and core, 4 steps each", Limit: 200, Least: true}
	Crowd      = Budget{What: "cost of a release among 10,000, against among 10", Limit: 1.1, Unit: "x", By: "make load"}
	Services   = Budget{What: "services in one engine, AWS's limits enforced", Limit: 300, Least: true, By: "go test -count=1 ./test/engine -run ThreeHundred -v"}
	FirstTests = Budget{What: "make test on 2 cores, empty cache", Limit: 10, Unit: " min", By: "GOCACHE=/tmp/empty make test"}
	Tests      = Budget{What: "make test on 2 cores, warm", Limit: 4, Unit: " min", By: "GOFLAGS=-count=1 make test"}
)

// Transitions are those of a healthy release of N steps. A move that its service carries out for a while takes one more wait, or two when it takes longer than those
// before it.
func Transitions(steps, slow int) Budget {
	b := Budget{What: fmt.Sprintf("transitions of a healthy release of %d steps, 3N + 4", steps), Limit: float64(3*steps + 4)}
	if slow > 0 {
		b.What, b.Limit = fmt.Sprintf("transitions where moves take a while, 3N + 4 and 6 for each such move: %d steps, %d moves", steps, slow), b.Limit+float64(6*slow)
	}
	return b
}

// Last is when the last request may meet the candidate: at once where a request is routed by itself, and later where clients or edges remember.
func Last(within time.Duration) Budget {
	return Budget{What: "virtual seconds from alarm to the last request that met the candidate", Limit: within.Seconds(), Unit: " s"}
}

// All are they, in the order in which they are printed.
var All = []Budget{Calls, Last(time.Second), Transitions(4, 0), Transitions(4, 4), GuardStart, EachGuard, KindStart, KindSize, Start, Zipped, NewMachine, Warm, Looks, Throughput, Crowd, Services, FirstTests, Tests}

// String is the limit: "<= 1.6x".
func (b Budget) String() string {
	sign := "<="
	if b.Least {
		sign = ">="
	}
	return fmt.Sprintf("%s %v%s", sign, b.Limit, b.Unit)
}

// Missed says whether a figure breaks the budget.
func (b Budget) Missed(figure float64) bool {
	if b.Least {
		return figure < b.Limit
	}
	return figure > b.Limit
}

// Row is a figure beside its budget. Of what it was measured is added where that matters: "console".
func (b Budget) Row(figure float64, of ...string) string {
	budget := b.String()
	if b.Missed(figure) {
		budget += ": missed"
	}
	return row(strings.Join(append([]string{b.What}, of...), ": "), b.number(figure), budget)
}

// Elsewhere is the row of a budget that another command measures.
func (b Budget) Elsewhere() string { return row(b.What, "", b.String()+" by "+b.By) }

// Heading is the row above all others.
func Heading() string { return row("what", "measured", "budget") }

func row(what, measured, budget string) string {
	return fmt.Sprintf("%-66s %10s  %s", what, measured, budget)
}

// number is written as exactly as its unit deserves: what has none is counted.
func (b Budget) number(figure float64) string {
	switch b.Unit {
	case "":
		return fmt.Sprintf("%.0f", figure)
	case "x":
		return fmt.Sprintf("%.2f", figure) + b.Unit
	}
	return fmt.Sprintf("%.1f", figure) + b.Unit
}
