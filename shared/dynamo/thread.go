package dynamo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sluice/shared/rollout"
)

// Thread is what another place shows of a release: its message in a chat, or its deployment at GitHub. One writer at a time
// brings it up to date from the record. Other writers only leave word, and the present writer looks again before it leaves.
type Thread struct {
	Channel string `json:"channel,omitempty"`
	TS      string `json:"ts,omitempty"`     // the id of the message, or of the deployment
	Told    int    `json:"told,omitempty"`   // how many lines of the audit trail were told
	Said    string `json:"said,omitempty"`   // what was told last, at a place where only the newest counts
	Writer  string `json:"writer,omitempty"` // the invocation that has its turn
}

// The places where releases are told of.
const (
	InSlack  = "slack"
	InGitHub = "github"
)

func threadKey(place, release string) item { return key(place+"#"+release, "thread") }

// turn is how long a writer has the thread: longer than a function's time-out, shorter than the first of Lambda's own retries.
const turn = 45 * time.Second

// InTurn calls write, which brings a place up to date. If the writer of another event has its turn, InTurn leaves word for it instead.
func (s *Store) InTurn(ctx context.Context, place, release, writer string, now func() time.Time, write func(ctx context.Context, release string, t Thread) (Thread, error)) error {
	for range 10 {
		t, err := s.TakeThread(ctx, place, release, writer, now(), now().Add(turn))
		if IsConflict(err) {
			if err = s.LeaveWord(ctx, place, release); IsConflict(err) {
				continue // that writer has just left
			}
			return err
		}
		if err != nil {
			return err
		}
		if t, err = write(ctx, release, t); err != nil {
			return errors.Join(err, s.quit(ctx, place, release, writer))
		}
		if err = s.LeaveThread(ctx, place, release, t); !IsConflict(err) {
			return err
		}
	}
	return fmt.Errorf("telling of %s: others wrote about it all the time", release)
}

// TakeThread gives an invocation its turn until a time, and forgets the word that was left. ErrConflict means that another
// writer has its turn. A writer may take its turn again: its first attempt may have got through unseen.
func (s *Store) TakeThread(ctx context.Context, place, release, writer string, now, until time.Time) (Thread, error) {
	u := change().set("writer", writer).set("turn", until.Unix()).remove("again")
	own, turn := u.name("writer"), u.name("turn")
	u.when("attribute_not_exists(%s) OR %s < %s OR %s = %s", own, turn, u.value(now.Unix()), own, u.value(writer))
	return s.thread(ctx, place, release, u, "taking")
}

// LeaveWord asks the present writer to look again. ErrConflict means that there is no writer any more.
func (s *Store) LeaveWord(ctx context.Context, place, release string) error {
	u := change().set("again", true)
	_, err := s.thread(ctx, place, release, u.when("attribute_exists(%s)", u.name("writer")), "leaving word at")
	return err
}

// KeepThread writes what the place shows by now. ErrConflict means that another writer took over.
func (s *Store) KeepThread(ctx context.Context, place, release string, t Thread) error {
	u := change().set("channel", t.Channel).set("ts", t.TS).set("told", t.Told).set("said", t.Said)
	_, err := s.thread(ctx, place, release, u.when("%s = %s", u.name("writer"), u.value(t.Writer)), "keeping")
	return err
}

// quit ends the turn of a writer that could not write, so that the next event need not wait for it: perhaps nobody tries this event again.
// Word that was left stays. It is no error if another writer took over.
func (s *Store) quit(ctx context.Context, place, release, writer string) error {
	u := change().remove("writer", "turn")
	if _, err := s.thread(ctx, place, release, u.when("%s = %s", u.name("writer"), u.value(writer)), "quitting"); !IsConflict(err) {
		return err
	}
	return nil
}

// LeaveThread ends the writer's turn. ErrConflict means that somebody left word, or that another writer took over.
func (s *Store) LeaveThread(ctx context.Context, place, release string, t Thread) error {
	u := change().remove("writer", "turn")
	u.when("%s = %s AND attribute_not_exists(%s)", u.name("writer"), u.value(t.Writer), u.name("again"))
	now, err := s.thread(ctx, place, release, u, "leaving")
	if IsConflict(err) && now.Writer == "" { // it is nobody's turn: the first attempt got through unseen
		return nil
	}
	return err
}

func (s *Store) thread(ctx context.Context, place, release string, u *update, doing string) (Thread, error) {
	var t Thread
	if err := s.apply(ctx, threadKey(place, release), u, &t); err != nil {
		return t, fmt.Errorf("%s thread of %s: %w", doing, release, err)
	}
	return t, nil
}

// Untold is the part of a release's trail that a thread does not have. A trail that was cut to fewer lines is told from its end on.
func (t Thread) Untold(r rollout.Release) []rollout.Line {
	lines := r.Lines()
	return lines[min(t.Told, len(lines)):]
}
