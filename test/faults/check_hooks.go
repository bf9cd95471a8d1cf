package faults

import (
	"fmt"
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

// carried lists parameters that are not what the end of the last release that carried them says.
func carried(w *scenario.World, records []rollout.Release) (v []string) {
	for _, r := range records {
		for _, c := range r.Carried {
			want := c.Was
			if r.End == rollout.Succeeded {
				want = c.Becomes
			}
			if want == "" {
				want = "none"
			}
			if got, _, _ := strings.Cut(w.Parameter(c.Parameter), " at "); got != want {
				v = append(v, fmt.Sprintf("%s is %s, and %s ended %s: want %s", c.Parameter, got, r.ID, r.End, want))
			}
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
