package command

import (
	"context"
	"net/http"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/start"
)

// open makes a link to look with. It names nobody: with the key that names people, whoever has this function's role could sign links as anybody. What the
// caller has to say, they say at the command line.
func (h *handler) open(ctx context.Context, release string) (start.Answer, error) {
	if release != "" {
		if _, err := h.store.Release(ctx, release); dynamo.IsNotFound(err) {
			return noRelease(release), nil
		} else if err != nil {
			return start.Answer{}, err
		}
	}
	link, err := h.links.To(ctx, h.console, release)
	switch {
	case err != nil:
		return start.Answer{}, err
	case link == "":
		return refuse(http.StatusConflict, "the pages are not set up", `put a key into the secret that signs links: docs/operations.md, "The release page"`), nil
	}
	a := answer(events.Outcome{Heard: events.Heard{Done: true, Says: "The link lets a browser in, to look."}, Release: release, Link: link})
	a.Note = "made a link"
	return a, nil
}

func noRelease(id string) start.Answer {
	return refuse(http.StatusNotFound, "there is no release "+id, "sluice list shows those that there are")
}
