package cloudwatch_test

import (
	"testing"
	"time"

	"sluice/shared/cloudwatch"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
)

// A service that is young has no whole hour yet: what it counts is not taken for nothing. Later whole hours alone count, because half of one is little.
func TestHourThatRunsCountsForAYoungServiceAlone(t *testing.T) {
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, box *sandbox.Sandbox) {
		d := ceilings(rollout.Ceiling{Percent: 5, Errors: 1, Requests: 10}).WithDefaults()
		hours := func() []float64 {
			found, unread := w.Hours(t.Context(), d, "41", time.Now())
			if len(unread) > 0 || len(found) != 1 {
				t.Fatalf("%v, %v", found, unread)
			}
			for _, one := range found {
				return one
			}
			return nil
		}
		time.Sleep(time.Until(time.Now().Truncate(time.Hour).Add(time.Hour)))
		if got := hours(); len(got) != 0 {
			t.Errorf("before anything is counted: %v", got)
		}
		serving(box, 30)
		if got := hours(); len(got) != 1 || got[0] < 110 || got[0] > 130 {
			t.Errorf("after half an hour with 60 requests: %v", got)
		}
		serving(box, 45)
		if got := hours(); len(got) != 1 || got[0] != 120 {
			t.Errorf("after an hour and a quarter: %v", got)
		}
	})
}
