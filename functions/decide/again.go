package decide

import (
	"context"
	"fmt"
	"time"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/rollout"
)

// patience is how long people are left alone after they were asked.
const patience = 5 * time.Minute

// askAgain sends the open question once more to those whom it asks: a mail, and a mention in Slack. The record is written first, so of several
// people who ask again at the same time one is heard.
func (h *handler) askAgain(ctx context.Context, r rollout.Release, person string) (events.Heard, error) {
	a := r.Asks()
	if a == nil {
		return events.Heard{Says: "Nobody is asked again: the release asks nothing now.", Remedy: "look at how it stands: sluice get " + r.Service}, nil
	}
	now := h.Now()
	if wait := rollout.Later(r.Asked.Since, r.Asked.Again).Add(patience).Sub(now); wait > 0 {
		return events.Heard{Says: fmt.Sprintf("Nobody is asked again: %s were asked less than %s ago.", a.Asked(), rollout.Duration(patience)), Remedy: fmt.Sprintf("wait %s, or talk to them", rollout.Duration(wait.Round(time.Second)))}, nil
	}
	said := fmt.Sprintf("%s asks again. %s", rollout.Sentence(rollout.Briefly(person)), r.Waiting(*a))
	asked, err := h.store.AskedAgain(ctx, r, now, rollout.Line{At: now, Who: person, What: said})
	if dynamo.IsConflict(err) {
		return events.Heard{Says: "Nobody is asked again: it was answered, or somebody else asked again, this very moment.", Remedy: "look at how it stands: sluice get " + r.Service}, nil
	}
	if err != nil {
		return events.Heard{}, err
	}
	if err := h.bus.Tell(ctx, events.ReleaseWaiting, eventbridge.Question(asked, *a, said, now)); err != nil {
		return events.Heard{}, err
	}
	return events.Heard{Done: true, Says: fmt.Sprintf("%s asked again, until %s.", are(*a), r.Asked.Until.UTC().Format("2 Jan 15:04 MST"))}, nil
}

// are says that those who are asked are asked.
func are(a rollout.Approval) string {
	if len(a.From) == 1 && a.SlackTeam == "" {
		return a.Asked() + " is"
	}
	return a.Asked() + " are"
}
