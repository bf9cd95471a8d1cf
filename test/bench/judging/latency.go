package main

import (
	"math"
	"math/rand/v2"

	"sluice/shared/judge"
)

// Latencies are counted in bins that grow by a tenth, much as CloudWatch keeps them, from 10 ms.
const (
	bins   = 64
	growth = 1.1
	median = 100 // ms, of stable
	sigma  = 0.5 // of the logarithm: p99 is 3.2 times the median
)

// fastest is the edge of the first bin, as the logarithm of its part of the median.
var fastest, logGrowth = math.Log(10.0 / median), math.Log(growth)

// middles are the latencies in the middle of the bins, in tens of ms.
var middles = func() (m [bins]float64) {
	for i := range m {
		m[i] = math.Pow(growth, float64(i)+0.5)
	}
	return m
}()

// quantiles are the bins above which a request is slower than stable's p50, p90, p99 and p99.9.
var quantiles = [4]int{24, 31, 36, 40}

// slowness is a kind of traffic with latencies, and what the candidate does to them.
type slowness struct {
	name   string
	common func(minute int, phase float64) float64 // factor of all latencies of both
	uneven float64                                 // spread of a factor of each version in each minute, by chance
	factor float64                                 // of the candidate's latencies; 0 means 1
	tail   float64                                 // share of the candidate's requests that are ten times slower
	bursts float64                                 // share of minutes in which all of the candidate's requests are ten times slower
}

var calm = []slowness{
	{name: "plain"},
	{name: "slowdown", common: func(m int, phase float64) float64 { return 1 + (outage(m, phase)-1)/2 }},
	{name: "drift", common: func(m int, phase float64) float64 {
		return math.Exp(0.5 * math.Sin(2*math.Pi*(float64(m)/looks+phase)))
	}},
	{name: "uneven", uneven: 0.05},
}

var slow = []slowness{
	{name: "x 1.1", factor: 1.1},
	{name: "x 1.25", factor: 1.25},
	{name: "x 2", factor: 2},
	{name: "tail", tail: 0.02},
	{name: "bursts", bursts: 0.1},
}

// release is one of the level.
func (s slowness) release(r *rand.Rand, l level) release {
	h := release{steps: scenario{}.steps(l)}
	h.minutes = s.hour(r, l)
	h.more = func(int) judge.Served { return h.minutes[r.IntN(looks)].served }
	return h
}

func (s slowness) hour(r *rand.Rand, l level) []minute {
	phase, found := r.Float64(), make([]minute, looks)
	for i := range found {
		common := 1.0
		if s.common != nil {
			common = s.common(i, phase)
		}
		factor := common * max(s.factor, 1)
		if s.bursts > 0 && r.Float64() < s.bursts {
			factor *= 10
		}
		candidate := s.draw(r, l.requests*l.share, factor*s.chance(r), s.tail)
		stable := s.draw(r, l.requests*(1-l.share), common*s.chance(r), 0)
		m := minute{missing: candidate.total == 0 || stable.total == 0, harmed: candidate.above(quantiles[2])}
		if !m.missing {
			m.candidate, m.stable = candidate.values(), stable.values()
		}
		for _, q := range quantiles {
			m.served.Arms = append(m.served.Arms, judge.Arms{Candidate: candidate.counts(q), Stable: stable.counts(q)})
		}
		found[i] = m
	}
	return found
}

func (s slowness) chance(r *rand.Rand) float64 { return math.Exp(s.uneven * r.NormFloat64()) }

// share of the requests below a bin when all latencies are multiplied by a factor, of which the logarithm is given.
func share(bin int, logFactor float64) float64 {
	edge := fastest + float64(bin)*logGrowth - logFactor
	return (1 + math.Erf(edge/(sigma*math.Sqrt2))) / 2
}

// histogram is the latencies of one version in one minute.
type histogram struct {
	bin   [bins]int
	total int
}

func (s slowness) draw(r *rand.Rand, mean, factor, tail float64) histogram {
	h, below := histogram{}, 0.0
	log, logTail := math.Log(factor), math.Log(10*factor)
	for i := range h.bin {
		upTo := 1.0 // the last bin holds whatever is slower
		if i < bins-1 {
			upTo = (1 - tail) * share(i+1, log)
			if tail > 0 {
				upTo += tail * share(i+1, logTail)
			}
		}
		h.bin[i] = poisson(r, mean*(upTo-below))
		h.total += h.bin[i]
		below = upTo
	}
	return h
}

func (h histogram) above(bin int) int {
	n := 0
	for _, k := range h.bin[bin:] {
		n += k
	}
	return n
}

func (h histogram) counts(bin int) judge.Counts {
	return judge.Counts{Requests: h.total, Errors: h.above(bin)}
}

// values are the average and the p99, in ms.
func (h histogram) values() [2]float64 {
	sum, p99, left := 0.0, 0.0, 0.01*float64(h.total)
	for i := bins - 1; i >= 0; i-- {
		n := float64(h.bin[i])
		sum += n * 10 * middles[i]
		if p99 == 0 && n > 0 && n >= left {
			p99 = 10 * math.Pow(growth, float64(i)+1-left/n)
		}
		left -= n
	}
	return [2]float64{sum / float64(h.total), p99}
}
