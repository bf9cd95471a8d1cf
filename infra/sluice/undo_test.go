package main

import (
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// Inside the window, undo is an abort of the promotion; nobody has to know its id.
func TestUndoTakesBackWhatWasPromoted(t *testing.T) {
	scenario.Run(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		says(w, "undo checkout", wrongUse, "nothing of checkout was released in sandbox yet")
		id := w.Requested("2")
		w.AtStep(id, 1)
		says(w, "undo checkout", rejected, "The undo does nothing: it was not promoted yet. What to do: abort it")
		w.Ended(id)
		says(w, "list", done, "Succeeded", "stable: 2")
		says(w, "undo checkout -m odd", done, id+": The release stops.")
		w.Pass(time.Minute)
		r, _ := w.Recorded(id)
		if r.End != rollout.Aborted || !r.Reverted || !strings.Contains(r.Cause.Reason, "it is undone: odd") {
			t.Errorf("ended %s, reverted %v, because of %+v", r.End, r.Reverted, r.Cause)
		}
		says(w, "list", done, "stable: 1")
		says(w, "undo checkout", rejected, "it was not promoted: it has ended (aborted)")
	})
}

// After the window nobody watches the promotion any more: a whole release brings back what was stable, and says that it is an undo.
func TestUndoAfterTheWindowIsAReleaseOfWhatWasStable(t *testing.T) {
	scenario.Run(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		id := w.Requested("2")
		w.Ended(id)
		w.Pass(25 * time.Hour)
		seen, status := spells(w, "undo", "checkout", "-m", "orders are lost")
		if status != done || !strings.Contains(seen, "The revert window is over, so release checkout-") || !strings.Contains(seen, "brings version 1 again") {
			t.Fatalf("exit status %d\n%s", status, seen)
		}
		again, _ := spells(w, "undo", "checkout")
		_, after, _ := strings.Cut(seen, "so release ")
		undo, _, _ := strings.Cut(after, " ")
		if !strings.Contains(again, undo) {
			t.Errorf("said twice, it is another release:\n%s%s", seen, again)
		}
		r := w.Ended(undo)
		if r.End != rollout.Succeeded || r.Revision.Version != "1" || r.Fixes != id || !strings.Contains(r.Reason, "Undo of release "+id) || !strings.Contains(r.Reason, "orders are lost") {
			t.Errorf("ended %s with %+v because of %q", r.End, r.Revision, r.Reason)
		}
		if trail := w.Trail(id); !strings.Contains(trail, "Undoes this promotion by a new release, "+undo) {
			t.Errorf("the record of what was undone:\n%s", trail)
		}
		says(w, "list", done, "stable: 1")
		says(w, "undo "+id, rejected, "release "+undo+" was promoted since")
	})
}
