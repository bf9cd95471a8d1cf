package scenario_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/scenario"
)

// unheard loses what services tell of their moves.
func unheard(ctx context.Context, h sandbox.Hop, next func(context.Context) error) error {
	if strings.HasSuffix(h.Target, "-progress") {
		return nil
	}
	return next(ctx)
}

// The service's event ends the wait for the way back; without it the next look is two minutes away.
func TestWayBackOfAStackIsOverWhenCloudFormationSaysSo(t *testing.T) {
	for name, story := range map[string]struct {
		after  time.Duration // since the request; the promotion is at 21 minutes
		hop    scenario.Hop
		within time.Duration // until the release is over
	}{
		"in the monitoring time":                        {10 * time.Minute, nil, 40 * time.Second},
		"in the monitoring time, but nobody tells":      {10 * time.Minute, unheard, 150 * time.Second},
		"inside the revert window":                      {time.Hour, nil, 50 * time.Second},
		"inside the revert window, but nobody tells it": {time.Hour, unheard, 150 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			scenario.RunWith(t, scenario.Options{Kind: scenario.Stacks{}, Hop: story.hop}, func(w *scenario.World) {
				w.Given(unasked)
				w.Shoppers(60)
				id := w.Requested("2")
				w.Pass(story.after)
				asked := time.Now()
				w.Aborted(id)
				w.Pass(10 * time.Second) // it goes back by then
				r := w.Ended(id)
				ends(w, r, rollout.Aborted, w.Revision("1"))
				took := r.Ended.Sub(asked)
				t.Logf("over after %v by the path %s", took, w.Path(r))
				if took > story.within || story.hop != nil && took < time.Minute {
					t.Errorf("it was over after %v, want %v at most; its story:\n%s", took, story.within, scenario.Story(r))
				}
			})
		})
	}
}
