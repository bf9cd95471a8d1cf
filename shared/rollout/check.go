package rollout

import (
	"encoding/json"
	"slices"
	"time"

	"sluice/shared/kind"
)

// Checks are watched while baking, besides the guard alarms.
type Checks struct {
	Confidence       float64          `json:"confidence,omitempty"` // percent: how seldom a good release may be accused, over all of its looks; default 99
	Errors           []Compared       `json:"errors,omitempty"`     // requests that fail, beside stable's in the same minutes
	Latency          []Slower         `json:"latency,omitempty"`    // requests that are slow, beside stable's in the same minutes
	Ceilings         []Ceiling        `json:"ceilings,omitempty"`   // error rates that the candidate must not pass
	Bounds           []Bound          `json:"bounds,omitempty"`     // metrics that must stay within a bound
	Alarms           []string         `json:"alarms,omitempty"`     // CloudWatch alarms that must be green when a bake ends; unlike guard alarms they do not act at once
	Synthetic        *Synthetic       `json:"synthetic,omitempty"`  // requests that Sluice makes itself where there are too few
	WhenInconclusive WhenInconclusive `json:"whenInconclusive,omitzero"`
}

// Compared judges the share of requests that fail, of the candidate beside stable's over the same minutes.
type Compared struct {
	Tolerate float64     `json:"tolerate,omitempty"` // how many times stable's error rate is still fine; default 1: as good as stable
	Enough   int         `json:"enough,omitempty"`   // requests of the candidate from which on it passes if nothing worse was seen; default 1: as many as come
	Cluster  float64     `json:"cluster,omitempty"`  // most errors of one cause that all fall to one version; default: estimated from how errors split in earlier releases
	Spreads  kind.Spread `json:"spreads,omitempty"`  // what is spread over the versions; default: what the kind of target spreads
	Weight   float64     `json:"weight,omitempty"`   // its part of the chance of a false alarm, beside those of the other comparisons; default 1
	DryRun   bool        `json:"dryRun,omitempty"`   // recorded, and not acted on
	Metrics  *Metric     `json:"metrics,omitempty"`  // default: AWS/Lambda Invocations and Errors by executed version

	// Warming is how long after each shift errors are not compared, because cold starts fail and say little of the code; ceilings count them.
	// Default 1m, or 0s where a bake is shorter than 5m.
	Warming *Duration `json:"warming,omitempty"`
}

// Slower judges the share of requests that are slower than stable's own quantiles were on the day before.
type Slower struct {
	Quantiles []float64   `json:"quantiles,omitempty"` // percent; default 50, 90, 99 and 99.9
	Tolerate  float64     `json:"tolerate,omitempty"`  // how many times stable's share of slow requests is still fine; default 1: as good as stable
	Enough    int         `json:"enough,omitempty"`    // as in Compared
	Cluster   float64     `json:"cluster,omitempty"`   // as in Compared
	Spreads   kind.Spread `json:"spreads,omitempty"`   // as in Compared
	Weight    float64     `json:"weight,omitempty"`    // as in Compared
	DryRun    bool        `json:"dryRun,omitempty"`    // recorded, and not acted on
	Metric    *Timing     `json:"metric,omitempty"`    // default: AWS/Lambda Duration by executed version
}

// Ceiling fails a step when the candidate's error rate is above Percent with at least Errors errors.
type Ceiling struct {
	Percent  float64 `json:"percent"`            // error rate, percent of requests
	Errors   int     `json:"errors,omitempty"`   // errors below this count are never a failure; default 1
	Requests int     `json:"requests,omitempty"` // fewer requests than this are no evidence: Inconclusive; default 1
	DryRun   bool    `json:"dryRun,omitempty"`   // recorded, and not acted on
	Metrics  *Metric `json:"metrics,omitempty"`  // default: AWS/Lambda Invocations and Errors by executed version
}

// Bound fails when a metric, or an expression of metrics, leaves its bound for as many periods as For says. ${candidate} and
// ${stable} in the values of dimensions stand for the two versions.
type Bound struct {
	Name       string           `json:"name"`                 // what people call it
	Metrics    map[string]Gauge `json:"metrics"`              // by the id that the expression knows them by
	Expression string           `json:"expression,omitempty"` // metric math over the ids; may be left out with one metric
	AtMost     *float64         `json:"atMost,omitempty"`
	AtLeast    *float64         `json:"atLeast,omitempty"`
	For        int              `json:"for,omitempty"`    // periods in a row; default 1
	DryRun     bool             `json:"dryRun,omitempty"` // recorded, and not acted on
}

// Gauge is one CloudWatch metric.
type Gauge struct {
	Namespace  string            `json:"namespace"`
	Name       string            `json:"name"`
	Stat       string            `json:"stat,omitempty"` // as CloudWatch writes it: Average (the default), Sum, Maximum, p99
	Dimensions map[string]string `json:"dimensions,omitempty"`
	Period     Duration          `json:"period,omitzero"` // 10s, 30s or whole minutes; default 60s
}

// Metric names the counts of a custom metric, by revision.
type Metric struct {
	Namespace         string            `json:"namespace"`
	Requests          string            `json:"requests"`             // name of the metric that counts requests
	Errors            string            `json:"errors"`               // name of the metric that counts errors
	RevisionDimension string            `json:"revisionDimension"`    // dimension that holds the revision (the Lambda version)
	Dimensions        map[string]string `json:"dimensions,omitempty"` // further dimensions
	Period            Duration          `json:"period,omitzero"`      // 10s, 30s or whole minutes; default 60s
}

// Timing names a custom metric that holds how long each request took, by revision.
type Timing struct {
	Namespace         string            `json:"namespace"`
	Name              string            `json:"name"`
	RevisionDimension string            `json:"revisionDimension"`    // dimension that holds the revision (the Lambda version)
	Dimensions        map[string]string `json:"dimensions,omitempty"` // further dimensions
	Period            Duration          `json:"period,omitzero"`      // 10s, 30s or whole minutes; default 60s
}

// Synthetic says how Sluice makes requests of its own: each minute of a bake it invokes both versions PerMinute times, and the
// failures count in the first check of errors. The function must be able to bear these invocations.
type Synthetic struct {
	PerMinute int             `json:"perMinute"`         // invocations of each version
	Payload   json.RawMessage `json:"payload,omitempty"` // what they are invoked with; {} when empty
}

// WhenInconclusive says what happens when a step ends without enough evidence (invariant I8: no data is not good news).
type WhenInconclusive struct {
	Extend      int          `json:"extend,omitempty"` // how many times the step bakes again first
	Wait        int          `json:"wait,omitempty"`   // how many times it bakes again when only requests are missing; default 8 if whenInconclusive is left out
	Then        WhenExtended `json:"then,omitempty"`
	NoneWorseIn int          `json:"noneWorseIn,omitempty"` // with goOn: only if the candidate served so many requests and there is no evidence against it
	Ask         *Question    `json:"ask,omitempty"`         // with ask: who is asked
}

// Question says who is asked before a step that is not listed under approvals.
type Question struct {
	From       []string   `json:"from"`                 // who may answer, by their names in Definition.People
	Quorum     int        `json:"quorum,omitempty"`     // as in Approval
	Within     Duration   `json:"within,omitzero"`      // as in Approval
	WhenSilent WhenSilent `json:"whenSilent,omitempty"` // as in Approval
}

// WhenExtended says what follows when further bakes did not bring enough evidence.
type WhenExtended string

// The ends of an inconclusive step.
const (
	ThenRollBack WhenExtended = "rollBack"
	ThenGoOn     WhenExtended = "goOn"
	ThenAsk      WhenExtended = "ask" // people decide
)

// Period is the period of the bound's metrics.
func (b Bound) Period() time.Duration {
	for _, g := range b.Metrics {
		return g.Period.Std()
	}
	return time.Minute
}

// act says whether a check can take a release back.
func (c Checks) act() bool {
	return c.Accuse() ||
		slices.ContainsFunc(c.Ceilings, func(c Ceiling) bool { return !c.DryRun }) ||
		slices.ContainsFunc(c.Bounds, func(b Bound) bool { return !b.DryRun }) || len(c.Alarms) > 0
}

// Compare says whether the candidate is compared with stable. A comparison is judged each minute of a bake.
func (c Checks) Compare() bool { return len(c.Errors)+len(c.Latency) > 0 }

// Accuse says whether a comparison with stable can take the release back.
func (c Checks) Accuse() bool {
	return slices.ContainsFunc(c.Errors, func(e Compared) bool { return !e.DryRun }) ||
		slices.ContainsFunc(c.Latency, func(l Slower) bool { return !l.DryRun })
}

// Counted says whether any check counts what the candidate served.
func (c Checks) Counted() bool { return c.Compare() || len(c.Ceilings)+len(c.Bounds) > 0 }

func (c Checks) withDefaults(s Strategy, t Target) Checks {
	c.Confidence = or(c.Confidence, 99)
	if c.WhenInconclusive == (WhenInconclusive{}) {
		c.WhenInconclusive.Wait = waits
	}
	c.WhenInconclusive.Then = or(c.WhenInconclusive.Then, ThenRollBack)
	c.Errors, c.Latency = slices.Clone(c.Errors), slices.Clone(c.Latency)
	c.Ceilings, c.Bounds = slices.Clone(c.Ceilings), slices.Clone(c.Bounds)
	for i := range c.Errors {
		c.Errors[i] = c.Errors[i].withDefaults(warming(s), t.Spreads())
	}
	for i := range c.Latency {
		c.Latency[i] = c.Latency[i].withDefaults(t.Spreads())
	}
	for i := range c.Ceilings {
		c.Ceilings[i] = c.Ceilings[i].withDefaults()
	}
	for i := range c.Bounds {
		c.Bounds[i] = c.Bounds[i].withDefaults()
	}
	return c
}

// The defaults of comparisons; docs/judging.md shows what they lead to.
const (
	tolerated = 1
	enough    = 1
	waits     = 8
)

// warming is how long errors are not compared after a shift. It is 0 when a bake is so short that this would be much of it.
func warming(s Strategy) Duration {
	for _, step := range s.Steps() {
		if step.Bake > 0 && step.Bake < Duration(5*time.Minute) {
			return 0
		}
	}
	return Duration(time.Minute)
}

func (c Compared) withDefaults(warming Duration, spreads kind.Spread) Compared {
	c.Tolerate, c.Enough, c.Weight, c.Spreads = or(c.Tolerate, tolerated), or(c.Enough, enough), or(c.Weight, 1), or(c.Spreads, spreads)
	if c.Warming == nil {
		c.Warming = &warming
	}
	c.Metrics = c.Metrics.withDefaults()
	return c
}

func (s Slower) withDefaults(spreads kind.Spread) Slower {
	if len(s.Quantiles) == 0 {
		s.Quantiles = []float64{50, 90, 99, 99.9}
	}
	s.Tolerate, s.Enough, s.Weight, s.Spreads = or(s.Tolerate, tolerated), or(s.Enough, enough), or(s.Weight, 1), or(s.Spreads, spreads)
	if s.Metric != nil {
		m := *s.Metric
		m.Period = or(m.Period, Duration(time.Minute))
		s.Metric = &m
	}
	return s
}

func (c Ceiling) withDefaults() Ceiling {
	c.Errors, c.Requests = or(c.Errors, 1), or(c.Requests, 1)
	c.Metrics = c.Metrics.withDefaults()
	return c
}

func (b Bound) withDefaults() Bound {
	b.For = or(b.For, 1)
	metrics := make(map[string]Gauge, len(b.Metrics))
	for id, g := range b.Metrics {
		g.Stat, g.Period = or(g.Stat, "Average"), or(g.Period, Duration(time.Minute))
		metrics[id] = g
	}
	b.Metrics = metrics
	return b
}

func (m *Metric) withDefaults() *Metric {
	if m == nil {
		return nil
	}
	whole := *m
	whole.Period = or(whole.Period, Duration(time.Minute))
	return &whole
}

// Approval is the question as an approval before a step.
func (q Question) Approval(step int) Approval {
	return Approval{Step: step + 1, From: q.From, Quorum: q.Quorum, Within: q.Within, WhenSilent: q.WhenSilent}.withDefaults()
}
