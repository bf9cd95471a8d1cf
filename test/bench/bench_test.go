package bench

import (
	"testing"
	"testing/synctest"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// What a world costs before anything happens in it: each story, and each schedule of a search, pays it.
func BenchmarkWorld(b *testing.B) {
	for b.Loop() {
		scenario.New(b, scenario.Options{Direct: true, Services: true}).Close()
	}
}

// What a release of four steps costs in a world that stands, with the hours until its end.
func BenchmarkRelease(b *testing.B) {
	inBubble(func() {
		w := scenario.New(b, scenario.Options{Direct: true})
		defer w.Close()
		w.Given(scenario.Canary)
		for i := range b.N {
			if r := w.Ended(w.Requested([]string{"2", "3"}[i%2])); r.End != rollout.Succeeded {
				b.Fatalf("release %d ended %q", i, r.End)
			}
		}
	})
}

// inBubble runs a benchmark in virtual time, which only a test has.
func inBubble(benchmark func()) {
	testing.RunTests(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{{
		Name: "bubble", F: func(t *testing.T) { synctest.Test(t, func(*testing.T) { benchmark() }) },
	}})
}
