package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"sluice/shared/judge"
)

const (
	looks = 60      // a release is looked at every minute of an hour
	day   = 24 * 60 // minutes of stable's history before it
)

// level is how much traffic a service has.
type level struct {
	requests int     // in a minute, both versions
	share    float64 // of the candidate
	rate     float64 // of bad requests of stable
}

func (l level) String() string {
	return fmt.Sprintf("%d requests a minute, %g %% to the candidate, %g %% of stable's bad", l.requests, 100*l.share, 100*l.rate)
}

var levels = []level{{600, 0.1, 0.005}, {6000, 0.1, 0.005}, {6000, 0.05, 0.001}, {60000, 0.1, 0.005}}

// scenario is a kind of traffic. What it does, it does to both versions: none of it is the release's fault.
type scenario struct {
	name    string
	common  func(minute int, phase float64) float64 // factor of the rate of both
	cluster int                                     // bad requests that come together; 0 means 1
	missing float64                                 // chance that a minute's metrics never come
	late    float64                                 // chance that half of a minute's metrics come two minutes late
	weights []float64                               // of the candidate, each for its part of the hour; nil means the level's
}

var scenarios = []scenario{
	{name: "plain"},
	{name: "outage", common: outage},
	{name: "drift", common: drift},
	{name: "twos", cluster: 2},
	{name: "fives", cluster: 5},
	{name: "tens", cluster: 10},
	{name: "missing", missing: 0.1},
	{name: "late", late: 0.2},
	{name: "ramp", weights: []float64{0.05, 0.25, 0.5}},
}

// outage triples the rate of both for twenty minutes.
func outage(minute int, phase float64) float64 {
	if begun := int(phase * day); minute >= begun%40 && minute < begun%40+20 {
		return 3
	}
	return 1
}

// drift lets the rate of both swing by 90 percent within the hour.
func drift(minute int, phase float64) float64 {
	return 1 + 0.9*math.Sin(2*math.Pi*(float64(minute)/looks+phase))
}

// minute is what can be seen of a release at one look.
type minute struct {
	news      [][]judge.Arms // what came since the last look, each with one Arms for each thing that Sluice compares
	candidate [2]float64     // what a peer reads as the newest value: the rate of bad requests, or average and p99
	stable    [2]float64
	missing   bool // there is no newest value
	harmed    int  // requests of the candidate that were bad in this minute, seen or not
}

// errors is one release of the level in the scenario; the candidate's rate is ratio times stable's.
func (s scenario) errors(r *rand.Rand, l level, ratio float64) []minute {
	phase, minutes, behind := r.Float64(), make([]minute, looks), map[int]judge.Arms{}
	for i := range minutes {
		rate, share := s.rate(l, i, phase), l.share
		if s.weights != nil {
			share = s.weights[i*len(s.weights)/looks]
		}
		whole := judge.Arms{
			Candidate: s.counts(r, float64(l.requests)*share, rate*ratio),
			Stable:    s.counts(r, float64(l.requests)*(1-share), rate),
		}
		m := minute{harmed: whole.Candidate.Errors}
		if former, ok := behind[i]; ok {
			m.news = append(m.news, []judge.Arms{former})
		}
		seen := whole
		if s.late > 0 && r.Float64() < s.late {
			seen = judge.Arms{Candidate: s.part(r, whole.Candidate), Stable: s.part(r, whole.Stable)}
			behind[i+2] = judge.Arms{Candidate: rest(whole.Candidate, seen.Candidate), Stable: rest(whole.Stable, seen.Stable)}
		}
		m.missing = seen.Candidate.Requests == 0 || seen.Stable.Requests == 0 || (s.missing > 0 && r.Float64() < s.missing)
		if !m.missing {
			m.news = append(m.news, []judge.Arms{seen})
			m.candidate[0], m.stable[0] = seen.Candidate.Percent(), seen.Stable.Percent()
		}
		minutes[i] = m
	}
	return minutes
}

// history is stable's day before the release, in the same scenario.
func (s scenario) history(r *rand.Rand, l level) []judge.Counts {
	phase, past := r.Float64(), make([]judge.Counts, day)
	begun := int(phase * day) // of the one outage of the day
	for i := range past {
		at := i
		if s.name == "outage" {
			at = i - begun
		}
		if s.missing == 0 || r.Float64() >= s.missing {
			past[i] = s.counts(r, float64(l.requests), s.rate(l, at, 0))
		}
	}
	return past
}

func (s scenario) rate(l level, minute int, phase float64) float64 {
	if s.common == nil {
		return l.rate
	}
	return l.rate * s.common(minute, phase)
}

// counts draws the requests of a minute. Of many requests of a small rate, the bad ones are a Poisson number.
func (s scenario) counts(r *rand.Rand, mean, rate float64) judge.Counts {
	k, n := max(s.cluster, 1), poisson(r, mean)
	return judge.Counts{Requests: n, Errors: min(n, k*poisson(r, float64(n)*rate/float64(k)))}
}

func (s scenario) part(r *rand.Rand, c judge.Counts) judge.Counts {
	k := max(s.cluster, 1)
	requests := half(r, c.Requests)
	return judge.Counts{Requests: requests, Errors: min(requests, k*half(r, c.Errors/k))}
}

func rest(whole, part judge.Counts) judge.Counts {
	return judge.Counts{Requests: whole.Requests - part.Requests, Errors: whole.Errors - part.Errors}
}
