package slack_test

import (
	"strings"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

var told = strings.Replace(scenario.Canary, `"guard"`, `"slack":{"channel":"`+scenario.Channel+`"},"guard"`, 1)

// begun is a world with a release that was told of nowhere yet.
func begun(t *testing.T, test func(w *byhand.World, id string)) {
	byhand.RunWith(t, scenario.Options{}, told, func(w *byhand.World) {
		test(w, w.Begun("2").ID)
	})
}

func event(id string) any {
	return byhand.Event(events.ReleaseStarted, events.Release{Release: id, Service: scenario.Service})
}

func TestSameEventTwiceChangesTheMessageAndAddsNothing(t *testing.T) {
	begun(t, func(w *byhand.World, id string) {
		w.Does("slack", event(id))
		before := w.Slack.Messages()
		w.Does("slack", event(id))
		if after := w.Slack.Messages(); len(before) != 2 || len(after) != 2 {
			t.Errorf("%d messages, then %d, want a message and its thread", len(before), len(after))
		}
	})
}

// Two events come at once: the one that is second leaves word, and says nothing itself.
func TestOneWriterAtATime(t *testing.T) {
	begun(t, func(w *byhand.World, id string) {
		other, err := w.Store.TakeThread(w.T.Context(), dynamo.InSlack, id, "another", time.Now(), time.Now().Add(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		w.Does("slack", event(id))
		if n := len(w.Slack.Messages()); n != 0 {
			t.Errorf("%d messages were written beside another writer", n)
		}
		if err := w.Store.LeaveThread(w.T.Context(), dynamo.InSlack, id, other); !dynamo.IsConflict(err) {
			t.Errorf("the other writer may go: %v; the word that was left is lost", err)
		}
	})
}

func TestWriterThatDiedIsFollowedByAnother(t *testing.T) {
	begun(t, func(w *byhand.World, id string) {
		if _, err := w.Store.TakeThread(w.T.Context(), dynamo.InSlack, id, "another", time.Now(), time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		w.Pass(2 * time.Minute)
		w.Does("slack", event(id))
		if n := len(w.Slack.Messages()); n != 2 {
			t.Errorf("%d messages, want a message and its thread", n)
		}
	})
}

func TestSlackThatIsDownIsAnErrorToTryAgain(t *testing.T) {
	begun(t, func(w *byhand.World, id string) {
		w.Slack.Fails(1)
		w.Refuses("slack", event(id), "503")
	})
}

func TestReleaseOfNobodyIsIgnored(t *testing.T) {
	begun(t, func(w *byhand.World, _ string) {
		w.Does("slack", event("checkout-000000000000"))
		if n := len(w.Slack.Messages()); n != 0 {
			t.Errorf("%d messages about nothing", n)
		}
	})
}

// Nobody tries the first event again: the next one must not leave its news to it.
func TestNextEventDoesNotWaitForAWriterThatGaveUp(t *testing.T) {
	begun(t, func(w *byhand.World, id string) {
		w.Slack.Fails(1)
		w.Refuses("slack", event(id), "503")
		w.Pass(5 * time.Second)
		w.Does("slack", event(id))
		if n := len(w.Slack.Messages()); n != 2 {
			t.Errorf("%d messages, want a message and its thread", n)
		}
	})
}
