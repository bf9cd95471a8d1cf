package dynamo

import (
	"context"
	"fmt"
	"time"
)

// wait is how a release waits. A release waits for one thing at a time: its bake, people, its turn, its gates or its build. So there is one
// record of its wait, and a function that has news need not know what the release waits for.
//
// A release looks at the table, and waits when there is nothing to do. News may come at any moment between, so
//
//   - a look first forgets earlier rings (LookAnew), because it sees everything that was written before;
//   - a function that has news first writes the news, and then rings (Ring);
//   - a wait first stores its token, and ends at once if somebody rang since the look (Await).
type wait struct {
	Token   string `json:"token,omitempty"`   // of the task that a ring ends: the newest try of the state
	Rung    bool   `json:"rung,omitempty"`    // somebody rang since the last look
	Looking bool   `json:"looking,omitempty"` // the last look has not reached its wait
}

func waitKey(release string) item { return key("wait#"+release, "wait") }

// waitLife is longer than an execution may live, which is a year.
const waitLife = 400 * 24 * time.Hour

// LookAnew forgets earlier rings, before a new look. waited says whether the previous look reached its wait. The token stays: this may be the
// late try of a look whose next try is waiting already. If nobody has rung for the release and it has never waited, there is nothing to forget.
func (s *Store) LookAnew(ctx context.Context, release string, now time.Time) (waited bool, err error) {
	var before wait
	u := change().set("ttl", now.Add(waitLife).Unix()).set("looking", true).remove("rung").askingBefore().when("attribute_exists(pk)")
	err = s.apply(ctx, waitKey(release), u, &before)
	if IsConflict(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("looking anew at %s: %w", release, err)
	}
	return before.Token != "" && !before.Looking, nil
}

// Await stores the token of the task that a ring ends, in place of an earlier try's. rung says whether somebody rang since the last look.
func (s *Store) Await(ctx context.Context, release, token string, now time.Time) (rung bool, err error) {
	var w wait
	u := change().set("ttl", now.Add(waitLife).Unix()).set("token", token).remove("looking")
	if err := s.apply(ctx, waitKey(release), u, &w); err != nil {
		return false, fmt.Errorf("having %s wait: %w", release, err)
	}
	return w.Rung, nil
}

// Ring writes that there is news, and returns the token of the task to end; empty when the release has never waited.
func (s *Store) Ring(ctx context.Context, release string, now time.Time) (token string, err error) {
	var w wait
	u := change().set("ttl", now.Add(waitLife).Unix()).set("rung", true)
	if err := s.apply(ctx, waitKey(release), u, &w); err != nil {
		return "", fmt.Errorf("ringing for %s: %w", release, err)
	}
	return w.Token, nil
}

func jobKey(name string) item { return key("job#"+name, "release") }

// jobLife is how long the release of a build or a test is remembered: far longer than they take.
const jobLife = 7 * 24 * time.Hour

// RunsFor remembers the release that a build or a test runs for.
func (s *Store) RunsFor(ctx context.Context, job, release string, now time.Time) error {
	u := change().set("release", release).set("ttl", now.Add(jobLife).Unix())
	if err := s.apply(ctx, jobKey(job), u, nil); err != nil {
		return fmt.Errorf("keeping for which release %s runs: %w", job, err)
	}
	return nil
}

// ReleaseOf is the release that a build or a test runs for; empty when it is none of ours.
func (s *Store) ReleaseOf(ctx context.Context, job string) (release string, err error) {
	var found struct {
		Release string `json:"release"`
	}
	if err := s.get(ctx, jobKey(job), &found); err != nil && !IsNotFound(err) {
		return "", fmt.Errorf("reading for which release %s runs: %w", job, err)
	}
	return found.Release, nil
}
