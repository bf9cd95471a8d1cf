package main

import (
	"math"
	"slices"
)

// rule is a way of judging. At every look it gives a number, and it rolls back when that is above its threshold. The
// threshold of a peer's rule is what calibration finds; Sluice's is fixed.
type rule struct {
	name     string
	begin    func() looker // of a peer
	*product               // of Sluice
}

// looker judges one release.
type looker interface{ look(m minute) float64 }

var never = math.Inf(-1)

// alarm is what rolls back in CodeDeploy, SAM, ECS and AppConfig: an alarm on the candidate's metric that is red when of of
// the last in values are above the threshold. Missing values are passed over, as CloudWatch does by default.
type alarm struct {
	of, in, metric int
	values         []float64
}

func (a *alarm) look(m minute) float64 {
	if !m.missing {
		a.values = append(a.values, m.candidate[a.metric])
	}
	return largest(a.values[max(0, len(a.values)-a.in):], a.of)
}

// largest is the n-th largest value: so many are above every threshold below it.
func largest(values []float64, n int) float64 {
	if len(values) < n {
		return never
	}
	ordered := slices.Clone(values)
	slices.Sort(ordered)
	return ordered[len(ordered)-n]
}

// counter is the loop of Flagger and of Argo Rollouts: it counts the failed checks of the whole release, good ones reset
// nothing, and the failed-th one ends it. A value fails when it is above the threshold.
type counter struct {
	failed, metric int
	again          bool // Flagger asks CloudWatch for the newest value, so a missing minute shows the former one again
	gap            int  // missing values in a row that end it; 0 = none (Argo: the fifth error)
	late           int  // looks between the last failed check and the roll-back (Flagger: at the next tick)

	top   []float64 // the largest values, the largest first
	said  []float64
	empty int
	last  *float64
}

func (c *counter) look(m minute) float64 {
	switch {
	case !m.missing:
		c.empty = 0
		c.last = &m.candidate[c.metric]
		c.check(*c.last)
	case c.again && c.last != nil:
		c.check(*c.last)
	default:
		c.empty++
	}
	now := never
	if len(c.top) == c.failed {
		now = c.top[c.failed-1]
	}
	if c.gap > 0 && c.empty >= c.gap {
		now = math.Inf(1)
	}
	c.said = append(c.said, now)
	if len(c.said) <= c.late {
		return never
	}
	return c.said[len(c.said)-1-c.late]
}

func (c *counter) check(value float64) {
	at, _ := slices.BinarySearchFunc(c.top, value, func(have, want float64) int {
		if have > want {
			return -1
		}
		return 1
	})
	if at < c.failed {
		c.top = slices.Insert(c.top, at, value)
		c.top = c.top[:min(len(c.top), c.failed)]
	}
}

func alarmRule(name string, of, in, metric int) rule {
	return rule{name: name, begin: func() looker { return &alarm{of: of, in: in, metric: metric} }}
}

func flaggerRule(name string, threshold, metric int) rule {
	return rule{name: name, begin: func() looker { return &counter{failed: threshold, metric: metric, again: true, late: 1} }}
}

func argoRule(name string, limit, metric int) rule {
	return rule{name: name, begin: func() looker { return &counter{failed: limit + 1, metric: metric, gap: 5} }}
}
