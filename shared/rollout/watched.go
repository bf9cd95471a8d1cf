package rollout

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Watched is how long the candidate serves before it is promoted and how long the guard watches it afterwards.
func (d Definition) Watched(steps []Step) (before, after time.Duration) {
	for _, s := range steps {
		if s.Weight > 0 {
			before += s.Bake.Std()
		}
	}
	return before, d.RevertWindow.Std()
}

// NoAlarm is the rejection of a release whose guard names an alarm that does not exist.
func NoAlarm(name string) *Rejection {
	return Because(fmt.Sprintf("guard alarm %s does not exist", name), "create it, or take it out of guard.alarms and deploy")
}

// Slow compares the guard alarms with the time in which they can take a release back. reactions is how long something must be wrong
// before each alarm can go red; an alarm that is not in it is quick enough. Slow returns a sentence for each alarm that comes too late,
// and a rejection when all do and nothing else watches: such a release would pass whatever it does.
func (d Definition) Slow(steps []Step, reactions map[string]time.Duration) (said []string, why *Rejection) {
	before, after := d.Watched(steps)
	never := 0
	for _, name := range slices.Sorted(slices.Values(d.Guard.Alarms)) {
		switch r := reactions[name]; {
		case r > before+after:
			never++
			said = append(said, fmt.Sprintf("Guard alarm %s cannot take this release back: it goes red after %s at the earliest, and the candidate is watched for %s.", name, Duration(r), Duration(before+after)))
		case r > before:
			said = append(said, fmt.Sprintf("Guard alarm %s can act only after the promotion, within the revert window: it goes red after %s at the earliest, and the steps bake %s.", name, Duration(r), Duration(before)))
		}
	}
	if never == 0 || never < len(d.Guard.Alarms) || d.Checks.act() {
		return said, nil
	}
	return said, Because("no guard alarm can go red while the candidate is watched. "+strings.TrimSuffix(strings.Join(said, " "), "."),
		"let the steps bake longer, set a revertWindow, let the alarms want fewer periods, or add a check, such as errors: [{}]")
}
