package judge

import (
	"maps"
	"slices"
	"time"

	"sluice/shared/rollout"
)

// Ledger is what a release has seen so far: small, written after each look, and the same however often a look is repeated.
//
// CloudWatch publishes a minute's counts some minutes late, and may change them afterwards. So the ledger keeps the last minutes
// one by one, and each look replaces what an earlier look read of them. Older minutes are added up and forgotten. A minute that
// is read twice counts once, including the requests that CloudWatch reported late.
type Ledger struct {
	Version   int                  `json:"version"`             // rises with each look: two looks at once do not both write
	Shifts    []int64              `json:"shifts,omitempty"`    // when each step began, Unix seconds
	Marked    []int                `json:"marked,omitempty"`    // steps in which the candidate gets marked requests alone
	Series    map[string]Series    `json:"series,omitempty"`    // by Stream.Key
	Slow      map[string][]float64 `json:"slow,omitempty"`      // by check: the durations from which on a request is slow, in the metric's unit
	Cluster   map[string]float64   `json:"cluster,omitempty"`   // by Stream.Key: how many bad requests fall to one version together, learnt from earlier releases
	Learnt    bool                 `json:"learnt,omitempty"`    // Slow and Cluster are known
	Findings  []Finding            `json:"findings,omitempty"`  // of the last look
	At        time.Time            `json:"at,omitzero"`         // of the last look
	Synthetic int64                `json:"synthetic,omitempty"` // minute of the last synthetic requests, Unix seconds
	Bought    Tally                `json:"bought,omitzero"`     // what synthetic requests found
	Folded    []Minute             `json:"-"`                   // minutes that the last look added up, for the history
	Worth     worth                `json:"-"`                   // what minutes add to tallies; only in a rehearsal
}

// Series is what one check has seen.
type Series struct {
	Tally   Tally   `json:"tally"`            // of the minutes that are added up
	Step    Counts  `json:"step"`             // what the candidate served in those minutes since the present step began
	Stable  Counts  `json:"stable,omitzero"`  // what stable served in them
	Thin    []Arms  `json:"thin,omitempty"`   // by step: the sum of the added-up minutes in which only one version was asked
	Scatter Scatter `json:"scatter,omitzero"` // how the bad requests of the added-up minutes split between the versions
	Recent  []Point `json:"recent,omitempty"` // the minutes since, oldest first
	Through int64   `json:"through,omitempty"`
}

// Point is what both versions served in one period of a metric.
type Point struct {
	At    int64   `json:"at"` // its beginning, Unix seconds
	Arms  Arms    `json:"arms,omitzero"`
	Value float64 `json:"value,omitempty"` // of a bound
}

// Minute is a point of a series, as the history keeps it.
type Minute struct {
	Key   string `json:"key"`
	Point Point  `json:"point"`
}

// Seen is what one look read: by Stream.Key, oldest first.
type Seen map[string][]Point

const (
	// horizon is how long a minute may still change: CloudWatch's own metrics are complete long before.
	horizon = 10 * time.Minute
	// warming is how long latency is not compared after a shift: cold starts are slow and say nothing about the code. For errors the definition says it.
	warming = time.Minute
)

// final is how old the end of a period must be before the period is compared. It covers the delay of publishing and the longest
// request of most services (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/publishingMetrics.html).
// High-resolution metrics are sent every few seconds.
func final(period time.Duration) time.Duration {
	if period < time.Minute {
		return period
	}
	return 2 * time.Minute
}

// Lag is how much of the end of a bake the stream does not know yet when the bake ends. A ceiling counts what CloudWatch has; a comparison waits until
// a period does not change any more.
func (s Stream) Lag() time.Duration {
	switch {
	case s.Compares:
		return final(s.Period)
	case s.Period < time.Minute:
		return 0
	}
	return publishing * time.Minute
}

// Since is the time from which a look must read: the oldest minute that may have changed.
func (l Ledger) Since(d rollout.Definition, now time.Time) time.Time {
	begun := now.Unix()
	if len(l.Shifts) > 0 {
		begun = l.Shifts[0]
	}
	since := now
	for _, s := range Streams(d) {
		if from := time.Unix(max(l.Series[s.Key].Through, begun), 0); from.Before(since) {
			since = from
		}
	}
	return since
}

// step is when the present step began.
func (l Ledger) step() int64 {
	if len(l.Shifts) == 0 {
		return 0
	}
	return l.Shifts[len(l.Shifts)-1]
}

// Learn keeps what stable's last day says. A latency check that had no durations before begins to count now: what is slow must be
// fixed before it is counted. Known values stay, because a limit that moves would adapt to the requests that it judges. Learning
// is over when every check could be read and every latency check has its durations.
func (l Ledger) Learn(d rollout.Definition, slow map[string][]float64, cluster map[string]float64, unread Unread, now time.Time) Ledger {
	series := make(map[string]Series, len(l.Series))
	for _, s := range Streams(d) {
		one := l.Series[s.Key]
		if s.Latency && l.Version > 0 && len(l.Slow[s.Check]) == 0 {
			one.Through = now.Unix()
		}
		series[s.Key] = one
	}
	l.Series = series
	l.Slow, l.Cluster = joined(slow, l.Slow), joined(cluster, l.Cluster)
	l.Learnt = len(l.Slow) == len(d.Checks.Latency) && len(unread) == 0
	return l
}

// joined is both maps; where both have a key, the older value.
func joined[V any](newer, older map[string]V) map[string]V {
	all := make(map[string]V, len(newer)+len(older))
	maps.Copy(all, newer)
	maps.Copy(all, older)
	return all
}

// Began notes that a step began, once.
func (l Ledger) Began(step int, at time.Time) Ledger {
	if len(l.Shifts) > step {
		return l
	}
	series := make(map[string]Series, len(l.Series))
	for key, s := range l.Series {
		s.Step, s.Stable = Counts{}, Counts{}
		series[key] = s
	}
	l.Series = series
	shifts := append([]int64(nil), l.Shifts...)
	for len(shifts) <= step {
		shifts = append(shifts, at.Unix())
	}
	l.Shifts = shifts
	return l
}

// Take adds what a look read. The series of a check that could not be read stay as they were: the next look reads from there.
func (l Ledger) Take(d rollout.Definition, seen Seen, unread Unread, now time.Time) Ledger {
	series := make(map[string]Series, len(l.Series))
	l.Folded = nil
	for _, s := range Streams(d) {
		old := l.Series[s.Key]
		if _, blind := unread[s.Check]; blind {
			series[s.Key] = old
			continue
		}
		old.Recent = merge(old, seen[s.Key])
		var folded []Point
		series[s.Key], folded = l.fold(s, old, now)
		for _, p := range folded {
			l.Folded = append(l.Folded, Minute{s.Key, p})
		}
	}
	l.Series = series
	l.Version++
	l.At = now
	return l
}

// merge joins the kept points with those that were read; a read point replaces a kept one. Points before Through are already added up.
func merge(s Series, read []Point) []Point {
	all := make([]Point, 0, len(s.Recent)+len(read))
	for i, j := 0, 0; i < len(s.Recent) || j < len(read); {
		switch {
		case j < len(read) && read[j].At < s.Through:
			j++
		case j >= len(read) || i < len(s.Recent) && s.Recent[i].At < read[j].At:
			all = append(all, s.Recent[i])
			i++
		default:
			if i < len(s.Recent) && s.Recent[i].At == read[j].At {
				i++
			}
			all = append(all, read[j])
			j++
		}
	}
	return all
}

// fold adds up the points that do not change any more.
func (l Ledger) fold(s Stream, old Series, now time.Time) (Series, []Point) {
	limit := now.Add(-max(horizon, s.Keep) - s.Period).Unix()
	kept := old
	kept.Recent = nil
	var folded []Point
	for _, p := range old.Recent {
		if p.At > limit {
			kept.Recent = append(kept.Recent, p)
			continue
		}
		folded = append(folded, p)
		kept = l.count(s, kept, p)
		if p.At >= l.stepFrom(s.Period) {
			kept.Step, kept.Stable = kept.Step.plus(p.Arms.Candidate), kept.Stable.plus(p.Arms.Stable)
		}
	}
	if len(l.Shifts) > 0 && limit >= l.Shifts[0] {
		kept.Through = max(kept.Through, limit+1)
	}
	return kept, folded
}

// stepFrom is the period in which the present step began.
func (l Ledger) stepFrom(period time.Duration) int64 {
	return l.step() - l.step()%int64(period.Seconds())
}

// count adds a minute to what is compared. Nothing can be compared in a minute in which only one version was asked, so such minutes of a step are
// counted together, as one.
func (l Ledger) count(s Stream, to Series, p Point) Series {
	a := p.Arms
	switch {
	case !s.Compares || l.warm(s, p) || l.marked(s, p):
	case a.Candidate.Requests > 0 && a.Stable.Requests > 0:
		to.Tally, to.Scatter = l.Worth.add(s, to.Tally, a), to.Scatter.plus(SplitOf(a))
	default:
		step := l.stepOf(p.At)
		thin := slices.Clone(to.Thin)
		for len(thin) <= step {
			thin = append(thin, Arms{})
		}
		thin[step] = thin[step].plus(a)
		to.Thin = thin
	}
	return to
}

// warm says whether a minute touches the time after a shift in which nothing is compared.
func (l Ledger) warm(s Stream, p Point) bool {
	for _, shift := range l.Shifts {
		if s.Warming > 0 && p.At+int64(s.Period.Seconds()) > shift && p.At < shift+int64(s.Warming.Seconds()) {
			return true
		}
	}
	return false
}

// stepOf is the step in which a minute began.
func (l Ledger) stepOf(at int64) int {
	step := 0
	for i, shift := range l.Shifts {
		if at >= shift {
			step = i
		}
	}
	return step
}

// Tally is what a comparison may count by now: the minutes that are final.
func (l Ledger) Tally(s Stream, now time.Time) Tally {
	known := l.Series[s.Key]
	limit := now.Add(-final(s.Period) - s.Period).Unix()
	for _, p := range known.Recent {
		if p.At <= limit {
			known = l.count(s, known, p)
		}
	}
	t := known.Tally
	for _, together := range known.Thin {
		t = l.Worth.add(s, t, together)
	}
	if s.Key == bought {
		t = t.Plus(l.Bought)
	}
	return t
}

// Split is how the bad requests of a stream split between the versions, over the whole release.
func (l Ledger) Split(key string) Scatter {
	all := l.Series[key].Scatter
	for _, p := range l.Series[key].Recent {
		all = all.plus(SplitOf(p.Arms))
	}
	return all
}

// Minutes lists the minutes that are not added up yet.
func (l Ledger) Minutes() []Minute {
	var all []Minute
	for _, key := range slices.Sorted(maps.Keys(l.Series)) {
		for _, p := range l.Series[key].Recent {
			all = append(all, Minute{key, p})
		}
	}
	return all
}

// bought is the key of the stream in which synthetic requests count.
const bought = "errors0"

// Buy adds what the synthetic requests of a minute found, once.
func (l Ledger) Buy(d rollout.Definition, minute int64, a Arms) Ledger {
	for _, s := range Streams(d) {
		if s.Key == bought && minute > l.Synthetic {
			l.Bought, l.Synthetic = s.Compare.Add(l.Bought, a), minute
		}
	}
	return l
}

// InStep is what the candidate served since the present step began, up to the last second that is known.
func (l Ledger) InStep(s Stream) Counts { return l.inStep(s).Candidate }

// inStep is what both versions served since the present step began.
func (l Ledger) inStep(s Stream) Arms {
	known := l.Series[s.Key]
	a := Arms{known.Step, known.Stable}
	for _, p := range known.Recent {
		if p.At >= l.stepFrom(s.Period) {
			a = a.plus(p.Arms)
		}
	}
	return a
}
