package page_test

import (
	"strings"
	"testing"

	"sluice/shared/page"
	"sluice/shared/rollout"
)

// A step with marked requests has weight 0: the page must not look as if nothing reached the candidate.
func TestMarkedStepIsShownAsSuch(t *testing.T) {
	r := with(sample(), func(r *rollout.Release) {
		r.Steps = append([]rollout.Step{{Weight: rollout.None, Marked: true, Bake: r.Steps[0].Bake}}, r.Steps...)
	})
	h, _ := texts(t, r, page.Visitor{})
	if !strings.Contains(h, "<title>Running with marked requests") || !strings.Contains(h, "marked") {
		t.Errorf("the page says\n%.300s", h)
	}
}
