package main

import (
	"math"
	"slices"
)

// kayenta is the Mann-Whitney rule of NetflixACAJudge on one value for each minute of both versions, over the release so far.
// It fails when the lower end of the confidence interval of the shift is above a quarter of the estimated shift and the
// ratio of the means is above allowedIncrease, here 1. The lower end is where z falls to the threshold, and z
// falls with the shift: so the rule asks for z at a quarter of the estimate, and what is calibrated is the confidence
// (published: 98 %, which is 2.326). The interval ends at the lowest candidate value less the highest of stable, so samples
// that do not overlap fail whatever the confidence is.
type kayenta struct {
	metric            int
	fewest            int       // values for the first look: with fewer than five, one good release in fifty fails by non-overlapping samples
	candidate, stable []float64 // in order
}

const (
	tolerance = 0.25
	faintest  = 1 // z at no shift below which the rest is not worked out: no calibration ends there
)

func (k *kayenta) look(m minute) float64 {
	if !m.missing {
		k.candidate, k.stable = insert(k.candidate, m.candidate[k.metric]), insert(k.stable, m.stable[k.metric])
	}
	if len(k.candidate) < k.fewest || mean(k.candidate) <= mean(k.stable) || zOf(k.candidate, k.stable, 0) < faintest {
		return never
	}
	low, high := k.candidate[0]-last(k.stable), last(k.candidate)-k.stable[0]
	estimate := shift(k.candidate, k.stable, low, high)
	if low > tolerance*math.Abs(estimate) {
		return math.Inf(1)
	}
	if estimate <= 0 {
		return never
	}
	return zOf(k.candidate, k.stable, tolerance*estimate)
}

// pipecd is the Mann-Whitney rule of PipeCD's analysis, alternative HIGH, on the values of the last interval. It looks at the end of
// each interval of ten minutes; here it may look every minute at the last ten. What is calibrated is alpha (published: 0.05).
type pipecd struct {
	metric            int
	candidate, stable []float64
}

const interval = 10

func (p *pipecd) look(m minute) float64 {
	if m.missing {
		return never
	}
	p.candidate, p.stable = append(p.candidate, m.candidate[p.metric]), append(p.stable, m.stable[p.metric])
	n := len(p.candidate)
	if n < interval {
		return never
	}
	candidate, stable := slices.Clone(p.candidate[n-interval:]), slices.Clone(p.stable[n-interval:])
	slices.Sort(candidate)
	slices.Sort(stable)
	return zOf(candidate, stable, 0)
}

// above is U: how many pairs have the candidate's value, less the shift, above stable's; ties count a half. It also tells the
// sum of t^3-t over the ties of all values.
func above(candidate, stable []float64, shift float64) (u, ties float64) {
	i, j := 0, 0
	for i < len(candidate) || j < len(stable) {
		value := math.Inf(1)
		if i < len(candidate) {
			value = candidate[i] - shift
		}
		if j < len(stable) {
			value = min(value, stable[j])
		}
		a, b := i, j
		for i < len(candidate) && candidate[i]-shift == value {
			i++
		}
		for j < len(stable) && stable[j] == value {
			j++
		}
		same, below := float64(j-b), float64(b)
		u += float64(i-a) * (below + same/2)
		t := float64(i - a + j - b)
		ties += t*t*t - t
	}
	return u, ties
}

// zOf is the normal approximation with the corrections for ties and for continuity.
func zOf(candidate, stable []float64, shift float64) float64 {
	n, m := float64(len(candidate)), float64(len(stable))
	u, ties := above(candidate, stable, shift)
	off := u - n*m/2
	variance := n * m / 12 * (n + m + 1 - ties/((n+m)*(n+m-1)))
	if variance <= 0 || off == 0 {
		return 0
	}
	return (off - math.Copysign(0.5, off)) / math.Sqrt(variance)
}

// shift is the estimate of Hodges and Lehmann: where as many pairs are above as below.
func shift(candidate, stable []float64, low, high float64) float64 {
	pairs := float64(len(candidate) * len(stable))
	for range 16 { // to less than a ten-thousandth of the range
		middle := (low + high) / 2
		if higher(candidate, stable, middle) > pairs/2 {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// higher is the U of above alone, which shift asks for often.
func higher(candidate, stable []float64, shift float64) float64 {
	below, same, twice := 0, 0, 0
	for _, c := range candidate {
		value := c - shift
		for below < len(stable) && stable[below] < value {
			below++
		}
		for same = max(same, below); same < len(stable) && stable[same] == value; {
			same++
		}
		twice += below + same
	}
	return float64(twice) / 2
}

func kayentaRule(name string, fewest, metric int) rule {
	return rule{name: name, begin: func() looker { return &kayenta{fewest: fewest, metric: metric} }}
}

func pipecdRule(name string, metric int) rule {
	return rule{name: name, begin: func() looker { return &pipecd{metric: metric} }}
}

func insert(ordered []float64, value float64) []float64 {
	at, _ := slices.BinarySearch(ordered, value)
	return slices.Insert(ordered, at, value)
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

func last(values []float64) float64 { return values[len(values)-1] }
