package kind

import (
	"slices"
	"strings"
)

// PoolMetrics are what a pool's endpoints count, for kinds whose service counts nothing by pool.
type PoolMetrics struct {
	Requests PoolMetric  `json:"requests"`
	Errors   PoolMetric  `json:"errors"`
	Duration *PoolMetric `json:"duration,omitempty"`
}

// PoolMetric names a metric of an endpoint.
type PoolMetric struct {
	Namespace  string            `json:"namespace"`
	Name       string            `json:"name"`
	Dimensions map[string]string `json:"dimensions,omitempty"`
}

// counted are the metrics of one pool, or of all when it is empty. A label that is not among the pools stands for any of them.
func counted(counts map[string]PoolMetrics, pools []string, pool string) Metrics {
	switch {
	case len(counts) == 0 || len(pools) == 0:
		return Metrics{}
	case pool != "" && !slices.Contains(pools, pool):
		pool = pools[0]
	}
	if pool != "" {
		return counts[pool].metrics()
	}
	all := counts[pools[0]].metrics()
	for _, p := range pools[1:] {
		m := counts[p].metrics()
		all.Requests, all.Errors, all.Duration = Sum(all.Requests, m.Requests), Sum(all.Errors, m.Errors), Metric{} // durations do not add up
	}
	return all
}

func (p PoolMetrics) metrics() Metrics {
	m := Metrics{Requests: p.Requests.metric(), Errors: p.Errors.metric()}
	if p.Duration != nil {
		m.Duration = p.Duration.metric()
	}
	return m
}

func (m PoolMetric) metric() Metric {
	return Metric{Namespace: m.Namespace, Name: m.Name, Dimensions: m.Dimensions}
}

// countProblems is what is wrong with the metrics of pools.
func countProblems(counts map[string]PoolMetrics, pools []string) []Problem {
	var found []Problem
	for pool := range counts {
		if !slices.Contains(pools, pool) {
			found = append(found, Problem{"metrics." + pool, "there is no such pool", "name the metrics of " + strings.Join(pools, " and ")})
		}
	}
	if len(counts) > 0 && len(counts) != len(pools) {
		found = append(found, Problem{"metrics", "it leaves a pool out", "name the metrics of both pools: they are compared"})
	}
	return found
}
