package main

import (
	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// past is what is known of stable before the release: for each thing that is compared, a Counts for each minute.
type past [][]judge.Counts

// The one configuration of Sluice in every scenario, and the plain ceiling beside it.
var (
	standard = judge.Comparison{Tolerated: 1, Alarming: 2, Alpha: 0.01, Beta: 0.05}
	ceiling  = rollout.Ceiling{Percent: 50, Errors: 10, Requests: 20}
)

// sluice is the rule under test: it compares errors, or the shares of requests slower than four quantiles of stable.
type sluice struct {
	comparisons []judge.Comparison
	tallies     []judge.Tally
	capped      bool // the first comparison is of errors, so the ceiling holds for it
}

func sluiceRule(c judge.Comparison, capped bool, bases ...float64) rule {
	return rule{"Sluice", func(h past) looker {
		s := &sluice{tallies: make([]judge.Tally, len(h)), capped: capped}
		for i, history := range h {
			c.Cluster, c.Base = judge.Dispersion(history), bases[i]
			s.comparisons = append(s.comparisons, c)
		}
		return s
	}}
}

// look gives 1 when the release is to go back and 0 otherwise: there is nothing to calibrate.
func (s *sluice) look(m minute) float64 {
	found := make([]judge.Evidence, len(s.comparisons))
	for _, news := range m.news {
		for i, a := range news {
			s.tallies[i] = s.comparisons[i].Add(s.tallies[i], a)
		}
		if s.capped && judge.Ceiling(ceiling, news[0].Candidate).Verdict == judge.Fail {
			return 1
		}
	}
	for i, c := range s.comparisons {
		found[i] = c.Worse(s.tallies[i])
	}
	if judge.Average(found...).Enough() {
		return 1
	}
	return 0
}
