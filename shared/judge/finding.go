package judge

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"sluice/shared/rollout"
)

// Judge gives the finding of every check on what was seen so far. weight is the candidate's, now.
func (l Ledger) Judge(d rollout.Definition, weight rollout.Weight, now time.Time) []Finding {
	var found []Finding
	streams := map[string][]Stream{}
	for _, s := range Streams(d) {
		streams[s.Check] = append(streams[s.Check], s)
	}
	for i, c := range d.Checks.Errors {
		key := "errors" + strconv.Itoa(i)
		found = append(found, l.compare(streams[key], asked{"failed", c.Tolerate, c.Enough, weight, now}).named(key, "errors", c.DryRun))
	}
	for i, c := range d.Checks.Latency {
		key := "latency" + strconv.Itoa(i)
		found = append(found, l.compare(streams[key], asked{"were slow", c.Tolerate, c.Enough, weight, now}).named(key, "latency", c.DryRun))
	}
	for i, c := range d.Checks.Ceilings {
		key := "ceilings" + strconv.Itoa(i)
		f := Ceiling(c, l.InStep(streams[key][0])).named(key, "ceiling", c.DryRun)
		if c.Metrics == nil || c.Metrics.RevisionDimension == "" {
			f = f.blended(d.Target.Blends())
		}
		found = append(found, f)
	}
	for i, b := range d.Checks.Bounds {
		key := "bounds" + strconv.Itoa(i)
		found = append(found, bound(b, l.values(streams[key][0]), now).named(key, b.Name, b.DryRun))
	}
	if weight == rollout.All {
		found = alone(found)
	}
	return found
}

// Premature says whether a finding still lacks requests or periods. Such a finding may fail the release when the bake ends, but not on the few
// requests of the first minutes: a ceiling is not a test that is valid at every look.
func (f Finding) Premature() bool { return f.Missing > 0 }

// blended calls the verdict weak where the counts do not tell the candidate from stable.
func (f Finding) blended(why string) Finding {
	if why != "" {
		f.Weak, f.Why = true, fmt.Sprintf("%s This verdict is weak: %s, so what it saw is not the candidate's alone.", f.Why, why)
	}
	return f
}

func (f Finding) named(key, by string, dryRun bool) Finding {
	f.Key, f.By, f.DryRun, f.Kind = key, by, dryRun, rollout.ByCheck
	return f
}

// asked is one question to a comparison.
type asked struct {
	did      string // what bad requests did: "failed"
	tolerate float64
	enough   int
	weight   rollout.Weight // of the candidate, now
	now      time.Time
}

// suspicion is the evidence (Evidence.LogE) above which a candidate that is not refuted does not pass either. Below it, chance explains what was
// seen: with a lower limit, a good release that meets one error among few requests would go back. make bench-judge shows what it costs.
const suspicion = 3.3

// compare judges one comparison. The quantiles of a latency check are judged together.
func (l Ledger) compare(streams []Stream, q asked) Finding {
	if l.marking() {
		return l.apart(streams[0], q.did)
	}
	worse, healthy := make([]Evidence, len(streams)), make([]Evidence, len(streams))
	show, top := Tally{}, math.Inf(-1)
	var shown Comparison
	for i, s := range streams {
		c, t := l.clustered(s), l.Tally(s, q.now)
		worse[i], healthy[i] = c.Worse(t), c.Healthy(t)
		if worse[i].LogE > top {
			top, show, shown = worse[i].LogE, t, c
		}
	}
	bad, good := Average(worse...), Average(healthy...)
	low, high := shown.Interval(show)
	f := Finding{LogE: bad.LogE, Needed: bad.Needed, Arms: show.Arms, Low: low}
	if !math.IsInf(high, 1) {
		f.High = high
	}
	said := sentence(q.did, show.Arms)
	served, now := show.Arms.Candidate.Requests, l.inStep(streams[0])
	strays := 0
	if whole := l.Series[streams[0].Key]; whole.Step.Requests == 0 || whole.Stable.Requests > 0 { // older ledgers do not have stable's part
		strays = stray(now, q.weight)
	}
	switch {
	case broken(streams[0], now):
		f.Verdict = Fail
		f.Why = fmt.Sprintf("%s of %s requests failed since the step began (%s): more than half, %s.", thousands(now.Candidate.Errors), thousands(now.Candidate.Requests), percent(now.Candidate), beside(now))
	case bad.Enough():
		f.Verdict = Fail
		f.Why = fmt.Sprintf("%s: about %s times as many, and surely more than %s.", said, about(show.Ratio()), allowed(q.tolerate))
	case served == 0:
		f.Verdict, f.Missing, f.Few = Inconclusive, q.enough, true
		f.Why = fmt.Sprintf("Nothing was seen of both versions yet: 0 of the %s requests that are needed.", thousands(q.enough))
		if q.enough == 1 {
			f.Why = "Nothing was seen of both versions yet: neither users nor synthetic requests came to both."
		}
	case strays > 0:
		f.Verdict, f.Missing, f.Few = Inconclusive, strays, true
		f.Why = fmt.Sprintf("The candidate got %s of %s requests since the step began, and its weight is %v: what it serves is not what users send.", thousands(now.Candidate.Requests), thousands(now.Candidate.Requests+now.Stable.Requests), q.weight)
	case good.Enough():
		f.Verdict = Pass
		f.Why = fmt.Sprintf("%s: surely less than %s times as many.", said, number(shown.Alarming))
	case bad.LogE > suspicion:
		f.Verdict = Inconclusive
		f.Why = fmt.Sprintf("%s: perhaps worse, but not surely (%s).", said, between(low, high))
	case served < q.enough:
		f.Verdict, f.Missing, f.Few = Inconclusive, q.enough-served, true
		f.Why = fmt.Sprintf("%s: %s of the %s requests that are needed were seen.", said, thousands(served), thousands(q.enough))
	case show.Ratio() <= q.tolerate && bad.LogE <= 0:
		f.Verdict = Pass
		f.Why = fmt.Sprintf("%s: nothing worse was seen.", said)
	default:
		f.Verdict = Pass
		f.Why = fmt.Sprintf("%s: no more than chance explains.", said)
	}
	return f.weakened(streams[0])
}

// weakened calls the verdict weak where the target spreads clients over the versions, and not single requests.
func (f Finding) weakened(by Stream) Finding {
	if by.Weak() {
		f.Weak = true
		f.Why += " This verdict is weak: a client keeps to one version, and earlier releases do not show how many bad requests one client may bring. Evidence is weighed by their worst minute."
	}
	return f
}

// broken is the plain ceiling beside each comparison of errors: more than half of the candidate's requests fail, and stable's error rate is less than
// half of that. It waits neither for final minutes nor for warming, and needs no requests of stable. What fails at both is not the candidate's fault.
func broken(s Stream, now Arms) bool {
	c := now.Candidate
	return !s.Latency && c.Requests >= 20 && c.Errors >= 10 && 2*c.Errors > c.Requests && 2*now.Stable.Percent() < c.Percent()
}

func beside(now Arms) string {
	if now.Stable.Requests == 0 {
		return "and stable served nothing beside it"
	}
	return fmt.Sprintf("and of stable's %s", percent(now.Stable))
}

// stray is how many requests the candidate lacks, or has too many, when its share is less than a third or more than three times its weight. Chance
// does not do that, so the candidate serves something else than users' traffic, such as health checks. It is 0 otherwise.
func stray(now Arms, weight rollout.Weight) int {
	got, all := float64(now.Candidate.Requests), float64(now.Candidate.Requests+now.Stable.Requests)
	due := all * float64(weight) / float64(rollout.All)
	off := math.Abs(got - due)
	if weight <= rollout.None || weight >= rollout.All || off <= 4*math.Sqrt(due)+4 || got >= due/3 && got <= 3*due {
		return 0
	}
	return int(off)
}

// clustered is the comparison with the cluster size that the definition states, or that was learnt from earlier releases.
func (l Ledger) clustered(s Stream) Comparison {
	c := s.Compare
	if c.Cluster == 0 {
		c.Cluster = max(1, l.Cluster[s.Key])
	}
	return c
}

// sentence tells the counts as a tired person reads them.
func sentence(did string, a Arms) string {
	return fmt.Sprintf("%s of %s requests %s (%s), of stable's %s of %s in the same minutes (%s)", thousands(a.Candidate.Errors), thousands(a.Candidate.Requests), did,
		percent(a.Candidate), thousands(a.Stable.Errors), thousands(a.Stable.Requests), percent(a.Stable))
}

// between says where the ratio lies.
func between(low, high float64) string {
	switch {
	case low <= 0 && math.IsInf(high, 1):
		return "any ratio is possible"
	case math.IsInf(high, 1):
		return "at least " + number(low) + " times stable's"
	case low <= 0:
		return "at most " + number(high) + " times stable's"
	}
	return number(low) + " to " + number(high) + " times stable's"
}

func number(f float64) string { return strconv.FormatFloat(math.Round(f*100)/100, 'g', 3, 64) }

// allowed is what is tolerated.
func allowed(tolerate float64) string {
	if tolerate <= 1 {
		return "stable's"
	}
	return "the " + number(tolerate) + " times that are tolerated"
}

// about is a number that is not known well.
func about(f float64) string { return strconv.FormatFloat(f, 'g', 2, 64) }

func percent(c Counts) string { return fmt.Sprintf("%.2g %%", c.Percent()) }

// thousands writes 12345 as 12,345.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// alone adjusts the findings at 100 %, where stable serves nothing and nothing more can be compared. A comparison that passed or
// failed stands. One that is inconclusive does not act any more, if another check does.
func alone(found []Finding) []Finding {
	others := false
	for _, f := range found {
		others = others || !f.DryRun && !f.compared()
	}
	for i, f := range found {
		if f.compared() && f.Verdict == Inconclusive && others {
			found[i].DryRun = true
			found[i].Why = "Stable serves nothing any more, so nothing is compared: " + f.Why
		}
	}
	return found
}

func (f Finding) compared() bool { return f.Needed > 0 }

// values are the points of a bound since the present step began.
func (l Ledger) values(s Stream) []Point {
	return slices.DeleteFunc(slices.Clone(l.Series[s.Key].Recent), func(p Point) bool { return p.At < l.step() })
}

// bound judges the newest periods that are final.
func bound(b rollout.Bound, values []Point, now time.Time) Finding {
	limit := now.Add(-final(b.Period()) - b.Period()).Unix()
	out, seen, last := 0, 0, 0.0
	for _, v := range values {
		if v.At > limit {
			continue
		}
		seen, last = seen+1, v.Value
		if b.AtMost != nil && v.Value > *b.AtMost || b.AtLeast != nil && v.Value < *b.AtLeast {
			out++
		} else {
			out = 0
		}
	}
	limits := limitsOf(b)
	switch {
	case seen == 0:
		return Finding{Verdict: Inconclusive, Missing: b.For, Why: fmt.Sprintf("%s was seen in 0 of %d periods: CloudWatch has no data of it. Where no data means none, write FILL(%s, 0) in its expression.", b.Name, b.For, firstOf(b.Metrics))}
	case out >= b.For:
		return Finding{Verdict: Fail, Why: fmt.Sprintf("%s is %s, out of its bound of %s.", b.Name, number(last), limits)}
	case seen < b.For:
		return Finding{Verdict: Inconclusive, Missing: b.For - seen, Why: fmt.Sprintf("%s was seen in %d of %d periods.", b.Name, seen, b.For)}
	}
	return Finding{Verdict: Pass, Why: fmt.Sprintf("%s is %s, within its bound of %s.", b.Name, number(last), limits)}
}

// firstOf is the id of a bound's first metric.
func firstOf(metrics map[string]rollout.Gauge) string {
	ids := slices.Sorted(maps.Keys(metrics))
	return append(ids, "m1")[0]
}

func limitsOf(b rollout.Bound) string {
	switch {
	case b.AtLeast == nil:
		return "at most " + number(*b.AtMost)
	case b.AtMost == nil:
		return "at least " + number(*b.AtLeast)
	}
	return number(*b.AtLeast) + " to " + number(*b.AtMost)
}
