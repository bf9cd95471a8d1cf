package differential

import (
	"encoding/json"
	"fmt"
	"slices"

	"sluice/shared/rollout"
)

// An outcome is what a task does when it is invoked once.
type outcome struct {
	Answer *rollout.Cursor `json:"answer,omitempty"` // it returns this
	Error  string          `json:"error,omitempty"`  // it fails with this name; neither: nobody ever answers
}

// A walk is one way through the state machine: what each task does, call by call. The last outcome is repeated.
type walk struct {
	Name  string                      `json:"name"`
	Tasks map[rollout.State][]outcome `json:"tasks"`
}

// A trace is what an interpreter did on a walk.
type trace struct {
	Path   []rollout.State                    `json:"path"`
	Calls  map[rollout.State][]map[string]any `json:"calls"` // what each task was given, call by call
	Status string                             `json:"status"`
	Error  string                             `json:"error,omitempty"`
	Output json.RawMessage                    `json:"output,omitempty"`
}

// What an edge with the reason "error" is brought about by, in turn: each must use up its retries first. Times is how
// often the error is answered until its retrier gives up, as infra/release.asl.json says it.
var failures = []struct {
	name  string
	times int
}{
	{"Boom", 4},
	{"Lambda.ServiceException", 7},
	{"Lambda.TooManyRequestsException", 7},
	{"States.Permissions", 4},
}

// walks enumerates every way from Plan to the end of a Settle over the transition table that takes no edge more than twice
// and is not longer than most edges. Those that come back from Settle do so in the first half. The table is compared with the machine by test/arch, so none of its ways is left out.
func walks(most int) []walk {
	var all []walk
	var taken []rollout.Edge
	var from func(s rollout.State)
	from = func(s rollout.State) {
		if s == rollout.StateSettle {
			all = append(all, script(len(all), taken))
		}
		for _, e := range rollout.Edges {
			if e.From != s || len(taken) == most || count(taken, e) == 2 || e.From == rollout.StateSettle && len(taken) > most/2 || strays(taken, e) {
				continue
			}
			taken = append(taken, e)
			from(e.To)
			taken = taken[:len(taken)-1]
		}
	}
	from(rollout.StatePlan)
	return all
}

// strays says whether an edge mixes an execution that leads a release with one that sees to hooks after the end: the one never comes to After, and the
// other comes there from Admit and to nothing else.
func strays(taken []rollout.Edge, e rollout.Edge) bool {
	if e.From != rollout.Choose {
		return false
	}
	past := slices.ContainsFunc(taken, func(t rollout.Edge) bool { return t.To == rollout.StateAfter })
	if past {
		return e.To != rollout.StateAfter && e.To != rollout.StateSettle && e.To != rollout.StateRollback
	}
	return e.To == rollout.StateAfter && (len(taken) != 2 || taken[1].From != rollout.StateAdmit)
}

func count(edges []rollout.Edge, e rollout.Edge) int {
	n := 0
	for _, other := range edges {
		if other == e {
			n++
		}
	}
	return n
}

// script makes the tasks do what leads over the edges. Every other success comes after a failure that a retry mends.
func script(n int, edges []rollout.Edge) walk {
	w := walk{Tasks: map[rollout.State][]outcome{}}
	for i, e := range slices.Concat(edges, []rollout.Edge{{From: rollout.StateSettle, Why: "done"}}) {
		if e.From == rollout.Choose {
			continue
		}
		w.Name += fmt.Sprintf("%s:%s ", e.From, e.Why)
		w.Tasks[e.From] = append(w.Tasks[e.From], outcomes(e, ahead(edges, i), n+i)...)
	}
	w.Name = w.Name[:len(w.Name)-1]
	return w
}

// ahead is what the choice after an edge is meant to find in next.
func ahead(edges []rollout.Edge, i int) rollout.Next {
	if i+1 < len(edges) && edges[i+1].From == rollout.Choose {
		return rollout.Next(edges[i+1].Why)
	}
	return rollout.Undecided
}

func outcomes(e rollout.Edge, next rollout.Next, n int) []outcome {
	failure := failures[n%len(failures)]
	switch e.Why {
	case "time-out":
		return []outcome{{}}
	case "error":
		if e.From == rollout.StateSettle { // it leads on for one error alone, at once
			return []outcome{{Error: rollout.MovingError}}
		}
		times := failure.times
		if e.From == rollout.StateRollback { // it is retried far longer
			times = 61
		}
		return slices.Repeat([]outcome{{Error: failure.name}}, times)
	}
	answer := outcome{Answer: &rollout.Cursor{Release: "r", Step: n % 3, Next: next, Seconds: 60 + n%7}}
	if n%2 == 0 {
		return []outcome{answer}
	}
	return []outcome{{Error: failure.name}, answer}
}
