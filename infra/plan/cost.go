package plan

import (
	"fmt"

	"sluice/infra/prices"
	"sluice/shared/judge"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// bill estimates a release that goes through every step once and is promoted. Each step invokes shift and judge; look
// each minute of a bake; a slow move has both wait once more; plan, admit and settle run once, trigger and notify (started, succeeded) answer the events, and slack
// answers each of them.
func bill(d rollout.Definition) []prices.Line {
	n := len(d.Steps())
	slow := d.SlowMoves()
	transitions, invocations, events := rollout.Transitions(n)+3*slow, 3*n+8+2*slow, n+3
	if d.Source != nil && d.Source.Build != nil { // without what CodeBuild asks for the build itself
		transitions, invocations, events = transitions+4, invocations+5, events+2 // webhook, build, progress, plan and admit once more
	}
	looks := 0
	if d.Checks.Counted() { // each minute of a bake, and when it ends
		for _, s := range d.Steps() {
			looks += int(s.Bake.Std().Minutes()) + 1
		}
	}
	invocations += looks
	reads, writes := 2*invocations+2*looks, 2*invocations
	metrics := looks * metricsOf(d)
	return prices.Used{Transitions: transitions, Invocations: invocations, Reads: reads, Writes: writes, Metrics: metrics, Events: events, Messages: 2}.Bill()
}

// metricsOf is how many metrics one look reads. It counts a metric for each check that uses it, although a look reads a shared one once.
func metricsOf(d rollout.Definition) (n int) {
	for _, s := range judge.Streams(d) {
		one := 2 // requests and bad ones, of one revision
		if !s.Latency && s.Counts == nil {
			one = countedBy(d.Target.Spec())
		}
		switch {
		case s.Bound != nil:
			n += len(s.Bound.Metrics)
		case s.Compares:
			n += 2 * one
		default:
			n += one
		}
	}
	if _, answers := d.Target.Spec().(kind.Answering); answers && len(d.Checks.Errors) > 0 {
		n++
	}
	return n
}

// countedBy is how many metrics tell the requests of one revision and the failed ones.
func countedBy(t kind.Spec) int {
	count := func(m kind.Metrics) int {
		names := map[string]bool{}
		parts(m.Requests, names)
		parts(m.Errors, names)
		return len(names)
	}
	if _, places := t.(kind.Standing); places { // where an example stands, nobody knows; the whole is what two places have
		return count(t.Metrics("")) / 2
	}
	return count(t.Metrics(kind.Of(t.Kind()).Revision.Example))
}

// parts names the metrics of CloudWatch that a metric is made of.
func parts(m kind.Metric, names map[string]bool) {
	if m.Name != "" {
		names[fmt.Sprint(m.Namespace, m.Name, m.Dimensions, m.Stat)] = true
	}
	for _, part := range m.Of {
		parts(part, names)
	}
}
