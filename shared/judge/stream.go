package judge

import (
	"fmt"
	"strconv"
	"time"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// Stream is what a check needs each minute: requests and bad ones, of both versions, or the value of a bound.
type Stream struct {
	Key      string        // where a Ledger keeps it: "errors0", "latency0/1", "ceilings0"
	Check    string        // the check that it belongs to: "errors0", "latency0", "ceilings0"
	Period   time.Duration // of its metric
	Compares bool          // with stable; a ceiling looks at the candidate alone
	Latency  bool          // bad means slow
	Keep     time.Duration // how long its points are kept one by one, at least
	Quantile float64       // of a latency check, in percent
	Place    int           // of the quantile in the check's list
	Warming  time.Duration // after each shift, in which nothing is compared
	Spreads  kind.Spread
	Compare  Comparison
	Counts   *rollout.Metric // nil: Lambda's own
	Timing   *rollout.Timing // nil: Lambda's own
	Bound    *rollout.Bound  // its points are values, and not counts
}

// Streams lists what the checks of a definition count, in a fixed order. The definition has its defaults.
func Streams(d rollout.Definition) []Stream {
	var all []Stream
	for i, e := range d.Checks.Errors {
		key := "errors" + strconv.Itoa(i)
		all = append(all, Stream{
			Key: key, Check: key, Period: period(e.Metrics), Compares: true, Counts: e.Metrics, Warming: e.Warming.Std(), Spreads: e.Spreads,
			Compare: comparison(e.Tolerate, e.Cluster, alpha(d.Checks, e.Weight, e.DryRun)),
		})
	}
	for i, l := range d.Checks.Latency {
		check := "latency" + strconv.Itoa(i)
		for place, quantile := range l.Quantiles {
			all = append(all, Stream{
				Key: fmt.Sprintf("%s/%d", check, place), Check: check, Period: timingPeriod(l.Metric), Compares: true, Latency: true, Quantile: quantile, Place: place, Timing: l.Metric,
				Warming: warming, Spreads: l.Spreads,
				Compare: common(comparison(l.Tolerate, l.Cluster, alpha(d.Checks, l.Weight, l.DryRun)), quantile),
			})
		}
	}
	for i, c := range d.Checks.Ceilings {
		key := "ceilings" + strconv.Itoa(i)
		all = append(all, Stream{Key: key, Check: key, Period: period(c.Metrics), Counts: c.Metrics})
	}
	for i, b := range d.Checks.Bounds {
		key := "bounds" + strconv.Itoa(i)
		all = append(all, Stream{Key: key, Check: key, Period: b.Period(), Keep: b.Period()*time.Duration(b.For+1) + final(b.Period()), Bound: &b})
	}
	return all
}

// Together is how many bad requests of the stream fall to one version together, judged by how they split in earlier releases.
func (s Stream) Together(before Scatter) float64 {
	if s.Spreads == kind.SpreadClients {
		return before.Client()
	}
	return before.Cluster()
}

// Weak says whether a verdict on the stream is weak (kind.Spread).
func (s Stream) Weak() bool { return s.Spreads.Weak(s.Compare.Cluster) }

// beta is the chance with which a comparison may call a release healthy that is twice as bad as tolerated. Such a release is still
// watched at the next step, so less is at stake than with a rollback.
const beta = 0.05

func comparison(tolerate, cluster, alpha float64) Comparison {
	return Comparison{Tolerated: tolerate, Alarming: 2 * tolerate, Alpha: alpha, Beta: beta, Cluster: cluster}
}

// common is a comparison in which bad requests are not rare: half of stable's requests are slower than its median.
func common(c Comparison, quantile float64) Comparison {
	c.Base = (100 - quantile) / 100
	return c
}

// alpha is a comparison's part of the chance to accuse a good release. The parts add up to the whole, even when comparisons depend
// on each other, so the release as a whole keeps its confidence. A dry run takes nothing from the others.
func alpha(c rollout.Checks, weight float64, dryRun bool) float64 {
	whole := 1 - c.Confidence/100
	if dryRun {
		return whole
	}
	sum := 0.0
	for _, e := range c.Errors {
		if !e.DryRun {
			sum += e.Weight
		}
	}
	for _, l := range c.Latency {
		if !l.DryRun {
			sum += l.Weight
		}
	}
	return whole * weight / sum
}

func period(m *rollout.Metric) time.Duration {
	if m == nil {
		return time.Minute
	}
	return m.Period.Std()
}

func timingPeriod(t *rollout.Timing) time.Duration {
	if t == nil {
		return time.Minute
	}
	return t.Period.Std()
}
