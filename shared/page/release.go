package page

import (
	"io"
	"slices"
	"strings"
	"time"

	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// View is the page of one release.
type View struct {
	frame

	ID       string             `json:"id"`
	Parent   string             `json:"parent,omitempty"` // release that it is a part of
	Service  string             `json:"service"`
	Target   string             `json:"target,omitempty"`
	Place    rollout.Place      `json:"place,omitzero"` // where the target is
	Strategy string             `json:"strategy,omitempty"`
	Word     string             `json:"word"` // for a revision: "version"
	Version  string             `json:"version"`
	Stable   string             `json:"stable,omitempty"`
	Revision string             `json:"revision"` // the version, or what it is made from while there is none
	Source   string             `json:"repository,omitempty"`
	Build    string             `json:"build,omitempty"` // where the log of its build is
	Log      []string           `json:"log,omitempty"`   // last lines of a build that failed
	Commit   string             `json:"commit,omitempty"`
	Author   string             `json:"author,omitempty"`
	By       string             `json:"by,omitempty"`
	Reason   string             `json:"reason,omitempty"`
	Badge    string             `json:"badge"`
	State    rollout.State      `json:"state,omitempty"`
	End      rollout.End        `json:"end,omitempty"`
	Runs     bool               `json:"runs"`
	Status   string             `json:"status"`
	Split    *Split             `json:"split,omitempty"`
	Path     []Stage            `json:"path"`
	Bake     *Bake              `json:"bake,omitempty"`
	Alarms   []string           `json:"alarms,omitempty"`  // that guard it
	Verdict  *Verdict           `json:"verdict,omitempty"` // the last one
	Checks   []Check            `json:"checks,omitempty"`  // at the last look
	Looked   *Moment            `json:"looked,omitempty"`  // when that was
	Fixes    string             `json:"fixes,omitempty"`   // what it mends
	Cause    *Cause             `json:"cause,omitempty"`   // why it went back, or will go back
	Rejected *rollout.Rejection `json:"rejection,omitempty"`
	Obstacle *rollout.Rejection `json:"obstacle,omitempty"` // what keeps the traffic from coming back
	Gates    []Gate             `json:"gates,omitempty"`    // as they stood at the last look
	Hooks    []Hook             `json:"hooks,omitempty"`    // in the order in which a release comes to them
	Freezes  []Freeze           `json:"freezes,omitempty"`  // that keep its service where it is
	Preview  *Preview           `json:"preview,omitempty"`  // what it will change
	Question *Question          `json:"question,omitempty"`
	Earlier  []Answer           `json:"earlier,omitempty"` // answers to earlier questions
	May      May                `json:"may"`
	Created  *Moment            `json:"created,omitempty"`
	Started  *Moment            `json:"started,omitempty"`
	Ended    *Moment            `json:"ended,omitempty"`
	Took     string             `json:"took,omitempty"`
	Audit    []Line             `json:"audit"` // newest first
	Session  string             `json:"-"`     // for the forms only
	Notice   *Notice            `json:"notice,omitempty"`
}

// Verdict is what the last look at the evidence said.
type Verdict struct {
	Word string `json:"word"` // Pass, Inconclusive, Error, Fail
	Why  string `json:"why"`
}

// Cause is the decision to go back.
type Cause struct {
	Kind   string  `json:"kind"`
	By     string  `json:"by,omitempty"`
	Reason string  `json:"reason,omitempty"`
	At     *Moment `json:"at,omitempty"`
	Since  *Moment `json:"since,omitempty"`
}

// Line is one line of the audit trail.
type Line struct {
	At   *Moment `json:"at,omitempty"`
	Who  string  `json:"who"`
	What string  `json:"what"`
}

// Release is the page of a release as its record and its evidence stand.
func Release(r rollout.Release, l judge.Ledger, v Visitor, now time.Time, said Notice) View {
	view := View{
		ID: r.ID, Parent: r.Parent, Service: r.Service, Target: r.Definition.Target.ID(), Place: r.Place, Strategy: r.Definition.Strategy.Name(),
		Word: r.Word(), Version: r.Revision.Version, Stable: r.Stable, Commit: r.Revision.Commit, Author: r.Revision.Author, By: r.By, Reason: r.Reason,
		State: r.State, End: r.End, Runs: runs(r), Status: status(r), Split: split(r), Path: stages(r), Bake: bake(r, now),
		Alarms: r.Definition.Guard.Alarms, Checks: checks(l), Looked: looked(l, now), Fixes: r.Fixes, Verdict: verdict(r.Verdict), Cause: cause(r, now), Rejected: r.Rejection, Obstacle: r.Obstacle, Gates: gates(r, now), Hooks: hooks(r, now),
		Preview: preview(r), Question: question(r, now), Earlier: earlier(r, now), May: may(r, v), Session: v.Session,
		Created: moment(r.Created, now), Started: moment(r.Started, now), Ended: moment(r.Ended, now), Audit: audit(r, now),
	}
	if said != (Notice{}) {
		view.Notice = &said
	}
	view.Revision, view.Source = candidate(r), r.Revision.Repository
	if b := r.Building; b != nil {
		view.Build, view.Log = b.Page, b.Log
	}
	if !r.Ended.IsZero() && !r.Created.IsZero() {
		view.Took = span(r.Ended.Sub(r.Created))
	}
	badge, tone := badge(r)
	view.Badge = badge
	view.frame = frame{Title: title(badge, r), Tone: tone, Now: at(now, now), Who: or(v.Name, v.Person)}
	if view.Runs {
		view.Every, view.Blind = often, !view.May.Any()
	}
	return view
}

// How often script asks for a page again, in seconds: often while something runs, seldom while something may begin.
const (
	often  = 5
	seldom = 30
)

// Evidence is where the numbers behind the verdicts are.
func (v View) Evidence() string { return Path(v.ID) + "/evidence.json" }

// HTML writes the page for people.
func (v View) HTML(w io.Writer) error { return write(w, "release.html", v) }

// JSON writes the same facts for programs.
func (v View) JSON(w io.Writer) error { return writeJSON(w, v) }

func title(badge string, r rollout.Release) string {
	if s := split(r); badge == "Running" && s != nil {
		badge += " at " + s.Weight.String()
		if s.Weight == rollout.None && !r.BakeUntil.IsZero() && r.At(r.Step).Marked {
			badge = "Running with marked requests"
		}
	}
	return badge + " · " + or(r.Service, "release") + " " + versions(r)
}

func versions(r rollout.Release) string {
	if r.Stable == "" || r.Unbuilt() {
		return candidate(r)
	}
	return r.Stable + " → " + r.Revision.Version
}

// candidate is the version that is released, or what it is made from while there is none.
func candidate(r rollout.Release) string {
	if r.Unbuilt() {
		return r.Candidate()
	}
	return r.Revision.Version
}

// verdict splits a verdict, as Judge writes it, into the word and the sentence.
func verdict(s string) *Verdict {
	if s == "" {
		return nil
	}
	word, why, found := strings.Cut(s, ": ")
	if !found {
		word, why = "", s
	}
	return &Verdict{Word: word, Why: why}
}

// cause is why a release goes back, or why it was asked to stop before it began.
func cause(r rollout.Release, now time.Time) *Cause {
	f := r.Cause
	if f == nil {
		f = r.Abort
	}
	if f == nil {
		return nil
	}
	return &Cause{Kind: kind(f.Kind), By: f.By, Reason: f.Reason, At: moment(f.At, now), Since: moment(f.Since, now)}
}

// kind is what raised the fence, in words.
func kind(k rollout.FenceKind) string {
	switch k {
	case rollout.ByAlarm:
		return "An alarm went red"
	case rollout.ByCheck:
		return "A check failed"
	case rollout.ByPerson:
		return "A person stopped it"
	case rollout.BySilence:
		return "Nobody answered in time"
	case rollout.ByNewer:
		return "A newer release takes its place"
	case rollout.ByIntruder:
		return "Somebody else moved the traffic"
	case rollout.ByCapacity:
		return "The candidate did not come up"
	case rollout.ByBreakdown:
		return "The release broke down"
	}
	return or(string(k), "It was told to")
}

func audit(r rollout.Release, now time.Time) []Line {
	told := r.Lines()
	lines := make([]Line, 0, len(told))
	for _, l := range slices.Backward(told) {
		lines = append(lines, Line{At: moment(l.At, now), Who: l.Who, What: l.What})
	}
	return lines
}
