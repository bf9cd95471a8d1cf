package gates

import (
	"fmt"

	"sluice/shared/rollout"
)

// Changes says what has changed since the last look, a sentence for each gate: the audit trail holds changes, not looks.
func Changes(before, after []rollout.Gate) []string {
	known := map[string]rollout.Gate{}
	for _, g := range before {
		known[g.Name] = g
	}
	var said []string
	for _, g := range after {
		if old := known[g.Name]; old.Verdict != g.Verdict || old.Why != g.Why {
			said = append(said, fmt.Sprintf("Gate %s %s: %s", g.Name, state(g), g.Why))
		}
	}
	return said
}

func state(g rollout.Gate) string {
	switch {
	case g.Verdict == rollout.GatePass:
		return "is open"
	case g.Verdict == rollout.GateFail:
		return "failed"
	case g.Run != nil:
		return "waits"
	}
	return "is shut"
}
