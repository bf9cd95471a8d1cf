package cloudwatch

import (
	"math"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// A statistic turns the values of a period into a number; ok is false where it has none.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
type statistic struct {
	name   string
	values bool // needs the single values, not only their totals
	of     func(*tally) (value float64, ok bool)
}

func total(name string, of func(*tally) float64) statistic {
	return statistic{name: name, of: func(t *tally) (float64, bool) { return of(t), t.count > 0 }}
}

var totals = map[string]statistic{
	"Sum":         total("Sum", func(t *tally) float64 { return t.sum }),
	"Average":     total("Average", func(t *tally) float64 { return t.sum / t.count }),
	"Minimum":     total("Minimum", func(t *tally) float64 { return t.min }),
	"Maximum":     total("Maximum", func(t *tally) float64 { return t.max }),
	"SampleCount": total("SampleCount", func(t *tally) float64 { return t.count }),
}

// parseStatistic reads "Sum", "p99.9", "tm95", "IQM", "TC(10%:90%)", "PR(:300)" and their like.
func parseStatistic(name string) (statistic, error) {
	if st, ok := totals[name]; ok {
		return st, nil
	}
	kind, lo, hi, ok := parseRange(name)
	if !ok {
		return statistic{}, invalidValue("The value %s for parameter Stat is not a statistic this sandbox knows", name)
	}
	return statistic{name: name, values: true, of: func(t *tally) (float64, bool) {
		if t.count == 0 || t.opaque {
			return 0, false
		}
		return kind(t.sorted(), t.count, lo, hi)
	}}, nil
}

// A limit is an end of a statistic's range: a share of the samples (percent) or a value; unset means open.
type limit struct {
	at      float64
	percent bool
	set     bool
}

type rangeStatistic func(sorted []sample, count float64, lo, hi limit) (float64, bool)

var rangeStatistics = map[string]rangeStatistic{
	"p": percentile, "tm": trimmedMean, "tc": trimmedCount, "ts": trimmedSum, "wm": winsorizedMean, "pr": percentileRank,
}

func parseRange(name string) (kind rangeStatistic, lo, hi limit, ok bool) {
	if name == "IQM" {
		return trimmedMean, limit{25, true, true}, limit{75, true, true}, true
	}
	if i := strings.IndexByte(name, '('); i > 0 && strings.HasSuffix(name, ")") {
		left, right, found := strings.Cut(name[i+1:len(name)-1], ":")
		lo, okLo := parseLimit(left)
		hi, okHi := parseLimit(right)
		kind = rangeStatistics[strings.ToLower(name[:i])]
		return kind, lo, hi, found && okLo && okHi && (lo.set || hi.set) && kind != nil && name[0] < 'a'
	}
	for _, prefix := range []string{"tm", "tc", "ts", "wm", "p"} {
		if rest, found := strings.CutPrefix(name, prefix); found {
			at, err := strconv.ParseFloat(rest, 64)
			return rangeStatistics[prefix], limit{}, limit{at, true, true}, err == nil && at >= 0 && at <= 100
		}
	}
	return nil, lo, hi, false
}

func parseLimit(text string) (limit, bool) {
	if text == "" {
		return limit{}, true
	}
	number, percent := strings.CutSuffix(text, "%")
	at, err := strconv.ParseFloat(number, 64)
	return limit{at, percent, true}, err == nil
}

// percentileOf returns the smallest value that at least p percent of the samples do not exceed.
func percentileOf(sorted []sample, count, p float64) float64 {
	rank := math.Max(p/100*count, math.SmallestNonzeroFloat64)
	for _, s := range sorted {
		if rank -= s.weight; rank <= 1e-9 {
			return s.value
		}
	}
	return sorted[len(sorted)-1].value
}

func percentile(sorted []sample, count float64, _, hi limit) (float64, bool) {
	return percentileOf(sorted, count, hi.at), true
}

// trim keeps the part of the samples between two limits: shares of the samples cut a sample in two, values are
// exclusive below and inclusive above.
func trim(sorted []sample, count float64, lo, hi limit) []sample {
	least, most := 0.0, count
	if lo.percent {
		least = lo.at / 100 * count
	}
	if hi.percent {
		most = hi.at / 100 * count
	}
	var kept []sample
	seen := 0.0
	for _, s := range sorted {
		weight := math.Min(seen+s.weight, most) - math.Max(seen, least)
		seen += s.weight
		tooLow := lo.set && !lo.percent && s.value <= lo.at
		tooHigh := hi.set && !hi.percent && s.value > hi.at
		if weight > 1e-9 && !tooLow && !tooHigh {
			kept = append(kept, sample{s.value, weight})
		}
	}
	return kept
}

func sumOf(samples []sample) (sum, count float64) {
	for _, s := range samples {
		sum += s.value * s.weight
		count += s.weight
	}
	return sum, count
}

func trimmedMean(sorted []sample, count float64, lo, hi limit) (float64, bool) {
	sum, n := sumOf(trim(sorted, count, lo, hi))
	return sum / n, n > 0
}

func trimmedSum(sorted []sample, count float64, lo, hi limit) (float64, bool) {
	sum, _ := sumOf(trim(sorted, count, lo, hi))
	return sum, true
}

func trimmedCount(sorted []sample, count float64, lo, hi limit) (float64, bool) {
	_, n := sumOf(trim(sorted, count, lo, hi))
	return n, true
}

// percentileRank is the share, in percent, of the samples within the limits.
func percentileRank(sorted []sample, count float64, lo, hi limit) (float64, bool) {
	_, n := sumOf(trim(sorted, count, lo, hi))
	return 100 * n / count, true
}

// winsorizedMean is the mean after values outside the limits were drawn to them.
func winsorizedMean(sorted []sample, count float64, lo, hi limit) (float64, bool) {
	least, most := sorted[0].value, sorted[len(sorted)-1].value
	if lo.set {
		least = limitValue(sorted, count, lo)
	}
	if hi.set {
		most = limitValue(sorted, count, hi)
	}
	sum := 0.0
	for _, s := range sorted {
		sum += math.Min(math.Max(s.value, least), most) * s.weight
	}
	return sum / count, true
}

func limitValue(sorted []sample, count float64, l limit) float64 {
	if l.percent {
		return percentileOf(sorted, count, l.at)
	}
	return l.at
}

// statName is what an alarm calls its statistic, of the two fields the API has for it.
func statName(plain types.Statistic, extended *string) string {
	if plain != "" {
		return string(plain)
	}
	return str(extended)
}
