package judge_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"sluice/shared/judge"
)

// TestNoBetPaysMoreThanItsStakeWhileTheDoubtedClaimHolds adds up all that can happen in a small minute: this is what the
// promise of alpha rests on. It holds whatever base says.
func TestNoBetPaysMoreThanItsStakeWhileTheDoubtedClaimHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nc, nb := rapid.IntRange(1, 8).Draw(t, "nc"), rapid.IntRange(1, 8).Draw(t, "nb")
		doubted, base := rapid.Float64Range(1, 4).Draw(t, "doubted"), rapid.SampledFrom([]float64{0, 0.01, 0.1, 0.5, 0.9}).Draw(t, "base")
		gain := rapid.Float64Range(1.05, 20).Draw(t, "gain")
		stable := rapid.Float64Range(0, 1).Draw(t, "stable")
		candidate := rapid.Float64Range(0, 1).Draw(t, "candidate")
		if candidate <= doubted*stable {
			if paid := mean(nc, nb, candidate, stable, func(a judge.Arms) float64 { return a.Bet(doubted, doubted*gain, base) }); paid > 1+1e-9 {
				t.Fatalf("a bet on worse pays %g on average", paid)
			}
		}
		if candidate >= doubted*stable {
			if paid := mean(nc, nb, candidate, stable, func(a judge.Arms) float64 { return a.Bet(doubted, doubted/gain, base) }); paid > 1+1e-9 {
				t.Fatalf("a bet on better pays %g on average", paid)
			}
		}
	})
}

// mean is the expectation over all numbers of bad requests of both.
func mean(nc, nb int, candidate, stable float64, f func(judge.Arms) float64) float64 {
	sum := 0.0
	for ec := range nc + 1 {
		for eb := range nb + 1 {
			sum += binomial(nc, ec, candidate) * binomial(nb, eb, stable) * f(arms(nc, ec, nb, eb))
		}
	}
	return sum
}

func binomial(n, k int, p float64) float64 {
	ways := 1.0
	for i := range k {
		ways = ways * float64(n-i) / float64(i+1)
	}
	return ways * math.Pow(p, float64(k)) * math.Pow(1-p, float64(n-k))
}

// TestBaseSharpensTheTestOfCommonThings: slower than the median is what half of stable's requests are.
func TestBaseSharpensTheTestOfCommonThings(t *testing.T) {
	blunt, sharp := judge.Comparison{}, judge.Comparison{Base: 0.5}
	minute := arms(200, 120, 1800, 900)
	a, b := blunt.Worse(blunt.Add(judge.Tally{}, minute)).LogE, sharp.Worse(sharp.Add(judge.Tally{}, minute)).LogE
	if b < a+1 {
		t.Errorf("evidence with base %g, without %g", b, a)
	}
	rare := judge.Comparison{Base: 1e-9}
	few := arms(100, 5, 900, 9)
	if x, y := rare.Worse(rare.Add(judge.Tally{}, few)).LogE, blunt.Worse(blunt.Add(judge.Tally{}, few)).LogE; math.Abs(x-y) > 1e-6 {
		t.Errorf("with a tiny base %g, with none %g", x, y)
	}
}
