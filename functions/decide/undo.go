package decide

import (
	"cmp"
	"context"
	"fmt"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/rollout"
)

// undo takes a promotion back: inside its revert window by an abort, after that by a new release of the revision that was stable before it.
func (h *handler) undo(ctx context.Context, r rollout.Release, w events.Word, person string) (events.Heard, error) {
	l, err := h.store.Lease(ctx, r.Definition.Target.ID())
	if err != nil {
		return events.Heard{}, err
	}
	u := l.Undo(r, h.Now())
	switch {
	case u.Aborts:
		return h.abort(ctx, r, person, "it is undone: "+cmp.Or(w.Comment, noReason))
	case u.Refusal != nil:
		heard := events.Heard{Says: "The undo does nothing: " + u.Refusal.Reason + ".", Remedy: u.Refusal.Remedy}
		return heard, h.note(ctx, r, "decide", fmt.Sprintf("The undo by %.60q does nothing: %s; %s.", person, u.Refusal.Reason, u.Refusal.Remedy))
	}
	return h.releaseAgain(ctx, r, u.Again, w, person)
}

// mostUndos is how many releases may be asked for to undo one promotion. Those that were not let in count, too.
const mostUndos = 50

// releaseAgain asks for a release of the revision from before a promotion. All that the definition demands holds for it. It says what it mends, so that it
// may begin while a guard alarm is red, if the definition compares it with what serves. Its key is made of the promotion, so that a second try, and a
// second click, find the release of the first.
func (h *handler) releaseAgain(ctx context.Context, r rollout.Release, revision string, w events.Word, person string) (events.Heard, error) {
	request, err := h.former(ctx, r, revision)
	if err != nil {
		return events.Heard{}, err
	}
	request.Requester, request.Fixes = w.By, r.ID
	request.Reason = fmt.Sprintf("Undo of release %s, whose revert window is over: %s", r.ID, cmp.Or(w.Comment, noReason))
	for n := 1; n <= mostUndos; n++ {
		request.Key = fmt.Sprintf("undo %s %d", r.ID, n)
		before, err := h.store.Release(ctx, request.ID(""))
		switch {
		case err == nil && before.Decided(): // it went back, or was not let in
			continue
		case err == nil:
			return undoes(r, before), nil
		case !dynamo.IsNotFound(err):
			return events.Heard{}, err
		}
		made, err := h.requests.Ask(ctx, request, h.Now())
		if err != nil {
			return events.Heard{}, err
		}
		if why := made.Rejection; why != nil {
			return events.Heard{Says: "The undo, release " + made.ID + ", was not let in: " + why.Reason + ".", Remedy: why.Remedy}, nil
		}
		return undoes(r, made), h.note(ctx, r, person, "Undoes this promotion by a new release, "+made.ID+": the revert window is over.")
	}
	why := rollout.Because("it was tried too often", "ask for a release of "+r.Names(revision))
	return h.uncounted(ctx, r, "The undo does nothing: "+why.Reason+".", why.Remedy)
}

// undoes is the answer where a new release undoes a promotion.
func undoes(r, by rollout.Release) events.Heard {
	return events.Heard{Done: true, Says: fmt.Sprintf("The revert window is over, so release %s brings %s again. Its gates, approvals and checks hold as for any release.",
		by.ID, r.Names(r.Stable))}
}

// former is a request for a revision, with what the record of the release that brought it says of where it comes from.
func (h *handler) former(ctx context.Context, r rollout.Release, revision string) (events.ReleaseRequest, error) {
	request := events.ReleaseRequest{Service: r.Service, Revision: revision, Parent: r.Parent}
	recent, err := h.store.Recent(ctx, r.Service, lately)
	for _, one := range recent {
		if v := one.Revision; one.End == rollout.Succeeded && v.Version == revision {
			request.Repository, request.Commit, request.Author = v.Repository, v.Commit, v.Author
			break
		}
	}
	return request, err
}

// lately is how many releases of a service are looked at to find out where a revision comes from.
const lately = 25
