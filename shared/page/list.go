package page

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"sluice/shared/rollout"
)

// Service is a service with its releases.
type Service struct {
	Name    string
	Running *rollout.Release  // nil when none runs
	Recent  []rollout.Release // releases that have ended
}

// ListView is the page of all services.
type ListView struct {
	frame

	Summary  string   `json:"summary"`
	Freezes  []Freeze `json:"freezes,omitempty"`
	Services []Row    `json:"services"`
}

// Row is one service of the list.
type Row struct {
	Name    string `json:"name"`
	Word    string `json:"word,omitempty"`   // for a revision: "version"
	Serves  string `json:"serves,omitempty"` // the revision that serves while no release runs, as far as the records know
	Stable  string `json:"stable,omitempty"` // the revision that a release would come back to now: what serves, or what the running release found
	Running *Item  `json:"running,omitempty"`
	Recent  []Item `json:"recent,omitempty"` // newest first
}

// Item is one release of the list.
type Item struct {
	ID       string  `json:"id"`
	Link     string  `json:"link"`
	Badge    string  `json:"badge"`
	Tone     Tone    `json:"tone"`
	Versions string  `json:"versions"`
	Status   string  `json:"status"`
	By       string  `json:"by,omitempty"`
	At       *Moment `json:"at,omitempty"` // when it ended, or was asked for
	Age      string  `json:"age,omitempty"`
	Split    *Split  `json:"split,omitempty"`
}

// Releases is the page of all services.
func Releases(services []Service, v Visitor, now time.Time) ListView {
	view := ListView{Services: make([]Row, 0, len(services))}
	for _, s := range services {
		view.Services = append(view.Services, row(s, now))
	}
	badge, tone := overall(view.Services)
	view.Summary = badge
	view.frame = frame{Title: badge + " · Sluice", Tone: tone, Now: at(now, now), Who: or(v.Name, v.Person), Every: seldom}
	if slices.ContainsFunc(view.Services, func(r Row) bool { return r.Running != nil }) {
		view.Every, view.Blind = often, true
	}
	return view
}

// HTML writes the page for people.
func (v ListView) HTML(w io.Writer) error { return write(w, "list.html", v) }

// JSON writes the same facts for programs.
func (v ListView) JSON(w io.Writer) error { return writeJSON(w, v) }

func row(s Service, now time.Time) Row {
	recent := slices.Clone(s.Recent)
	slices.SortStableFunc(recent, func(a, b rollout.Release) int { return b.Created.Compare(a.Created) })
	out := Row{Name: s.Name}
	if s.Running != nil {
		out.Running = new(item(*s.Running, now))
		out.Stable = or(s.Running.Stable, serves(recent))
	} else {
		out.Serves = serves(recent)
		out.Stable = out.Serves
	}
	for _, r := range recent {
		out.Word = r.Word()
		out.Recent = append(out.Recent, item(r, now))
	}
	return out
}

func item(r rollout.Release, now time.Time) Item {
	badge, tone := badge(r)
	when := r.Ended
	if when.IsZero() || runs(r) {
		when = r.Created
	}
	return Item{
		ID: r.ID, Link: Path(r.ID), Badge: badge, Tone: tone, Versions: versions(r), Status: status(r), By: or(r.By, r.Revision.Author),
		At: moment(when, now), Age: ago(when, now), Split: split(r),
	}
}

// serves is the revision that the newest release that touched the target left behind. It is empty after a stuck release, because nobody knows.
func serves(recent []rollout.Release) string {
	for _, r := range recent {
		switch {
		case r.End == rollout.Succeeded:
			return r.Revision.Version
		case r.End == rollout.Stuck:
			return ""
		case r.Stable != "":
			return r.Stable
		}
	}
	return ""
}

// overall counts the releases that need attention, the most urgent first.
func overall(rows []Row) (string, Tone) {
	count := map[Tone]int{}
	for _, r := range rows {
		switch {
		case r.Running != nil:
			count[r.Running.Tone]++
		case len(r.Recent) > 0 && r.Recent[0].Tone == Alarm:
			count[Alarm]++
		}
	}
	var words []string
	first := Calm
	for _, t := range []struct {
		tone Tone
		word string
	}{{Alarm, "stuck"}, {Waiting, "waiting"}, {Back, "going back"}, {Running, "running"}} {
		if n := count[t.tone]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, t.word))
			if first == Calm {
				first = t.tone
			}
		}
	}
	if len(words) == 0 {
		return "All quiet", Calm
	}
	return strings.Join(words, ", "), first
}
