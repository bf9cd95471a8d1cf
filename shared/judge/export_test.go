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

// Bet is what one bet pays, so that tests can add up all that may happen.
func (a Arms) Bet(doubted, on, base float64) float64 { return math.Exp(a.bet(doubted, on, base)) }

// Likelihood is the logarithm of how likely a ratio is, relative to the ratio 1.
func (a Arms) Likelihood(ratio float64) float64 { return a.likelihood(ratio, math.Log(ratio)) }
