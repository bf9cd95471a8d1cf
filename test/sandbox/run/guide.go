package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"sluice/shared/rollout"
)

// turn is how long a person who watches has for an answer, before the show gives it.
const turn = 12 * time.Second

// A guide answers the question of a release when nobody else does: the show goes on by itself.
type guide struct {
	since time.Time
	done  bool
}

// look says where to answer, and answers when time is up.
func (g *guide) look(w *world, r rollout.Release, s *show) error {
	if g.done || r.End != "" || r.Asked == nil || r.Asked.Closed {
		return nil
	}
	if g.since.IsZero() {
		g.since = time.Now()
		s.say(fmt.Sprintf("  %s %s/_slack/\n  The show approves as grace in %.0f seconds, if you do not.", s.bold("Your answer is asked for: open"), w.endpoint, turn.Seconds()))
	}
	if time.Since(g.since) < turn {
		return nil
	}
	g.done = true
	refused := errors.New("there is no message")
	for _, m := range w.slack.Messages() {
		if m.Thread == "" && strings.Contains(m.Text, r.Revision.Version) {
			if refused = w.slack.Press(m.TS, "approve", approver); refused == nil {
				return nil
			}
		}
	}
	return fmt.Errorf("pressing the button about release %s in Slack: %w; the functions wrote to %s", r.ID, refused, w.logs.Name())
}
