package faults

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// tally counts what was tried, for the report.
type tally struct {
	what       string // "single faults"
	mu         sync.Mutex
	kinds      map[Kind]int
	calls      map[string]int
	violations int
	longest    time.Duration
	slowest    Fault
}

func newTally(what string) *tally {
	return &tally{what: what, kinds: map[Kind]int{}, calls: map[string]int{}}
}

func (t *tally) count(f Fault, o outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kinds[f.Kind]++
	t.calls[f.Operation]++
	t.violations += len(o.violations)
	if o.took > t.longest {
		t.longest, t.slowest = o.took, f
	}
}

// String is the report.
func (t *tally) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var b strings.Builder
	b.WriteString(t.what + " by kind:")
	total := 0
	for _, k := range slices.Sorted(maps.Keys(t.kinds)) {
		fmt.Fprintf(&b, "  %s %d", k, t.kinds[k])
		total += t.kinds[k]
	}
	b.WriteString("\n" + t.what + " by call:")
	for _, c := range slices.SortedFunc(maps.Keys(t.calls), func(a, b string) int { return cmp.Or(t.calls[b]-t.calls[a], cmp.Compare(a, b)) }) {
		fmt.Fprintf(&b, "  %s %d", c, t.calls[c])
	}
	fmt.Fprintf(&b, "\n%d %s, %d violations; the longest story took %v of virtual time (%s)\n", total, t.what, t.violations, t.longest.Round(time.Second), t.slowest)
	return b.String()
}
