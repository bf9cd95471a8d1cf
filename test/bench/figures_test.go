package bench

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/bench/budget"
	"sluice/test/scenario"
)

var figures = flag.Bool("figures", false, "measure and print the figures (make bench)")

// TestFigures prints every budget with what was measured, or with the command that measures it. It judges nothing: times depend on the machine.
func TestFigures(t *testing.T) {
	if !*figures {
		t.Skip("measures for minutes: make bench")
	}
	fmt.Println(budget.Heading())
	calls(t)
	transitions(t)
	besideECS(t)
	functions(t)
	firstRelease(t, os.Environ()) // compiles what has changed
	fmt.Println(budget.Warm.Row(firstRelease(t, os.Environ()).Seconds()))
	throughput(t)
	for _, b := range budget.All {
		if b.By != "" {
			fmt.Println(b.Elsewhere())
		}
	}
}

func calls(t *testing.T) {
	for _, c := range scenario.Contenders() {
		scenario.RunWith(t, scenario.Options{Kind: c.Kind}, func(w *scenario.World) {
			back := c.BackByAlarm(w)
			fmt.Println(budget.Calls.Row(float64(back.Calls), c.Name))
			fmt.Println(budget.Last(c.Within).Row(back.Meets.Seconds(), c.Name))
		})
	}
}

func transitions(t *testing.T) {
	for _, c := range scenario.Contenders() {
		scenario.RunWith(t, scenario.Options{Kind: c.Kind}, func(w *scenario.World) {
			n, steps := c.Promoted(w)
			fmt.Println(budget.Transitions(steps, c.Slow(steps)).Row(float64(n), c.Name))
		})
	}
}

// besideECS prints how the same bad task definitions end by ECS alone and by Sluice over ECS.
func besideECS(t *testing.T) {
	for _, oneOf := range []int{1, 2, 10} {
		for _, r := range scenario.Rivals() {
			m := new(scenario.Meter)
			scenario.RunWith(t, m.Options(scenario.OnECS{}), func(w *scenario.World) {
				fmt.Printf("a task definition that fails one request in %d, by %s: %v\n", oneOf, r.Name, r.Release(w, m, oneOf))
			})
		}
	}
}

const releases = 300

// throughput runs whole releases one after the other on one core: real time, measured outside the bubble of virtual time.
func throughput(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // a simulation is short-lived; memory is cheaper than its time
	begun := time.Now()
	ended := 0
	scenario.RunWith(t, scenario.Options{Direct: true}, func(w *scenario.World) {
		w.Given(scenario.Canary)
		for i := range releases {
			if r := w.Ended(w.Requested([]string{"2", "3"}[i%2])); r.End == rollout.Succeeded {
				ended++
			}
		}
	})
	if ended != releases {
		t.Fatalf("%d of %d releases succeeded", ended, releases)
	}
	fmt.Println(budget.Throughput.Row(releases / time.Since(begun).Seconds()))
}
