package judge

import "slices"

// Dispersion is for targets that spread clients and have no earlier release to learn from (see Scatter). It sees only that bad requests come together
// in a minute, and cannot tell one client that tries ten times from a burst that hits everybody. So its estimate is on the careful side.

const (
	doubt      = 20 // imaginary bad requests that Dispersion adds to those of the history
	clustered  = 3  // how many of these come at a time: without history three is assumed
	blocks     = 12 // parts of the history; the result at two thirds from below counts
	blockLeast = 50 // bad requests that a part has at least, on average
)

// Dispersion estimates how many bad requests come together, from stable's own history (one Counts for each minute, in order):
// the variance of its bad requests divided by the variance of independent ones, never below 1. It is a value for
// Comparison.Cluster. Where the largest cluster is known, that number is exact and better than this estimate.
//
// Each minute is compared with its two neighbours, given the bad requests of all three, so slow drift cancels out. The
// history is cut into parts, and the result at two thirds from below counts: an outage spoils a part or two and no more,
// and chance in one part errs on the safe side. A history with few bad requests says little, so a few imaginary ones
// that come in threes are added.
func Dispersion(history []Counts) float64 {
	var groups []uneven
	total := uneven{}
	for i := 1; i+1 < len(history); i++ {
		s := unevenOf(history[i-1].sane(), history[i].sane(), history[i+1].sane())
		groups, total = append(groups, s), total.with(s)
	}
	parts := min(blocks, int(total.bad)/blockLeast, len(groups))
	found := []float64{}
	for p := range parts {
		sum := uneven{}
		for _, s := range groups[p*len(groups)/parts : (p+1)*len(groups)/parts] {
			sum = sum.with(s)
		}
		if sum.bad > 0 {
			found = append(found, sum.square/sum.bad)
		}
	}
	estimate := 0.0
	switch {
	case len(found) > 0:
		slices.Sort(found)
		estimate = found[(2*len(found)-1)/3]
	case total.bad > 0:
		estimate = total.square / total.bad
	}
	return max(1, (estimate*total.bad+clustered*doubt)/(total.bad+doubt))
}

// uneven is how far the bad requests of minutes are from the numbers that are due. square sums the squared distances, each
// divided by what independent requests would give for one bad request; bad counts the bad requests.
type uneven struct{ square, bad float64 }

func unevenOf(before, middle, after Counts) uneven {
	outer := before.plus(after)
	if outer.Requests == 0 || middle.Requests == 0 {
		return uneven{}
	}
	bad := float64(outer.Errors + middle.Errors)
	due := float64(middle.Requests) / float64(outer.Requests+middle.Requests)
	off := float64(middle.Errors) - due*bad
	all := float64(outer.Requests + middle.Requests)
	if bad == all { // no chance was left
		return uneven{square: bad, bad: bad}
	}
	return uneven{square: off * off / (due * (1 - due)) * (all - 1) / (all - bad), bad: bad}
}

func (s uneven) with(o uneven) uneven { return uneven{s.square + o.square, s.bad + o.bad} }
