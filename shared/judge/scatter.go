package judge

import "math"

// The tests assume that each bad request falls to one of the versions by itself. Where ten fall together (a client that keeps to one version tries
// ten times, one broken instance fails ten), they would weigh ten times what they should. How bad requests *split* between the versions shows how
// many fall together: given the bad requests of a minute, ups and downs that both versions share cancel out.

// Scatter is how far the split of bad requests was from what single ones would give, added up over minutes.
type Scatter struct {
	Square float64 `json:"square,omitempty"` // squared distances of the candidate's bad requests from the number due, each divided by what a single one would give
	Bad    float64 `json:"bad,omitempty"`    // bad requests of both
	Pairs  float64 `json:"pairs,omitempty"`  // the squares of each minute's bad requests
	Scarce float64 `json:"scarce,omitempty"` // bad requests, each divided by the variance of its falling to the candidate
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

// Cluster estimates how many bad requests fall to one version together, from releases that were as good as stable. It is 1 as long as chance explains
// the split; above that it is on the careful side, because a few clusters tell little about their size. It is a value for Comparison.Cluster. Where
// the largest cluster is known, that number is exact and better than this estimate.
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

// Client is the same for targets that spread clients: a client at its worst may cause as many bad requests as the worst minute had.
func (s Scatter) Client() float64 { return max(s.Cluster(), s.Peak) }

// Joined is the scatter of several releases.
func Joined(all ...Scatter) (sum Scatter) {
	for _, s := range all {
		sum = sum.plus(s)
	}
	return sum
}
