package main

import (
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// Stop everything, see that it is stopped and why, and undo that: nobody writes JSON.
func TestFreezeIsSetSeenAndLiftedByTheCommandLine(t *testing.T) {
	scenario.Run(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		says(w, "freeze", wrongUse, "a freeze needs a reason")
		says(w, "freeze chekout -m x", wrongUse, "did you mean checkout?")
		says(w, "freeze checkout -m x --until tomorrow", wrongUse, `--until "tomorrow" is no time to come: write 4h, or a time such as`)
		says(w, "freeze checkout -m x", rejected, `nothing of "checkout" was released yet`)
		says(w, "unfreeze", rejected, "Nobody has frozen everything")
		id := w.Requested("2")
		w.AtStep(id, 1)
		says(w, "freeze checkout -m x --until 2000h", rejected, "a freeze may be set for 60 days")
		says(w, "freeze -m network --until 4h", done, "sandbox: No release of everything begins or gets more traffic now.", "Lift it: sluice unfreeze -e sandbox")
		says(w, "list", done, "frozen everything until", "by you: network")
		w.Pass(30 * time.Minute)
		says(w, "list --running", done, "Running at 25 %", "stable: 1")
		says(w, "get checkout", done, "Frozen at 25 %", "frozen everything until", "It stays at 25 %, because")
		says(w, "why checkout", done, "It has not ended: It stays at 25 %")
		says(w, "unfreeze", done, "Releases of everything go on.")
		w.Pass(time.Minute)
		says(w, "list", done, "Running at 50 %")
		if seen, _ := spells(w, "list"); strings.Contains(seen, "frozen") {
			t.Errorf("it still shows a freeze:\n%s", seen)
		}
		if r := w.Ended(id); r.End != rollout.Succeeded {
			t.Errorf("ended %s\n%s", r.End, w.Trail(id))
		}
	})
}
