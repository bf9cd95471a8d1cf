package dynamo

import (
	"context"
	"fmt"
	"slices"

	"sluice/shared/rollout"
)

// Gated writes how the gates of a release stand, with lines for what is new. It returns the record as it is afterwards: somebody
// may have overridden a gate meanwhile.
func (s *Store) Gated(ctx context.Context, r rollout.Release, lines ...rollout.Line) (rollout.Release, error) {
	u := change().set("state", rollout.StateGates).set("gates", r.Gates).tell(lines...)
	end := u.name("end")
	return s.kept(ctx, r.ID, u.when("attribute_not_exists(%s)", end))
}

// Overridden writes a person's override, which opens gates. ErrConflict means that the release has begun and is not frozen, or has ended.
func (s *Store) Overridden(ctx context.Context, id string, o rollout.Override, line rollout.Line) error {
	u := change().tell(line)
	all := u.name("overrides")
	u.sets = append(u.sets, fmt.Sprintf("%s = list_append(if_not_exists(%s, %s), %s)", all, all, u.value([]rollout.Override{}), u.value([]rollout.Override{o})))
	u.when("attribute_not_exists(%s) AND (attribute_not_exists(%s) OR attribute_exists(%s))", u.name("end"), u.name("epoch"), u.name("frozen"))
	now, err := s.kept(ctx, id, u)
	own := func(kept rollout.Override) bool { return kept.By == o.By && kept.At.Equal(o.At) }
	if IsConflict(err) && slices.ContainsFunc(now.Overrides, own) { // the first attempt got through unseen, and the release began
		return nil
	}
	return err
}

// Hooked writes how the hooks of a release stand. ErrConflict means that the release has ended since it was read, or that somebody else wrote of its
// hooks.
func (s *Store) Hooked(ctx context.Context, r rollout.Release, lines ...rollout.Line) error {
	u := change().set("hooks", r.Hooks).set("hooked", r.Hooked+1).tell(lines...)
	if r.Hooked == 0 {
		u.when("attribute_not_exists(%s)", u.name("hooked"))
	} else {
		u.when("%s = %s", u.name("hooked"), u.value(r.Hooked))
	}
	if r.Decided() {
		return s.record(ctx, r.ID, u)
	}
	return s.progress(ctx, r.ID, u.set("state", rollout.StateHook))
}
