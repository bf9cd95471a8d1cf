package judge

import "math"

// Arms is what both versions served in the same stretch of time. Only the same time is comparable: an outage of
// something that both use hits both alike.
type Arms struct{ Candidate, Stable Counts }

// Comparison is how candidate and stable are compared by the share of bad requests.
//
// The question is asked of the bad requests alone: how many of them are the candidate's? A candidate that gets the share w
// of the traffic and is as good as stable gets the share w of the bad requests, however many bad ones there are in that
// minute; one that is r times as bad gets w*r/(w*r + 1-w) of them. So neither drift nor an outage of both accuses it, and
// the weight may change between minutes. Each test is a mixture over several r, valid at every look (formula A of
// Lindon and Malek's kind, https://arxiv.org/abs/2011.03567; Ville's inequality bounds the error over all looks).
type Comparison struct {
	Tolerated float64 // rate ratio candidate/stable that is still fine, at least 1 (anything else means 1)
	Alarming  float64 // rate ratio that must be excluded before a release is healthy; above Tolerated (anything else means twice Tolerated)
	Alpha     float64 // chance to accuse a release whose ratio is at most Tolerated, over all its looks (outside (0, 1) means 0.01)
	Beta      float64 // chance to call healthy a release whose ratio is Alarming or more, over all its looks (outside (0, 1) means 0.05)
	Cluster   float64 // how many bad requests of one cause fall to one version, at least 1: all evidence is divided by it (see Scatter)

	// Base is the share of stable's requests that are bad by definition, such as 0.5 when bad means slower than stable's
	// median; 0 when bad ones are rare. It sharpens the test of shares above a tenth or so, and the test is valid with any value of it.
	Base float64
}

// Tally is the evidence that a comparison has added up: small, ready for JSON, empty at the start. It is bound to the
// Tolerated, Alarming and Base that it was made with; Alpha, Beta and Cluster count only when it is read.
type Tally struct {
	Arms    Arms // the sum of the minutes that count, for sentences
	Minutes int  // how many minutes count: those in which both versions were asked

	Above, Below [len(gains)]float64 // logarithms of what each bet pays: on ratios above Tolerated, and below Alarming
	Lattice      [lattice]float64    // log-likelihoods of the ratios of Interval, relative to the ratio 1
}

// gains are the ratios that a test bets on, as factors of the ratio that it doubts. weights split the stake among them: most
// is on ratios that are worth finding and need many requests. Any split is valid; make bench-judge shows what it costs.
var (
	gains   = [...]float64{1.25, 1.5, 2, 3, 5, 8, 13, 20}
	weights = [len(gains)]float64{0.04, 0.12, 0.28, 0.26, 0.14, 0.08, 0.05, 0.03}
)

// Add counts a minute, or its late part. The order does not matter, so a minute's contribution may be kept apart and added
// later (Plus). A minute in which one of the versions was not asked adds nothing.
func (c Comparison) Add(t Tally, a Arms) Tally { return t.Plus(c.minute(a)) }

// minute is what a minute adds.
func (c Comparison) minute(a Arms) Tally {
	c, a = c.sane(), Arms{a.Candidate.sane(), a.Stable.sane()}
	if a.Candidate.Requests == 0 || a.Stable.Requests == 0 {
		return Tally{}
	}
	minute := Tally{Arms: a, Minutes: 1}
	if c.Base == 0 && a.Candidate.Errors+a.Stable.Errors == 0 { // nothing was bad, so every bet pays what was staked
		return minute
	}
	for i, gain := range gains {
		minute.Above[i] = a.bet(c.Tolerated, c.Tolerated*gain, c.Base)
		minute.Below[i] = a.bet(c.Alarming, c.Alarming/gain, c.Base)
	}
	for i := range minute.Lattice {
		minute.Lattice[i] = a.likelihood(ratios[i], logRatios[i])
	}
	return minute
}

// Plus is both tallies of one comparison together.
func (t Tally) Plus(u Tally) Tally {
	t.Minutes += u.Minutes
	t.Arms = t.Arms.plus(u.Arms)
	for i := range t.Above {
		t.Above[i] += u.Above[i]
		t.Below[i] += u.Below[i]
	}
	for i := range t.Lattice {
		t.Lattice[i] += u.Lattice[i]
	}
	return t
}

// Worse is the evidence that the candidate's ratio is above Tolerated.
func (c Comparison) Worse(t Tally) Evidence {
	c = c.sane()
	return Evidence{LogE: mixture(t.Above, weights, c.Cluster), Needed: -math.Log(c.Alpha)}
}

// Healthy is the evidence that the candidate's ratio is below Alarming. It needs bad requests of stable: while nothing
// goes wrong at all, nothing says how much goes wrong, and the caller's policy decides.
func (c Comparison) Healthy(t Tally) Evidence {
	c = c.sane()
	return Evidence{LogE: mixture(t.Below, weights, c.Cluster), Needed: -math.Log(c.Beta)}
}

// mixture is the log of the weighted mean of what the bets pay. Each is raised to 1/cluster before the mean: that is valid
// when one cause brings at most so many bad requests.
func mixture(bets, weights [len(gains)]float64, cluster float64) float64 {
	logs := make([]float64, len(gains))
	for i := range logs {
		logs[i] = bets[i]/cluster + math.Log(weights[i]*float64(len(gains)))
	}
	return logMean(logs)
}

// bet is the log of what a bet on one ratio, against the doubted ratio, pays in a minute.
//
// It is the likelihood of four numbers (bad and good requests of both) at shares with the other ratio, relative to shares base
// and doubted*base. The former differ from the latter by a and -doubted*a, each times the variance of one request
// over the number of requests; so the mean payment is at most exp(a*(p - doubted*q)), where p and q are the true mean shares of the
// candidate and of stable, and that is at most 1 while the doubted claim is true, whatever p and q are. With base 0 it is the
// test by the shares among bad requests alone (with more than one stratum: Turner, Ly and Grünwald, https://arxiv.org/abs/2106.02693).
func (a Arms) bet(doubted, on, base float64) float64 {
	base = min(base, 0.9/doubted)
	candidate, stable, above := float64(a.Candidate.Requests), float64(a.Stable.Requests), doubted*base
	step := (on - doubted) / (doubted * ((1-above)/candidate + on*(1-base)/stable))
	if base > 0 { // no share above 1
		step = max(min(step, 0.9*candidate/above), -0.9*stable/above)
	}
	bad := float64(a.Candidate.Errors)*math.Log1p(step*(1-above)/candidate) + float64(a.Stable.Errors)*math.Log1p(-step*doubted*(1-base)/stable)
	if base == 0 {
		return bad
	}
	return bad +
		float64(a.Candidate.Requests-a.Candidate.Errors)*math.Log1p(-step*above/candidate) +
		float64(a.Stable.Requests-a.Stable.Errors)*math.Log1p(step*above/stable)
}

// likelihood is the log-likelihood of a rate ratio, given who got the bad requests, relative to that of the ratio 1.
func (a Arms) likelihood(ratio, logRatio float64) float64 {
	candidate, stable := float64(a.Candidate.Requests), float64(a.Stable.Requests)
	bad := float64(a.Candidate.Errors)
	all := bad + float64(a.Stable.Errors)
	if all == 0 {
		return 0
	}
	return bad*logRatio - all*math.Log((candidate*ratio+stable)/(candidate+stable))
}

// sane replaces impossible values, so that no definition and no stored item leads to a judgement from NaN.
func (c Comparison) sane() Comparison {
	c.Tolerated = within(c.Tolerated, 1, huge, 1)
	c.Alarming = within(c.Alarming, c.Tolerated*(1+1e-9), 2*huge, 2*c.Tolerated)
	c.Alpha = within(c.Alpha, tiny, 1-tiny, 0.01)
	c.Beta = within(c.Beta, tiny, 1-tiny, 0.05)
	c.Cluster = within(c.Cluster, 1, huge, 1)
	c.Base = within(c.Base, 0, 0.99, 0)
	return c
}

const (
	huge = 1e6
	tiny = 1e-12
	most = 1 << 40 // requests in a minute; the sum of a million such minutes is still an int
)

// within is x when it lies in [low, high], and otherwise, also for NaN, the fallback.
func within(x, low, high, fallback float64) float64 {
	if x >= low && x <= high {
		return x
	}
	return fallback
}

func (c Counts) sane() Counts {
	c.Requests = min(max(c.Requests, 0), most)
	c.Errors = min(max(c.Errors, 0), c.Requests)
	return c
}

func (a Arms) plus(b Arms) Arms { return Arms{a.Candidate.plus(b.Candidate), a.Stable.plus(b.Stable)} }

func (c Counts) plus(d Counts) Counts { return Counts{c.Requests + d.Requests, c.Errors + d.Errors} }
