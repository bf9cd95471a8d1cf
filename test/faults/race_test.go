package faults

import (
	"flag"
	"fmt"
	"testing"
	"time"
)

var orders = flag.Int("orders", 25, "how many orders of each race to run, a fifth of that where worlds take long; 0 runs all of them, or as many as the race allows")

// Each race is run in every order that its calls could have: make faults; the first 25 of them otherwise.
func TestNoInterleavingBreaksAnInvariant(t *testing.T) {
	for _, x := range races {
		t.Run(x.label(), func(t *testing.T) {
			t.Parallel()
			begun := time.Now()
			e, runs := &explorer{}, 0
			for more := true; more && !t.Failed() && !enough() && !x.enough(runs, *orders, *thorough); more = e.advance() {
				runs++
				violations, trail := x.run(t, e)
				for _, v := range violations {
					violation(t, "%s, in this order:\n%s\n%s", v, e, trail)
				}
			}
			if runs < 2 && !t.Failed() && !enough() {
				t.Errorf("one order only: its rivals never meet, so it shows nothing")
			}
			fmt.Printf("race of %s: %d interleavings, %.0f s\n", x.name, runs, time.Since(begun).Seconds())
		})
	}
}
