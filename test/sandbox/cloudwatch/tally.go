package cloudwatch

import (
	"math"
	"slices"
)

// maxSamples bounds the distinct values a tally remembers for percentiles. Above it neighbours are merged, so that
// percentiles become approximate, as CloudWatch's own are; sum, count, minimum and maximum stay exact.
const maxSamples = 512

// A sample is a value and how often it was seen.
type sample struct{ value, weight float64 }

// A tally is what is known of the values in a span of time.
type tally struct {
	sum, min, max, count float64

	samples []sample // in no order
	opaque  bool     // a statistic set hides its values: no percentiles
}

func (t *tally) add(value, weight float64) {
	t.absorb(value*weight, value, value, weight)
	for i := len(t.samples) - 1; i >= 0 && i >= len(t.samples)-8; i-- { // error counters repeat the same few values
		if t.samples[i].value == value {
			t.samples[i].weight += weight
			return
		}
	}
	t.samples = append(t.samples, sample{value, weight})
	if len(t.samples) >= 2*maxSamples {
		t.compact()
	}
}

// absorb adds totals without values.
func (t *tally) absorb(sum, least, most, count float64) {
	if t.count == 0 {
		t.min, t.max = least, most
	}
	t.sum += sum
	t.count += count
	t.min, t.max = math.Min(t.min, least), math.Max(t.max, most)
}

// addSet adds a statistic set. AWS can compute percentiles from one only when it leaves no doubt about the values:
// a single sample, or a minimum equal to the maximum.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Percentiles
func (t *tally) addSet(sum, least, most, count float64) {
	if count == 1 || least == most {
		t.add(least, count)
		return
	}
	t.absorb(sum, least, most, count)
	t.opaque = true
}

// merge adds another tally; the values are copied only when a statistic needs them.
func (t *tally) merge(o *tally, values bool) {
	if o.count == 0 {
		return
	}
	t.absorb(o.sum, o.min, o.max, o.count)
	t.opaque = t.opaque || o.opaque
	if !values {
		return
	}
	t.samples = append(t.samples, o.samples...)
	if len(t.samples) >= 2*maxSamples {
		t.compact()
	}
}

// sorted returns the samples in order of value, equal values joined.
func (t *tally) sorted() []sample {
	all := slices.Clone(t.samples)
	slices.SortFunc(all, func(a, b sample) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		}
		return 0
	})
	out := all[:0]
	for _, s := range all {
		if n := len(out); n > 0 && out[n-1].value == s.value {
			out[n-1].weight += s.weight
			continue
		}
		out = append(out, s)
	}
	return out
}

// compact halves the samples until they fit, joining neighbours at their weighted mean.
func (t *tally) compact() {
	all := t.sorted()
	for len(all) > maxSamples {
		half := all[:0]
		for i := 0; i < len(all); i += 2 {
			s := all[i]
			if i+1 < len(all) {
				o := all[i+1]
				w := s.weight + o.weight
				s = sample{(s.value*s.weight + o.value*o.weight) / w, w}
			}
			half = append(half, s)
		}
		all = half
	}
	t.samples = slices.Clone(all)
}
