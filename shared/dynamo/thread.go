package dynamo

import (
	"context"
	"fmt"
	"time"

	"sluice/shared/rollout"
)

// Thread is a release's message in a chat: where it is, how much of the trail stands below it, and who writes it now. One
// writer at a time writes it from the record as it stands; others only leave word, and the writer looks again before it goes.
type Thread struct {
	Channel string `json:"channel,omitempty"`
	TS      string `json:"ts,omitempty"`     // the message's id
	Told    int    `json:"told,omitempty"`   // lines of the audit trail that were told
	Writer  string `json:"writer,omitempty"` // the invocation that has its turn
}

func threadKey(release string) item { return key("release#"+release, "thread") }

// TakeThread gives an invocation its turn until a moment, and forgets the word that was left. ErrConflict means that it is
// another one's turn. A writer may take it again: its first attempt may have got through unseen.
func (s *Store) TakeThread(ctx context.Context, release, writer string, now, until time.Time) (Thread, error) {
	u := change().set("writer", writer).set("turn", until.Unix()).remove("again")
	own, turn := u.name("writer"), u.name("turn")
	u.when("attribute_not_exists(%s) OR %s < %s OR %s = %s", own, turn, u.value(now.Unix()), own, u.value(writer))
	return s.thread(ctx, release, u, "taking")
}

// LeaveWord has the writer look again. ErrConflict means that there is none any more.
func (s *Store) LeaveWord(ctx context.Context, release string) error {
	u := change().set("again", true)
	_, err := s.thread(ctx, release, u.when("attribute_exists(%s)", u.name("writer")), "leaving word at")
	return err
}

// KeepThread writes what stands in the chat by now. ErrConflict means that another one took over.
func (s *Store) KeepThread(ctx context.Context, release string, t Thread) error {
	u := change().set("channel", t.Channel).set("ts", t.TS).set("told", t.Told)
	_, err := s.thread(ctx, release, u.when("%s = %s", u.name("writer"), u.value(t.Writer)), "keeping")
	return err
}

// LeaveThread ends the writer's turn. ErrConflict means that somebody left word, or took over.
func (s *Store) LeaveThread(ctx context.Context, release string, t Thread) error {
	u := change().remove("writer", "turn")
	u.when("%s = %s AND attribute_not_exists(%s)", u.name("writer"), u.value(t.Writer), u.name("again"))
	_, err := s.thread(ctx, release, u, "leaving")
	return err
}

func (s *Store) thread(ctx context.Context, release string, u *update, doing string) (Thread, error) {
	var t Thread
	if err := s.apply(ctx, threadKey(release), u, &t); err != nil {
		return t, fmt.Errorf("%s thread of %s: %w", doing, release, err)
	}
	return t, nil
}

// Untold is the part of a release's trail that a thread does not have. A trail that was cut meanwhile is told from there on.
func (t Thread) Untold(r rollout.Release) []rollout.Line { return r.Audit[min(t.Told, len(r.Audit)):] }
