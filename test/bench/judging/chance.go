package main

import (
	"hash/fnv"
	"math"
	"math/bits"
	"math/rand/v2"
)

// source is the random numbers of one run of one story: the same for every rule, and the same at every start of the program.
func source(story string, run int) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(story))
	return rand.New(rand.NewPCG(h.Sum64(), uint64(run)))
}

// poisson draws a count of the given mean: by multiplication when that is small, otherwise by Hörmann's transformed
// rejection (PTRS, https://doi.org/10.1016/0167-6687(93)90997-4).
func poisson(r *rand.Rand, mean float64) int {
	if mean < 12 {
		n, left := 0, math.Exp(-mean)
		for p := r.Float64(); p > left; p *= r.Float64() {
			n++
		}
		return n
	}
	b := 0.931 + 2.53*math.Sqrt(mean)
	a := 0.02483*b - 0.059
	for {
		u, v := r.Float64()-0.5, r.Float64()
		edge := 0.5 - math.Abs(u)
		k := math.Floor((2*a/edge+b)*u + mean + 0.43)
		if edge >= 0.07 && v <= 0.9277-3.6224/(b-2) {
			return int(k)
		}
		if k < 0 || (edge < 0.013 && v > edge) {
			continue
		}
		gamma, _ := math.Lgamma(k + 1)
		if math.Log(v*(1.1239+1.1328/(b-3.4))/(a/(edge*edge)+b)) <= k*math.Log(mean)-mean-gamma {
			return int(k)
		}
	}
}

// binomial draws how many of n happen, each with a chance; of many, by the Poisson and normal numbers that come near.
func binomial(r *rand.Rand, n int, chance float64) int {
	mean := float64(n) * chance
	switch {
	case n < 64:
		hits := 0
		for range n {
			if r.Float64() < chance {
				hits++
			}
		}
		return hits
	case chance < 0.02:
		return min(n, poisson(r, mean))
	}
	return min(n, max(0, int(math.Round(mean+math.Sqrt(mean*(1-chance))*r.NormFloat64()))))
}

// half of n, each by the toss of a coin.
func half(r *rand.Rand, n int) int {
	kept := 0
	for ; n > 0; n -= 64 {
		kept += bits.OnesCount64(r.Uint64() >> max(0, 64-n))
	}
	return kept
}
