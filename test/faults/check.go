package faults

import (
	"fmt"
	"slices"
	"strings"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// check says what of the invariants does not hold when everything should be over.
func check(w *scenario.World, s story, releases []string, ended bool, happened []Fault) []string {
	var v []string
	say := func(format string, args ...any) { v = append(v, fmt.Sprintf(format, args...)) }
	if !ended {
		say("I6: not every release ended within %v", bound)
	}
	stable := "1"
	records := make([]rollout.Release, 0, len(releases))
	for i, id := range releases {
		r, found := w.Recorded(id)
		if !found {
			say("I5: the request of release %d left no record", i+1)
			continue
		}
		records = append(records, r)
		if !slices.Contains(s.ends[i], r.End) && !(r.End == rollout.Succeeded && cameLate(happened)) {
			say("release %d ended %q, want one of %v", i+1, r.End, s.ends[i])
		}
		if told := w.Told(id); len(told) == 0 || told[len(told)-1] != string(r.End) {
			say("I5: people were told %v of a release that ended %s", told, r.End)
		}
	}
	slices.SortFunc(records, func(a, b rollout.Release) int { return a.Epoch - b.Epoch })
	for i, r := range records {
		if i > 0 && r.Epoch == records[i-1].Epoch && r.Epoch > 0 {
			say("I1: two releases held epoch %d", r.Epoch)
		}
		if r.End == rollout.Succeeded {
			stable = r.Revision.Version
		}
	}
	if serves := w.Serves(); serves != stable {
		say("I2: the alias serves %s, want %s", serves, stable)
	}
	return append(v, leftovers(w)...)
}

// cameLate says whether a request came after what the story's people did about it: then the release just goes on.
func cameLate(happened []Fault) bool {
	return slices.ContainsFunc(happened, func(f Fault) bool { return f.Function == "trigger" && f.Kind == Late })
}

// leftovers lists what would hinder the next release or hide from people.
func leftovers(w *scenario.World) []string {
	var v []string
	l := w.Lease()
	if l.Phase == rollout.Held {
		v = append(v, "I6: the lease is still held by "+l.Owner)
	}
	if open := w.Open(); len(open) > 0 {
		v = append(v, "I6: still open: "+strings.Join(open, ", "))
	}
	if waiting := w.Waiting(); waiting > 0 {
		v = append(v, fmt.Sprintf("I6: %d releases still wait in the queue", waiting))
	}
	if running := w.Running(); running > 0 {
		v = append(v, fmt.Sprintf("I6: %d executions still run", running))
	}
	return v
}
