package dynamo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"sluice/shared/rollout"
)

// Gated writes how the gates of a release were found, with lines for what is new. The answer is the record as it is: somebody
// may have overridden a gate meanwhile.
func (s *Store) Gated(ctx context.Context, r rollout.Release, lines ...rollout.Line) (rollout.Release, error) {
	u := change().set("state", rollout.StateInspect).set("gates", r.Gates).tell(lines...)
	end := u.name("end")
	return s.kept(ctx, r.ID, u.when("attribute_not_exists(%s)", end))
}

// Overridden writes somebody's word that opens gates. ErrConflict means that the release has begun or ended.
func (s *Store) Overridden(ctx context.Context, id string, o rollout.Override, line rollout.Line) error {
	u := change().tell(line)
	all := u.name("overrides")
	u.sets = append(u.sets, fmt.Sprintf("%s = list_append(if_not_exists(%s, %s), %s)", all, all, u.value([]rollout.Override{}), u.value([]rollout.Override{o})))
	u.when("attribute_not_exists(%s) AND attribute_not_exists(%s)", u.name("end"), u.name("epoch"))
	now, err := s.kept(ctx, id, u)
	own := func(kept rollout.Override) bool { return kept.By == o.By && kept.At.Equal(o.At) }
	if IsConflict(err) && slices.ContainsFunc(now.Overrides, own) { // the first attempt got through unseen, and the release began
		return nil
	}
	return err
}

// A bell stands at the door of a release that waits in no queue. Whoever has news rings it; it is hung up anew before the
// release looks, so news that comes after the look and before the wait is not missed.
type bell struct {
	Token string `json:"token,omitempty"` // of the wait that a ring ends
	Rung  bool   `json:"rung,omitempty"`  // since the last look
}

func bellKey(release string) item { return key("bell#"+release, "bell") }

// bellLife is longer than any release may wait.
const bellLife = 31 * 24 * time.Hour

// Hang hangs the bell up anew: what rang before is seen by the look that follows. The answer is whether the look before it came to its
// wait.
func (s *Store) Hang(ctx context.Context, release string, now time.Time) (waited bool, err error) {
	var before bell
	u := change().set("ttl", now.Add(bellLife).Unix()).remove("token", "rung").askingBefore()
	if err := s.apply(ctx, bellKey(release), u, &before); err != nil {
		return false, fmt.Errorf("hanging up the bell of %s: %w", release, err)
	}
	return before.Token != "", nil
}

// Listen stores the token that a ring ends, and says whether it rang before.
func (s *Store) Listen(ctx context.Context, release, token string, now time.Time) (rung bool, err error) {
	var b bell
	u := change().set("ttl", now.Add(bellLife).Unix()).set("token", token)
	if err := s.apply(ctx, bellKey(release), u, &b); err != nil {
		return false, fmt.Errorf("listening for news of %s: %w", release, err)
	}
	return b.Rung, nil
}

// Ring says that there is news, and answers the token to wake; empty when nobody waits yet.
func (s *Store) Ring(ctx context.Context, release string, now time.Time) (token string, err error) {
	var b bell
	u := change().set("ttl", now.Add(bellLife).Unix()).set("rung", true)
	if err := s.apply(ctx, bellKey(release), u, &b); err != nil {
		return "", fmt.Errorf("telling release %s of news: %w", release, err)
	}
	return b.Token, nil
}

// heard is the token that a release waits with before its gates; empty when it does not.
func (s *Store) heard(ctx context.Context, release string) (string, error) {
	var b bell
	if err := s.get(ctx, bellKey(release), &b); err != nil && !IsNotFound(err) {
		return "", fmt.Errorf("reading what %s waits with: %w", release, err)
	}
	return b.Token, nil
}

func testKey(handle string) item { return key("test#"+handle, "release") }

// Tests remembers for which release a test runs.
func (s *Store) Tests(ctx context.Context, handle, release string, now time.Time) error {
	u := change().set("release", release).set("ttl", now.Add(buildLife).Unix())
	if err := s.apply(ctx, testKey(handle), u, nil); err != nil {
		return fmt.Errorf("keeping which release test %s is for: %w", handle, err)
	}
	return nil
}

// Tested is the release that a test runs for; empty when it is none of ours.
func (s *Store) Tested(ctx context.Context, handle string) (release string, err error) {
	var found struct {
		Release string `json:"release"`
	}
	if err := s.get(ctx, testKey(handle), &found); err != nil && !IsNotFound(err) {
		return "", fmt.Errorf("reading which release test %s is for: %w", handle, err)
	}
	return found.Release, nil
}
