package judge

import (
	"slices"
	"time"

	"sluice/shared/rollout"
)

// Record is everything that a release's verdicts came from. The same numbers give the same verdicts, so other settings can be
// tried on a record before they are trusted.
type Record struct {
	Release    string               `json:"release"`
	Service    string               `json:"service"`
	Stable     string               `json:"stable"`
	Candidate  string               `json:"candidate"`
	End        rollout.End          `json:"end,omitempty"`
	Cause      string               `json:"cause,omitempty"`
	Definition rollout.Definition   `json:"definition"` // as it was when the release was planned
	Steps      []rollout.Step       `json:"steps"`
	Shifts     []int64              `json:"shifts"`            // when each step began, Unix seconds
	Slow       map[string][]float64 `json:"slow,omitempty"`    // Ledger.Slow
	Cluster    map[string]float64   `json:"cluster,omitempty"` // Ledger.Cluster
	Bought     Tally                `json:"bought,omitzero"`   // Ledger.Bought: what synthetic requests found, all together
	Weak       []string             `json:"weak,omitempty"`    // streams whose verdicts are weak because clients are spread, by Stream.Key
	Minutes    []Minute             `json:"minutes"`
}

// RecordOf joins a release, its ledger and its minutes.
func RecordOf(r rollout.Release, l Ledger, minutes []Minute) Record {
	rec := Record{
		Release: r.ID, Service: r.Service, Stable: r.Stable, Candidate: r.Revision.Version, End: r.End, Definition: r.Definition, Steps: r.Steps,
		Shifts: l.Shifts, Slow: l.Slow, Cluster: l.Cluster, Bought: l.Bought, Minutes: minutes,
	}
	for _, s := range Streams(r.Definition.WithDefaults()) {
		if s.Weak() {
			rec.Weak = append(rec.Weak, s.Key)
		}
	}
	if r.Cause != nil {
		rec.Cause = r.Cause.Reason
	}
	return rec
}

// Glance is what the checks would have said at one minute.
type Glance struct {
	At       time.Time
	Step     int
	Weight   rollout.Weight
	Findings []Finding
}

// Replay judges the record again by other checks, minute by minute. It stops where they would have taken the release back, or at
// the end of the record. Streams are found by their keys, so the checks must be in the order in which they were recorded.
func (rec Record) Replay(checks rollout.Checks) []Glance {
	d := rec.Definition
	d.Checks = checks
	d = d.WithDefaults()
	l := Ledger{Slow: rec.Slow, Cluster: rec.Cluster, Learnt: true, Bought: rec.Bought}
	var glances []Glance
	for now := range rec.looks() {
		for step, shift := range rec.Shifts {
			if !now.Before(time.Unix(shift, 0)) {
				l = l.Began(step, time.Unix(shift, 0))
			}
		}
		step := max(0, len(l.Shifts)-1)
		weight := rollout.All
		if step < len(rec.Steps) {
			weight = rec.Steps[step].Weight
		}
		l = l.Take(d, rec.known(now), nil, now)
		glances = append(glances, Glance{now, step, weight, l.Judge(d, weight, now)})
		if Early(glances[len(glances)-1].Findings).Verdict == Fail {
			break
		}
	}
	return glances
}

// looks are the times at which a look was due, one each minute: from the first shift until the last recorded minute is final.
func (rec Record) looks() func(func(time.Time) bool) {
	return func(yield func(time.Time) bool) {
		if len(rec.Shifts) == 0 || len(rec.Minutes) == 0 {
			return
		}
		last := rec.Minutes[0].Point.At
		for _, m := range rec.Minutes {
			last = max(last, m.Point.At)
		}
		until := time.Unix(last, 0).Add(time.Minute + final(time.Minute)).UTC()
		for now := time.Unix(rec.Shifts[0], 0).UTC().Truncate(time.Minute).Add(time.Minute); !now.After(until); now = now.Add(time.Minute) {
			if !yield(now) {
				return
			}
		}
	}
}

// known are the minutes that a look at a time could have read.
func (rec Record) known(now time.Time) Seen {
	seen := Seen{}
	for _, m := range rec.Minutes {
		if m.Point.At < now.Unix() && m.Point.At >= now.Add(-time.Hour-horizon).Unix() {
			seen[m.Key] = append(seen[m.Key], m.Point)
		}
	}
	for _, points := range seen {
		slices.SortFunc(points, func(a, b Point) int { return int(a.At - b.At) })
	}
	return seen
}
