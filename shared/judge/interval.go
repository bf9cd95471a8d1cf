package judge

import "math"

// The lattice of rate ratios on which the interval is found: from 1/64 to 64, four to an octave.
const (
	perOctave = 4
	octaves   = 6
	lattice   = 2*octaves*perOctave + 1
)

// ratios are those of the lattice, and logRatios their logarithms.
var ratios, logRatios = func() (r, l [lattice]float64) {
	for i := range r {
		r[i] = ratioAt(float64(i))
		l[i] = math.Log(r[i])
	}
	return r, l
}()

// ratioAt is the ratio at a place of the lattice; places between its points are allowed.
func ratioAt(place float64) float64 { return math.Exp2(place/perOctave - octaves) }

// Interval is where the ratio of the bad rates (candidate/stable) lies: at every look at once, the interval covers the true ratio
// with probability 1-Alpha (a confidence sequence). Low is 0 and high +Inf while that side is open. It is for people to look
// at: it is a little wider than the tests Worse and Healthy, which ask one question each.
func (c Comparison) Interval(t Tally) (low, high float64) {
	c = c.sane()
	logs := make([]float64, lattice)
	for i, l := range t.Lattice {
		logs[i] = l / c.Cluster
	}
	// A ratio is out when the mixture over the lattice has 1/Alpha times its likelihood.
	bound := logMean(logs) + math.Log(c.Alpha)
	up := edge(logs, bound)
	for i, j := 0, lattice-1; i < j; i, j = i+1, j-1 {
		logs[i], logs[j] = logs[j], logs[i]
	}
	down := edge(logs, bound)
	low, high = 0, math.Inf(1)
	if up < lattice-1 {
		high = ratioAt(up)
	}
	if down < lattice-1 {
		low = ratioAt(lattice - 1 - down)
	}
	return low, high
}

// edge is the place, going up, where the likelihood falls below the bound; the last place if it does not. The likelihood is
// concave over the lattice, so between two points it lies below the line through the two points before and below the line
// through the two behind: the edge is never too near.
func edge(logs []float64, bound float64) float64 {
	last := len(logs) - 1
	if logs[last] >= bound {
		return float64(last)
	}
	in := last
	for in > 0 && logs[in] < bound {
		in--
	}
	reach, out := 1.0, in+1
	if in > 0 && logs[in-1] > logs[in] {
		reach = min(reach, (logs[in]-bound)/(logs[in-1]-logs[in]))
	}
	if out < last && logs[out] > logs[out+1] {
		reach = min(reach, 1-(bound-logs[out])/(logs[out]-logs[out+1]))
	}
	return float64(in) + max(reach, 0)
}

// Ratio is the most likely ratio of the bad rates (candidate/stable), from 1/64 to 64; 1 when nothing was bad. It compares minute
// by minute: the ratio of the summed counts would mislead when the weight or the common rate changed meanwhile.
func (t Tally) Ratio() float64 {
	if t.Arms.Candidate.Errors+t.Arms.Stable.Errors == 0 {
		return 1
	}
	top := 0
	for i, l := range t.Lattice {
		if l > t.Lattice[top] {
			top = i
		}
	}
	place := float64(top)
	if top > 0 && top < lattice-1 { // the peak of the parabola through the three highest points
		before, after := t.Lattice[top]-t.Lattice[top-1], t.Lattice[top]-t.Lattice[top+1]
		if before+after > 0 {
			place += (before - after) / (before + after) / 2
		}
	}
	return ratioAt(place)
}
