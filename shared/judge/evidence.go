package judge

import "math"

// Evidence is how much a test has found (LogE), and how much it needs to refute its claim (Needed). Both are natural logarithms
// of a factor: the factor by which a gambler who bets against the claim has multiplied the stake. While the claim is true,
// the probability that the stake ever grows to 1/alpha is at most alpha.
type Evidence struct{ LogE, Needed float64 }

// Enough tells whether the claim is refuted. Nothing needed means that nothing was tested, which is never enough.
func (e Evidence) Enough() bool { return e.Needed > 0 && e.LogE >= e.Needed }

// Average joins tests of several quantiles or metrics by splitting the stake among them. alpha holds for all of them
// together, even when they depend on each other. Needed is the largest of theirs. Without tests there is no evidence.
func Average(e ...Evidence) Evidence {
	if len(e) == 0 {
		return Evidence{}
	}
	logs, needed := make([]float64, len(e)), 0.0
	for i, one := range e {
		logs[i], needed = one.LogE, max(needed, one.Needed)
	}
	return Evidence{LogE: logMean(logs), Needed: needed}
}

// logMean is the logarithm of the mean of the exponentials.
func logMean(logs []float64) float64 {
	top := math.Inf(-1)
	for _, l := range logs {
		top = max(top, l)
	}
	sum := 0.0
	for _, l := range logs {
		sum += math.Exp(l - top)
	}
	return top + math.Log(sum/float64(len(logs)))
}
