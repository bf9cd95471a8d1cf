package judge

import "math"

// WorseEvenly is Worse with the stake split evenly, as published.
func (c Comparison) WorseEvenly(t Tally) Evidence {
	c = c.sane()
	even := [len(gains)]float64{}
	for i := range even {
		even[i] = 1 / float64(len(gains))
	}
	return Evidence{LogE: mixture(t.Above, even, c.Cluster), Needed: -math.Log(c.Alpha)}
}
