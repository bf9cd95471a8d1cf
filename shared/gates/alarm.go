package gates

import (
	"fmt"
	"time"

	"sluice/shared/rollout"
)

// A Silence is a guard alarm whose actions do not run.
type Silence struct {
	Alarm string
	By    string    // what silences it: "mute rule maintenance", "its suppressor"
	Until time.Time // zero: not known
}

// Unmuted is the gate that is shut while a guard alarm is silenced. It stays shut until the last silence ends.
func Unmuted(silent []Silence) rollout.Gate {
	const name = "unmuted"
	if len(silent) == 0 {
		return pass(name, "No guard alarm is muted or suppressed.")
	}
	last := silent[0]
	for _, s := range silent[1:] {
		if s.Until.IsZero() || !last.Until.IsZero() && s.Until.After(last.Until) {
			last = s
		}
	}
	why := fmt.Sprintf("Guard alarm %s is silenced by %s, so it would not bring the release back", last.Alarm, last.By)
	if !last.Until.IsZero() {
		why += ", until " + moment(last.Until.UTC())
	}
	return shut(name, sentence(why), last.Until)
}
