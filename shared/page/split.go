package page

import (
	"sluice/shared/rollout"
)

// Split is how the traffic is split, for the bar.
type Split struct {
	Word      string         `json:"word"` // for a revision: "version"
	Stable    string         `json:"stable"`
	Candidate string         `json:"candidate"`
	Weight    rollout.Weight `json:"weight"` // of the candidate
	Rest      rollout.Weight `json:"rest"`   // of stable
}

// Bar is how many of the bar's 10000 units are the candidate's. A small weight is still visible, and so is a small rest.
func (s Split) Bar() int {
	const seen = 120
	switch {
	case s.Weight <= rollout.None:
		return 0
	case s.Weight >= rollout.All:
		return int(rollout.All)
	}
	return min(max(int(s.Weight), seen), int(rollout.All)-seen)
}

// split is the traffic as far as the record knows it; nil when it does not: before the release has begun, or when it is stuck.
func split(r rollout.Release) *Split {
	if r.Stable == "" || r.End == rollout.Stuck {
		return nil
	}
	w := min(max(weight(r), rollout.None), rollout.All)
	return &Split{Word: r.Word(), Stable: r.Stable, Candidate: r.Revision.Version, Weight: w, Rest: rollout.All - w}
}

// weight is the candidate's share. After the decision to go back it is 0, because the first thing is to give stable everything.
func weight(r rollout.Release) rollout.Weight {
	switch {
	case r.End == rollout.Succeeded && r.Decided():
		return rollout.All
	case r.End != "", r.Cause != nil, r.BakeUntil.IsZero():
		return rollout.None
	}
	return r.At(r.Step).Weight
}

// Begin is where the candidate's part of the bar begins.
func (s Split) Begin() int { return int(rollout.All) - s.Bar() }
