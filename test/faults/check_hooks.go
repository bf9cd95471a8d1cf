package faults

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// strays lists hooks that run although their release has ended and nobody looks after them.
func strays(records []rollout.Release) (v []string) {
	for _, r := range records {
		for _, h := range r.Definition.Hooks {
			if r.Waits(h) && h.After == "" {
				v = append(v, fmt.Sprintf("hook %s of %s still runs", h.Name, r.ID))
			}
		}
	}
	return v
}

// carried lists parameters that are not what the releases say that carried them, in the order in which they had the target: those that were promoted
// leave what they brought, the others what was there.
func carried(w *scenario.World, records []rollout.Release) (v []string) {
	want := map[string]string{}
	for _, r := range records {
		if r.Served || r.Epoch == 0 { // there was nothing to do, or it never had the target
			continue
		}
		for _, c := range r.Carried {
			if _, known := want[c.Parameter]; !known {
				want[c.Parameter] = cmp.Or(c.Was, "none")
			}
			if r.End == rollout.Succeeded {
				want[c.Parameter] = c.Becomes
			}
		}
	}
	for _, parameter := range slices.Sorted(maps.Keys(want)) {
		if got, _, _ := strings.Cut(w.Parameter(parameter), " at "); got != want[parameter] {
			v = append(v, fmt.Sprintf("%s is %s, want %s", parameter, got, want[parameter]))
		}
	}
	return v
}

// staysBehind lists stages that did not go back with their release, though the record says so, and those that went back twice.
func staysBehind(w *scenario.World, records []rollout.Release) (v []string) {
	for _, r := range records {
		for _, h := range r.Definition.Hooks {
			if h.Stage == nil || r.End != rollout.RolledBack || r.Epoch == 0 { // it never began
				continue
			}
			if n := w.StageRollbacks(); n != 1 {
				v = append(v, fmt.Sprintf("stage %s went back %d times, want once", h.Stage, n))
			}
		}
	}
	return v
}
