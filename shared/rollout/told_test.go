package rollout

import "testing"

// A step may fail before the release knows what is stable: then there is nothing to go back to.
func TestWhatGoesBackIsNamedOnceItIsKnown(t *testing.T) {
	f := Fence{Reason: "a step failed."}
	for stable, want := range map[string]string{
		"1": "All traffic goes back to version 1: a step failed.",
		"":  "The release ends before it has moved any traffic: a step failed.",
	} {
		if got := (Release{}).Returns(stable, f); got != want {
			t.Errorf("stable %q: it says %q, want %q", stable, got, want)
		}
	}
}
