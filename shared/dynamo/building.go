package dynamo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"sluice/shared/rollout"
)

func newestKey(service string) item { return key("service#"+service, "newest") }

// Building writes how the revision of a release is made.
func (s *Store) Building(ctx context.Context, r rollout.Release, lines ...rollout.Line) error {
	return s.progress(ctx, r.ID, change().set("building", r.Building).tell(lines...))
}

// ToldOfBuild writes that people were told of the build.
func (s *Store) ToldOfBuild(ctx context.Context, id string) error {
	return s.progress(ctx, id, change().set("state", rollout.StateBuild))
}

// Built writes the revision that was made.
func (s *Store) Built(ctx context.Context, r rollout.Release, line rollout.Line) error {
	return s.progress(ctx, r.ID, change().set("revision", r.Revision).tell(line))
}

// newest is the newest push to a service that came in, and the release whose place it took.
type newest struct {
	Release string    `json:"release"`
	At      time.Time `json:"at"`
	Older   string    `json:"older,omitempty"`
	Seen    []string  `json:"seen,omitempty"` // releases of earlier pushes: events of the same second keep the order in which they came
}

// mostSeen bounds newest.Seen: far more pushes than can come between the tries of one trigger.
const mostSeen = 20

// following is the Seen of the next push.
func (n newest) following() []string {
	if n.Release == "" {
		return nil
	}
	seen := append(slices.Clone(n.Seen), n.Release)
	return seen[max(0, len(seen)-mostSeen):]
}

// Newest enters a release among the pushes to a service, ordered by the time of the push and not of its arrival. older is the
// release whose place it takes; newer is the release that takes its own. A repetition gets the same answer, or a newer that came since.
func (s *Store) Newest(ctx context.Context, service, release string, at time.Time) (older, newer string, err error) {
	for range 10 {
		var now newest
		err = s.get(ctx, newestKey(service), &now)
		switch {
		case err != nil && !IsNotFound(err):
			return "", "", fmt.Errorf("reading the newest push to %s: %w", service, err)
		case now.Release == release:
			return now.Older, "", nil
		case slices.Contains(now.Seen, release), now.Release != "" && at.Before(now.At):
			return "", now.Release, nil
		}
		u := change().set("release", release).set("at", at).set("older", now.Release).set("seen", now.following())
		if now.Release == "" {
			u.when("attribute_not_exists(pk)")
		} else {
			u.when("%s = %s", u.name("release"), u.value(now.Release))
		}
		if err = s.apply(ctx, newestKey(service), u, nil); err == nil {
			return now.Release, "", nil
		} else if !IsConflict(err) {
			break
		}
	}
	return "", "", fmt.Errorf("entering release %s among the pushes to %s: %w", release, service, err)
}

// Displaced ends a release that has not begun, in favour of a newer one. ErrConflict means that it has begun or ended, or is
// asked to stop already.
func (s *Store) Displaced(ctx context.Context, id string, f rollout.Fence, line rollout.Line) error {
	u := change().set("abort", f).tell(line)
	u.when("attribute_not_exists(%s) AND attribute_not_exists(%s) AND attribute_not_exists(%s)", u.name("end"), u.name("epoch"), u.name("abort"))
	return s.record(ctx, id, u)
}
