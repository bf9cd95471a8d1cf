package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sluice/shared/rollout"
)

// How long a release may tell nothing before it is said what it waits for, and how long until it is said again.
const (
	quiet = time.Minute
	again = 3 * time.Minute
)

// A follower shows all releases at once.
type follower struct {
	world *world
	show  *show
	quiet time.Duration
	own   string // the release of the show, whose lines need no name

	order   []string
	all     map[string]*followed
	mails   int // that were shown
	trouble bool
}

// followed is what was shown of a release.
type followed struct {
	before map[served]tally // what was served before it began
	frame  frame
	lines  int         // of the audit trail
	end    rollout.End // the last one that was shown
	ended  time.Time
	news   time.Time // when something was shown
	act    bool      // it is one of the show's
	asked  string    // digest of the question that was shown
}

// afterwards is how long a release that has ended is looked at: an alarm or a person may still take it back.
const afterwards = 10 * time.Minute

func newFollower(w *world, s *show) *follower {
	return &follower{world: w, show: s, quiet: quiet, all: map[string]*followed{}, mails: len(w.sandbox.SNS.Mailbox())}
}

// look shows what has happened since the last look. What cannot be read is said once, and is no end: who plays may have deleted it.
func (f *follower) look(ctx context.Context) {
	for _, note := range f.world.board.take() {
		f.show.entry(note)
	}
	err := f.discover(ctx)
	for _, id := range f.order {
		if e := f.follow(ctx, id); err == nil {
			err = e
		}
	}
	if ctx.Err() != nil {
		return
	}
	if err != nil && !f.trouble {
		f.show.entry(entry{general: true, who: "run", what: "Releases cannot be followed as long as this stays: " + err.Error()})
	}
	f.trouble = err != nil
	for _, what := range f.world.ear.inVain() {
		f.show.entry(entry{general: true, who: "events", what: what, bad: true})
	}
	f.mail()
	f.show.draw(f.picture())
}

// discover finds the releases that are new. A push is a release before it tells anybody.
func (f *follower) discover(ctx context.Context) error {
	open, err := f.world.store.Open(ctx)
	for _, r := range open {
		f.world.ear.note(r.ID)
	}
	for _, id := range f.world.ear.known() {
		if f.all[id] == nil {
			f.all[id] = &followed{before: f.world.traffic.served(), news: time.Now()}
			f.order = append(f.order, id)
		}
	}
	return err
}

// follow shows what is new of a release.
func (f *follower) follow(ctx context.Context, id string) error {
	one := f.all[id]
	if one.frame.release.Started.IsZero() { // what it did not take part in is not its own
		one.before = f.world.traffic.served()
	}
	if one.end != "" && time.Since(one.ended) > afterwards {
		return nil
	}
	now, err := f.world.frame(ctx, id, one.before)
	if err != nil {
		return err
	}
	one.frame = now
	r := now.release
	told := r.Lines()
	for _, l := range told[min(one.lines, len(told)):] {
		one.news = time.Now()
		f.show.entry(entry{at: l.At, release: f.name(r), who: l.Who, what: l.What})
	}
	one.lines = len(told)
	if r.End != one.end {
		one.end, one.ended = r.End, time.Now()
		f.ended(one)
	}
	if e := f.waits(one); e.what != "" {
		e.release, e.who = r.ID, "run"
		f.show.entry(e)
	}
	return nil
}

// name tells the lines of a release from those of others.
func (f *follower) name(r rollout.Release) string {
	if r.ID == f.own {
		return ""
	}
	return r.ID
}

func (f *follower) ended(one *followed) {
	if r := one.frame.release; r.ID == f.own {
		f.show.end(one.frame)
	} else if r.End != "" {
		f.show.entry(entry{release: r.ID, who: "end", what: summary(one.frame), end: r.End})
		if r.Building != nil && len(r.Building.Log) > 0 {
			f.show.say(f.show.paint("2", indent("The end of the build's log:\n"+strings.Join(r.Building.Log, "\n"))))
		}
	}
}

// summary is the end of a release in one line.
func summary(f frame) string {
	r := f.release
	text := strings.ToUpper(string(r.End)) + ". " + r.Ending()
	if r.Rejection != nil {
		return fmt.Sprintf("%s %s: %s.", text, r.Rejection.Reason, r.Rejection.Remedy)
	}
	for _, revision := range slices.Compact([]string{r.Stable, r.Revision.Version}) {
		if t := f.served[revision]; t.requests > 0 {
			text += fmt.Sprintf(" %s served %d requests, %d failed.", rollout.Sentence(r.Names(revision)), t.requests, t.errors)
		}
	}
	if took := f.alarmToStable(); took > 0 {
		text += fmt.Sprintf(" From the alarm to stable: %.2f s.", took.Seconds())
	}
	return text
}

// mail shows what people got.
func (f *follower) mail() {
	mails := f.world.sandbox.SNS.Mailbox()
	for _, m := range mails[min(f.mails, len(mails)):] {
		about := f.of(m.Body)
		if one := f.all[about]; one != nil && (about == f.own || one.act) && (one.end == "" || m.At.Before(one.ended.Add(time.Second))) {
			continue // the show has told it already
		}
		f.show.mail(m, about)
	}
	f.mails = len(mails)
}

// of is the release that a text is about, if it is followed.
func (f *follower) of(text string) string {
	for _, id := range f.order {
		if strings.Contains(text, id) {
			return id
		}
	}
	return ""
}

// picture draws the release that has the traffic, and a line for each other one that runs.
func (f *follower) picture() string {
	var large string
	var small []string
	for _, id := range f.order {
		one := f.all[id]
		switch r := one.frame.release; {
		case r.ID == "" && id == f.own:
			large = f.show.picture(one.frame)
		case r.ID == "" || r.End != "":
		case large == "" && (id == f.own || one.frame.lease.Owner == id):
			large = f.show.picture(one.frame)
		default:
			small = append(small, f.show.small(one.frame))
		}
	}
	if n := len(small); n > 5 {
		small = append(small[:5], fmt.Sprintf("    and %s more\n", plural(n-5, "release")))
	}
	if large == "" && len(small) == 0 {
		return ""
	}
	return "\n" + large + strings.Join(small, "")
}
