package scenario

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
)

// promotedLongAgo is a promotion whose revert window is over.
func (w *World) promotedLongAgo(definition string) (id string) {
	w.T.Helper()
	w.Given(definition)
	id = w.Requested("2")
	w.Asks(id, 3)
	w.Answered(id, "grace", events.Approve)
	if r := w.Ended(id); r.End != rollout.Succeeded {
		w.T.Fatalf("ended %s", r.End)
	}
	w.Pass(2 * time.Hour)
	return id
}

// The people of the definition may undo, and whom it does not name may not; what an undo does needs the approvals of any release.
func TestUndoCountsFromThePeopleOfTheDefinitionAlone(t *testing.T) {
	Run(t, func(w *World) {
		w.Hires()
		id := w.promotedLongAgo(signing)
		out, status := w.Commands("linus", events.Order{Do: events.Undo, Release: id, Comment: "orders are lost"})
		if status != http.StatusOK || !strings.Contains(out.Says, "brings version 1 again") {
			t.Fatalf("%d, %+v", status, out)
		}
		w.Pass(time.Minute)
		undo := events.ReleaseRequest{Service: Service, Revision: "1", Key: "undo " + id + " 1"}.ID("")
		w.Asks(undo, 3)
		asked := w.recorded(undo).Asked
		answer := events.Order{Do: events.Approve, Release: undo, Step: asked.Step, Digest: asked.Digest}
		if out, status := w.Commands("another", answer); status != http.StatusConflict || !strings.Contains(out.Says, "linus started the release") {
			t.Errorf("who undoes approves: %d, %+v", status, out)
		}
		w.Answered(undo, "grace", events.Approve)
		if r := w.Ended(undo); r.End != rollout.Succeeded || w.Serves() != "1" {
			t.Errorf("ended %s", r.End)
		}
	})
}

// On the page, too: the definition's people see the button, and what it does is what the command does.
func TestPageTakesAPromotionBack(t *testing.T) {
	for name, row := range map[string]struct {
		after time.Duration
		want  string
	}{
		"inside its window": {10 * time.Minute, "it is undone: orders are lost"},
		"after its window":  {2 * time.Hour, "Undoes this promotion by a new release"},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Given(Asking)
				id := w.Requested("2")
				w.Asks(id, 3)
				w.Answered(id, "grace", events.Approve)
				w.Ended(id)
				w.Pass(row.after)
				w.Browser().Opens(w.Invited(id)).Continues().Presses("undo", "orders are lost")
				w.Pass(time.Minute)
				if trail := w.Trail(id); !strings.Contains(trail, row.want) {
					t.Errorf("the record does not say %q:\n%s", row.want, trail)
				}
			})
		})
	}
}

// Somebody who may call the address, and whom the definition does not name, takes nothing back while it names others.
func TestStrangersUndoDoesNothing(t *testing.T) {
	Run(t, func(w *World) {
		w.Hires()
		id := w.promotedLongAgo(with(signing, "role/"+Operators, "role/others"))
		out, status := w.Commands("linus", events.Order{Do: events.Undo, Release: id})
		if status != http.StatusConflict || !strings.Contains(out.Says, "undo by") || !strings.Contains(out.Remedy, "people of the definition") {
			t.Errorf("%d, %+v", status, out)
		}
		w.Pass(10 * time.Minute)
		if got := w.Serves(); got != "2" {
			t.Errorf("it was undone: %s serves", got)
		}
	})
}
