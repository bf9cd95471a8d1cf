package rollout

import (
	"strings"
	"testing"
	"time"
)

// A release whose only alarm is slower than its bakes passes with a candidate that fails always.
func TestReleaseThatNoAlarmCanTakeBackIsRefused(t *testing.T) {
	bakes := func(bake time.Duration) []Step {
		return []Step{{Weight: 0, Bake: Duration(time.Hour)}, {Weight: 1000, Bake: Duration(bake)}, {Weight: 5000, Bake: Duration(bake)}, {Weight: All}}
	}
	five := map[string]time.Duration{"slow": 5 * time.Minute}
	for name, test := range map[string]struct {
		d       Definition
		bake    time.Duration
		says    string
		refused bool
	}{
		"bakes that are too short":      {Definition{Guard: Guard{Alarms: []string{"slow"}}}, time.Minute, "cannot take this release back: it goes red after 5m at the earliest, and the candidate is watched for 2m", true},
		"bakes that are long enough":    {Definition{Guard: Guard{Alarms: []string{"slow"}}}, 150 * time.Second, "", false},
		"a revert window that helps":    {Definition{Guard: Guard{Alarms: []string{"slow"}}, RevertWindow: Duration(time.Hour)}, time.Minute, "only after the promotion", false},
		"another alarm that is quick":   {Definition{Guard: Guard{Alarms: []string{"slow", "quick"}}}, time.Minute, "cannot take this release back", false},
		"a check beside it":             {Definition{Guard: Guard{Alarms: []string{"slow"}}, Checks: Checks{Errors: []Compared{{}}}}, time.Minute, "cannot take this release back", false},
		"a check that is a dry run":     {Definition{Guard: Guard{Alarms: []string{"slow"}}, Checks: Checks{Errors: []Compared{{DryRun: true}}}}, time.Minute, "cannot take this release back", true},
		"no alarm, and a check instead": {Definition{Checks: Checks{Errors: []Compared{{}}}}, time.Minute, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			said, why := test.d.Slow(bakes(test.bake), five)
			if text := strings.Join(said, " "); !strings.Contains(text, test.says) || (test.says == "") != (text == "") {
				t.Errorf("it says %q, want %q", text, test.says)
			}
			if (why != nil) != test.refused {
				t.Errorf("the rejection is %v, want one: %v", why, test.refused)
			}
			if why != nil && strings.HasSuffix(why.Reason, ".") {
				t.Errorf("the reason %q ends its sentence, and whoever says it does so, too", why.Reason)
			}
		})
	}
}
