package decide

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/rollout"
)

// freezes carries out a word about a freeze. The people of a service's definition may freeze it; where the definition names nobody for the command line,
// so may whoever IAM lets speak, because stopping is the safe direction. A freeze of everything counts from whoever IAM lets speak, and from
// nobody else (docs/adr/0052).
func (h *handler) freezes(ctx context.Context, w events.Word) (events.Heard, error) {
	if w.Service == "" {
		if w.How != rollout.ByIAM {
			return events.Heard{Says: "It does not count: everything is frozen, and let go on, at the command line alone.", Remedy: "type sluice freeze, or sluice unfreeze"}, nil
		}
		return h.carryOut(ctx, w, w.By)
	}
	r, err := h.newest(ctx, w.Service)
	if dynamo.IsNotFound(err) {
		return events.Heard{Says: fmt.Sprintf("It does not count: nothing of %.60q was released yet.", w.Service), Remedy: "sluice list shows the services that there are; sluice freeze without a name freezes all"}, nil
	}
	if err != nil {
		return events.Heard{}, err
	}
	person := r.Definition.Known(w.How, w.By)
	switch {
	case person != "":
	case w.How == rollout.ByIAM && !r.Definition.NamesFor(w.How) && (w.Do == events.Freeze || len(r.Definition.People) == 0):
		person = w.By
	default:
		if person, err = h.own(ctx, w); err != nil || person == "" {
			return h.strange(ctx, r, w, err)
		}
	}
	return h.carryOut(ctx, w, person)
}

// newest is the newest release of a service: its record holds the definition that says whose word counts.
func (h *handler) newest(ctx context.Context, service string) (rollout.Release, error) {
	recent, err := h.store.Recent(ctx, service, lately)
	if err != nil {
		return rollout.Release{}, err
	}
	for _, one := range recent { // one that was turned away at once has no definition
		if r, err := h.store.Release(ctx, one.ID); err != nil || r.Definition.Service != "" {
			return r, err
		}
	}
	return rollout.Release{}, dynamo.ErrNotFound
}

// own is who set the freeze that a word lifts, if it is whoever says the word: they may take it back.
func (h *handler) own(ctx context.Context, w events.Word) (string, error) {
	if w.Do != events.Unfreeze {
		return "", nil
	}
	f, err := h.frozen(ctx, w.Service)
	if err != nil || f == nil || f.How != w.How || f.By != w.By {
		return "", err
	}
	return w.By, nil
}

func (h *handler) strange(ctx context.Context, r rollout.Release, w events.Word, err error) (events.Heard, error) {
	if err != nil {
		return events.Heard{}, err
	}
	return h.uncounted(ctx, r, fmt.Sprintf("%s by %.120q does not count: they are not among people of the definition.", w.Do, w.By), rollout.NameIt(w.How, w.By))
}

// frozen is the freeze of a service, or of all, that stands; nil when there is none.
func (h *handler) frozen(ctx context.Context, service string) (*rollout.Frozen, error) {
	all, err := h.store.Freezes(ctx)
	i := slices.IndexFunc(all, func(f rollout.Frozen) bool { return f.Service == service && f.Holds(h.Now()) })
	if err != nil || i < 0 {
		return nil, err
	}
	return &all[i], nil
}

func (h *handler) carryOut(ctx context.Context, w events.Word, person string) (events.Heard, error) {
	if w.Do == events.Unfreeze {
		return h.unfreeze(ctx, w, person)
	}
	return h.freeze(ctx, w, person)
}

// freeze sets a freeze. A word that comes twice sets the same freeze once more.
func (h *handler) freeze(ctx context.Context, w events.Word, person string) (events.Heard, error) {
	f := rollout.Frozen{Service: w.Service, By: person, How: w.How, Reason: w.Comment, At: h.Now(), Until: w.Until}
	switch {
	case !f.Holds(f.At):
		return events.Heard{Says: "It does not count: the time until which it is to stand has passed.", Remedy: "write a time to come, such as --until 4h"}, nil
	case f.Until.After(f.At.Add(rollout.LongestFreeze)):
		return events.Heard{Says: "It does not count: a freeze may be set for 60 days.", Remedy: "write a time before that, and freeze again then; gates.freezes of a definition may be longer"}, nil
	}
	if err := h.store.Freeze(ctx, f); err != nil {
		return events.Heard{}, err
	}
	said := strings.TrimSuffix(f.Sentence(), ".") + "."
	if err := h.tellAll(ctx, w.Service, rollout.Line{At: f.At, Who: person, What: rollout.Sentence(said)}, false); err != nil {
		return events.Heard{}, err
	}
	heard := events.Heard{Done: true, Says: fmt.Sprintf("No release of %s begins or gets more traffic now. Alarms, aborts and ways back work as ever.", f.Subject())}
	return heard, h.announce(ctx, events.FreezeSet, f, person, said)
}

// unfreeze lifts a freeze, and has all releases look that may have waited for that. It does so even where there is nothing to lift: an earlier attempt may
// have died before it woke them.
func (h *handler) unfreeze(ctx context.Context, w events.Word, person string) (events.Heard, error) {
	f, err := h.frozen(ctx, w.Service)
	if err != nil {
		return events.Heard{}, err
	}
	subject := rollout.Subject(w.Service)
	said := fmt.Sprintf("%s lifted the freeze of %s.", rollout.Briefly(person), subject)
	if f != nil {
		if err := h.announce(ctx, events.FreezeLifted, *f, person, said); err != nil { // first: a second try finds no freeze to tell of
			return events.Heard{}, err
		}
	}
	if err := h.store.Thaw(ctx, w.Service); err != nil {
		return events.Heard{}, err
	}
	if f == nil {
		said = ""
	}
	if err := h.tellAll(ctx, w.Service, rollout.Line{At: h.Now(), Who: person, What: said}, true); err != nil {
		return events.Heard{}, err
	}
	if f == nil {
		return events.Heard{Says: "Nobody has frozen " + subject + ".", Remedy: "look at what keeps a release: sluice why SERVICE; a gate of its definition opens by sluice override"}, nil
	}
	return events.Heard{Done: true, Says: fmt.Sprintf("Releases of %s go on.", subject)}, nil
}

// announce tells the bus of a freeze that is set or lifted.
func (h *handler) announce(ctx context.Context, what string, f rollout.Frozen, by, sentence string) error {
	return h.bus.Put(ctx, what, events.Frozen{Service: f.Service, By: by, How: f.How, Reason: f.Reason, Until: f.Until, Sentence: sentence, At: h.Now()})
}

// tellAll writes a line into the records of the releases of a service, or of all, that have not ended, and wakes them where they are to look. A release
// that began this very moment may not be listed yet: it reads the freezes itself before it waits.
func (h *handler) tellAll(ctx context.Context, service string, line rollout.Line, wake bool) error {
	open, err := h.underWay(ctx, service)
	if err != nil {
		return err
	}
	var failed []error
	for _, r := range open {
		if line.What != "" {
			failed = append(failed, h.store.Note(ctx, r.ID, line))
		}
		if wake {
			failed = append(failed, h.wake(ctx, r))
		}
	}
	return errors.Join(failed...)
}

// underWay lists the releases of a service, or of all, that have not ended.
func (h *handler) underWay(ctx context.Context, service string) ([]rollout.Release, error) {
	open, err := h.store.Open(ctx)
	return slices.DeleteFunc(open, func(r rollout.Release) bool { return r.End != "" || service != "" && r.Service != service }), err
}
