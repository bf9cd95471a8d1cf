package lambda

import "time"

const namespace = "AWS/Lambda"

// dimensions are the sets under which AWS publishes the metrics of an invocation: the function; the function as it was
// called; and, for an alias with two versions, the version that ran
// (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html).
func (r served) dimensions() []map[string]string {
	sets := []map[string]string{{"FunctionName": r.name}}
	if r.qualifier == "" {
		return sets
	}
	resource := r.name + ":" + r.qualifier
	sets = append(sets, map[string]string{"FunctionName": r.name, "Resource": resource})
	if r.version != "" {
		sets = append(sets, map[string]string{"FunctionName": r.name, "Resource": resource, "ExecutedVersion": r.version})
	}
	return sets
}

// served is whose metrics an invocation counts in: what was called, and the version that ran where an alias has two.
type served struct {
	reference
	version string
}

// dimensions of what was served are made once: each invocation counts in them a dozen times.
func (s *Service) dimensions(of served) []map[string]string {
	if sets, known := s.counted.Load(of); known {
		return sets.([]map[string]string)
	}
	sets := of.dimensions()
	s.counted.Store(of, sets)
	return sets
}

// record publishes one value under every dimension set of the target.
func (s *Service) record(t target, name, unit string, value float64, at time.Time) {
	if s.o.Record == nil {
		return
	}
	for _, dims := range t.dims {
		s.o.Record(namespace, name, dims, unit, value, at)
	}
}

// recordInvocation publishes what one execution counts for. All carries the time at which it began, so a minute can still
// grow for as long as the function's time-out after it has ended.
func (s *Service) recordInvocation(t target, failed bool, concurrent int, start time.Time, took time.Duration) {
	errors := 0.0
	if failed {
		errors = 1
	}
	s.record(t, "Invocations", "Count", 1, start)
	s.record(t, "Errors", "Count", errors, start)
	s.record(t, "Throttles", "Count", 0, start)
	s.record(t, "Duration", "Milliseconds", float64(took)/float64(time.Millisecond), start)
	s.record(t, "ConcurrentExecutions", "Count", float64(concurrent), start)
}

// recordThrottle counts a refused invocation, which is neither an invocation nor an error.
func (s *Service) recordThrottle(t target) {
	s.record(t, "Throttles", "Count", 1, time.Now())
}
