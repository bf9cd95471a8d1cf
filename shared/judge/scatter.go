package judge

import "math"

// The tests believe that each bad request falls to one of the versions by itself. Where ten fall together (a client that keeps to one version tries
// ten times, one broken instance fails ten), they would weigh ten times what they should. How many fall together shows in how bad requests
// *split*: given which requests of a minute were bad, ups and downs that both versions share cancel out, and say nothing.

// Scatter is how far the split of bad requests was from what single ones would give, added up over minutes.
type Scatter struct {
	Square float64 `json:"square,omitempty"` // squared distances of the candidate's bad requests from their due, each over what a single one would give
	Bad    float64 `json:"bad,omitempty"`    // bad requests of both
	Pairs  float64 `json:"pairs,omitempty"`  // their squares
	Scarce float64 `json:"scarce,omitempty"` // bad requests, each over the variance of its falling to the candidate
	Peak   float64 `json:"peak,omitempty"`   // most bad requests of one minute
}

// SplitOf is the scatter of one minute.
func SplitOf(a Arms) Scatter {
	candidate, stable := a.Candidate.sane(), a.Stable.sane()
	all, bad := float64(candidate.Requests+stable.Requests), float64(candidate.Errors+stable.Errors)
	if candidate.Requests == 0 || stable.Requests == 0 || bad == 0 || bad == all {
		return Scatter{}
	}
	due := float64(candidate.Requests) / all
	off := float64(candidate.Errors) - due*bad
	single := due * (1 - due)
	return Scatter{Square: off * off / single * (all - 1) / (all - bad), Bad: bad, Pairs: bad * bad, Scarce: bad / single, Peak: bad}
}

func (s Scatter) plus(o Scatter) Scatter {
	return Scatter{s.Square + o.Square, s.Bad + o.Bad, s.Pairs + o.Pairs, s.Scarce + o.Scarce, max(s.Peak, o.Peak)}
}

// Cluster is how many bad requests fall to one version together, by releases that were as good as stable: 1, as long as chance explains their split,
// and then on the careful side, as a few clusters tell little of their size. Comparison.Cluster takes it. Where the largest cluster
// is known, that number is exact; this one is an estimate.
func (s Scatter) Cluster() float64 {
	if s.Bad == 0 {
		return 1
	}
	found := s.Square / s.Bad
	if found-2*math.Sqrt(2*s.Pairs+s.Scarce)/s.Bad <= 1 {
		return 1
	}
	return found * (1 + math.Sqrt(found*s.Scarce)/s.Bad)
}

// Client is the same where clients are spread: one that never was seen at its worst may bring as many as the worst minute had.
func (s Scatter) Client() float64 { return max(s.Cluster(), s.Peak) }

// Joined is the scatter of several releases.
func Joined(all ...Scatter) (sum Scatter) {
	for _, s := range all {
		sum = sum.plus(s)
	}
	return sum
}
