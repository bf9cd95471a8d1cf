package stage

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/events"
	"sluice/shared/rollout"
)

// The state machine knows three states, waits for the seconds that it is told, and hands the release on from turn to turn.
func TestStateMachineIsToldWhatToDo(t *testing.T) {
	asked := events.StageRequest{Service: "checkout", Revision: "7"}
	known := followed{First: "shop-1", Release: "checkout-0123456789ab"}
	for name, test := range map[string]struct {
		release *rollout.Release
		waited  time.Duration
		want    turned
	}{
		"nobody has begun it": {nil, time.Minute, turned{State: waits, Seconds: 30, Release: known.Release}},
		"it runs":             {of(func(*rollout.Release) {}), 2 * time.Hour, turned{State: waits, Seconds: 120, Release: known.Release}},
		"it runs for a day":   {of(func(*rollout.Release) {}), 25 * time.Hour, turned{State: waits, Seconds: 300, Release: known.Release}},
		"it runs for a week":  {of(func(*rollout.Release) {}), ofTurn.most, turned{State: failed, Error: string(types.FailureTypeJobFailed), Release: known.Release}},
		"it has succeeded":    {of(ended(rollout.Succeeded)), time.Hour, turned{State: succeeded, Release: known.Release, End: "succeeded", Revision: "7", URL: "https://page/"}},
		"it went back":        {of(ended(rollout.RolledBack)), time.Hour, turned{State: failed, Error: string(types.FailureTypeJobFailed), Release: known.Release}},
	} {
		c := course{wanted: asked, followed: known, patience: ofTurn, release: test.release, now: now}
		c.followed.Since = now.Add(-test.waited)
		got := turnedBy(c.answer(), test.waited)
		if got.Says == "" {
			t.Errorf("%s: it says nothing", name)
		}
		if got.Says = ""; got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}
