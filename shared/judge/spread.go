package judge

import (
	"math"
	"math/rand/v2"

	"sluice/shared/rollout"
)

// Spread is what a recorded minute might have been with a candidate beside stable. Chance gives each request, good or bad, to one of them, as an alias
// does, and the candidate fails ratio times as often.
func Spread(r *rand.Rand, both Counts, weight rollout.Weight, ratio float64) Arms {
	both = both.sane()
	c := Counts{Requests: binomial(r, both.Requests, float64(weight)/float64(rollout.All))}
	s := Counts{Requests: both.Requests - c.Requests}
	if both.Requests > 0 {
		c.Errors = min(c.Requests, binomial(r, both.Errors, float64(c.Requests)/float64(both.Requests)))
	}
	s.Errors = min(s.Requests, both.Errors-c.Errors)
	if both.Requests > 0 && ratio > 1 {
		more := (ratio - 1) * float64(both.Errors) / float64(both.Requests)
		c.Errors += binomial(r, c.Requests-c.Errors, min(1, more))
	}
	return Arms{c, s}
}

// binomial draws how many of n events happen, each with the same chance. For large numbers it uses the normal approximation.
func binomial(r *rand.Rand, n int, chance float64) int {
	mean := float64(n) * chance
	if deviation := math.Sqrt(mean * (1 - chance)); n > 500 && deviation > 5 {
		return min(n, max(0, int(math.Round(mean+deviation*r.NormFloat64()))))
	}
	hits, left := 0, n
	if chance <= 0 || n == 0 {
		return 0
	}
	if chance >= 1 {
		return n
	}
	for { // jump from one event that happens to the next
		left -= 1 + int(math.Log(1-r.Float64())/math.Log(1-chance))
		if left < 0 {
			return hits
		}
		hits++
	}
}
