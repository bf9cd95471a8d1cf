package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// looks is how many minutes a release takes when nothing extends it.
const looks = 60

// level is how much traffic a service has.
type level struct {
	requests float64 // in a minute, both versions
	share    float64 // of the candidate
	rate     float64 // of bad requests of stable
}

func (l level) String() string {
	return fmt.Sprintf("%s, %g %% to the candidate, %g %% of stable's bad", l.pace(), 100*l.share, 100*l.rate)
}

func (l level) pace() string {
	if l.requests < 10 {
		return fmt.Sprintf("%.0f requests an hour", 60*l.requests)
	}
	return fmt.Sprintf("%.0f requests a minute", l.requests)
}

func (l level) short() string {
	if l.requests < 10 {
		return fmt.Sprintf("%.0f/h", 60*l.requests)
	}
	return fmt.Sprintf("%.0f/min", l.requests)
}

var (
	levels = []level{{600, 0.1, 0.005}, {6000, 0.1, 0.005}, {6000, 0.05, 0.001}, {60000, 0.1, 0.005}}
	quiet  = []level{{20.0 / 60, 0.1, 0.01}, {200.0 / 60, 0.1, 0.01}}
)

// scenario is a kind of traffic. What it does, it does to both versions: none of it is the release's fault.
type scenario struct {
	name    string
	common  func(minute int, phase float64) float64 // factor of the rate of both
	cluster int                                     // bad requests that fall to one version together; 0 means 1
	missing float64                                 // chance that a minute's metrics never come
	late    float64                                 // chance that half of a minute's metrics come two minutes late
	weights []float64                               // of the candidate, each for its part of the hour; nil means the level's
	jitter  float64                                 // spread of the number of requests from minute to minute, beyond chance
	cold    float64                                 // share of the candidate's requests that fail in the first minute of each step
	storm   int                                     // failures of one client, in each of three minutes of the hour
	pings   float64                                 // good ones in a minute, all that the candidate gets; 0: users' requests
	sticky  bool                                    // of such a client, all at one version
}

var ramp = []float64{0.1, 0.25, 0.5}

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
	{name: "bursts", common: bursts, jitter: 0.33, weights: ramp},
	{name: "blackout", common: blackout, weights: ramp},
	{name: "cold", cold: 0.1, weights: ramp},
	{name: "storm", storm: 60, weights: ramp},
	{name: "sticky", storm: 60, sticky: true, weights: ramp},
}

// outage triples the rate of both for twenty minutes.
func outage(minute int, phase float64) float64 {
	if lasts(minute, phase) {
		return 3
	}
	return 1
}

func lasts(minute int, phase float64) bool {
	begun := int(phase * 40)
	return minute >= begun && minute < begun+20
}

// blackout lets eight of ten requests of both fail for twenty minutes, whatever the rate is.
func blackout(minute int, phase float64) float64 {
	if lasts(minute, phase) {
		return math.Inf(1)
	}
	return 1
}

// drift lets the rate of both swing by 90 percent within the hour.
func drift(minute int, phase float64) float64 {
	return 1 + 0.9*math.Sin(2*math.Pi*(float64(minute)/looks+phase))
}

// bursts is five times the rate in every fifth minute.
func bursts(minute int, phase float64) float64 {
	if (minute+int(5*phase))%5 == 0 {
		return 5
	}
	return 1
}

// minute is what is served in one minute, and what a peer sees of it.
type minute struct {
	served    judge.Served
	step      int
	candidate [2]float64 // what a peer reads as the newest value: the rate of bad requests, or average and p99
	stable    [2]float64
	missing   bool // there is no newest value
	alone     bool // the candidate serves everything: nothing of stable is to be seen
	harmed    int  // requests of the candidate that were bad in this minute, seen or not
}

// release is one release that is played to every rule.
type release struct {
	past    past
	steps   []rollout.Step
	minutes []minute
	more    func(step int) judge.Served // what a step that bakes again serves, beyond the plan
}

// release is one of the level in the scenario; the candidate's rate is ratio times stable's.
func (s scenario) release(r *rand.Rand, l level, ratio float64) release {
	phase := r.Float64()
	return release{
		steps: s.steps(l), minutes: s.hour(r, l, ratio),
		more: func(step int) judge.Served { return s.minute(r, l, r.IntN(looks), step, phase, ratio).served },
	}
}

// steps are the level's share for an hour, or the same time for each weight. What serves everything is not watched.
func (s scenario) steps(l level) []rollout.Step {
	weight := func(share float64) rollout.Weight { return rollout.Weight(math.Round(share * float64(rollout.All))) }
	if s.weights == nil {
		return []rollout.Step{{Weight: weight(l.share), Bake: rollout.Duration(time.Hour)}}
	}
	var steps []rollout.Step
	for _, w := range s.weights {
		if w == 1 {
			return append(steps, rollout.Step{Weight: rollout.All})
		}
		steps = append(steps, rollout.Step{Weight: weight(w), Bake: rollout.Duration(looks / time.Duration(len(s.weights)) * time.Minute)})
	}
	return steps
}

func (s scenario) hour(r *rand.Rand, l level, ratio float64) []minute {
	phase, minutes := r.Float64(), make([]minute, looks)
	for i := range minutes {
		minutes[i] = s.minute(r, l, i, i*max(1, len(s.weights))/looks, phase, ratio)
	}
	for range 3 {
		if s.storm > 0 {
			s.storms(r, l, &minutes[r.IntN(looks)])
		}
	}
	for i := range minutes {
		minutes[i] = minutes[i].shown()
	}
	return minutes
}

func (s scenario) minute(r *rand.Rand, l level, i, step int, phase, ratio float64) minute {
	rate, share, requests := l.rate, s.shareOf(l, step), l.requests
	if s.common != nil {
		rate = min(0.8, l.rate*s.common(i, phase))
	}
	if s.jitter > 0 {
		requests *= math.Exp(s.jitter*r.NormFloat64() - s.jitter*s.jitter/2)
	}
	bad := min(1, rate*ratio)
	if s.cold > 0 && i%(looks/max(1, len(s.weights))) == 0 {
		bad = max(bad, s.cold)
	}
	whole := judge.Arms{Candidate: s.counts(r, requests*share, bad), Stable: s.counts(r, requests*(1-share), rate)}
	if s.pings > 0 {
		whole = judge.Arms{Candidate: s.counts(r, s.pings, 0), Stable: s.counts(r, requests, rate)}
	}
	m := minute{step: step, alone: share == 1, served: judge.Served{Arms: []judge.Arms{whole}}}
	if s.late > 0 && r.Float64() < s.late {
		m.served.Late = []judge.Arms{{Candidate: s.part(r, whole.Candidate), Stable: s.part(r, whole.Stable)}}
	}
	m.served.Lost = s.missing > 0 && r.Float64() < s.missing
	return m
}

func (s scenario) shareOf(l level, step int) float64 {
	if s.weights == nil {
		return l.share
	}
	return s.weights[step]
}

// storms adds the failures of one client, whose requests are spread over the versions or all meet the same one.
func (s scenario) storms(r *rand.Rand, l level, m *minute) {
	share, candidate := s.shareOf(l, m.step), 0
	for range s.storm {
		if r.Float64() < share {
			candidate++
		}
	}
	if s.sticky {
		candidate = 0
		if r.Float64() < share {
			candidate = s.storm
		}
	}
	a := &m.served.Arms[0]
	a.Candidate = judge.Counts{Requests: a.Candidate.Requests + candidate, Errors: a.Candidate.Errors + candidate}
	a.Stable = judge.Counts{Requests: a.Stable.Requests + s.storm - candidate, Errors: a.Stable.Errors + s.storm - candidate}
}

// shown fills in what peers see.
func (m minute) shown() minute {
	whole := m.served.Arms[0]
	seen := whole
	if m.served.Late != nil {
		late := m.served.Late[0]
		seen = judge.Arms{Candidate: rest(whole.Candidate, late.Candidate), Stable: rest(whole.Stable, late.Stable)}
	}
	m.harmed = whole.Candidate.Errors
	m.missing = m.served.Lost || seen.Candidate.Requests == 0 || seen.Stable.Requests == 0 && !m.alone
	if !m.missing {
		m.candidate[0], m.stable[0] = seen.Candidate.Percent(), seen.Stable.Percent()
	}
	return m
}

// counts draws the requests of a minute. Of many requests of a small rate, the bad ones are a Poisson number.
func (s scenario) counts(r *rand.Rand, mean, rate float64) judge.Counts {
	k, n := max(s.cluster, 1), poisson(r, mean)
	if rate > 0.2 {
		return judge.Counts{Requests: n, Errors: binomial(r, n, rate)}
	}
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
