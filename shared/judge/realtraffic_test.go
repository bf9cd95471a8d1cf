package judge_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"sluice/shared/judge"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// Each test is an input of real traffic that once took a good release back, or hid a bad one. The definition is `errors: [{}]`.
func plainly(c ...rollout.Compared) rollout.Definition {
	if c == nil {
		c = []rollout.Compared{{}}
	}
	return rollout.Definition{Target: rollout.Target{LambdaAlias: &kind.LambdaAlias{}}, Checks: rollout.Checks{Errors: c}}.WithDefaults()
}

// said is the verdict on minutes from noon on, at a weight of 10 %, as late as it takes to know them.
func said(d rollout.Definition, seen ...judge.Arms) judge.Finding {
	now := noon.Add(time.Duration(len(seen)+2) * time.Minute)
	return begun().Take(d, minutes(seen...), nil, now).Judge(d, 1000, now)[0]
}

// spread lets each bad request of a minute fall to the candidate by chance, as an alias spreads them.
func spread(r *rand.Rand, candidate, stable, bad int) judge.Arms {
	e := 0
	for range bad {
		if r.Float64() < float64(candidate)/float64(candidate+stable) {
			e++
		}
	}
	return arms(candidate, e, stable, bad-e)
}

// played is how an hour at 10 % ends.
func played(d rollout.Definition, cluster float64, serve func(minute int) judge.Arms) judge.Outcome {
	r := judge.Rehearsal{Definition: d, Steps: []rollout.Step{{Weight: 1000, Bake: rollout.Duration(time.Hour)}}, Cluster: map[string]float64{"errors0": cluster}}
	return r.Play(func(minute, _ int, _ rollout.Weight) judge.Served {
		return judge.Served{Arms: []judge.Arms{serve(minute)}}
	})
}

// burst is 30 bad requests a minute, and 150 in every fifth: what both versions share says nothing of clusters.
func burst(minute int) int {
	if minute%5 == 0 {
		return 150
	}
	return 30
}

func TestSharedBurstsAreNoClustersThatHideABadRelease(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 1))
	var before judge.Scatter
	for m := range 180 {
		before = judge.Joined(before, judge.SplitOf(spread(r, 600, 5400, burst(m))))
	}
	if c := before.Cluster(); c != 1 {
		t.Errorf("shared bursts are taken for clusters of %v", c)
	}
	o := played(plainly(), before.Cluster(), func(m int) judge.Arms {
		a := spread(r, 600, 5400, burst(m))
		a.Candidate.Errors *= 3
		return a
	})
	if !o.Back || o.AtEnd || o.Minutes > 6 {
		t.Errorf("three times as many errors end so: %+v", o)
	}
}

func TestErrorsThatFallToOneVersionTogetherAreClusters(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 2))
	var before judge.Scatter
	for range 180 {
		a := spread(r, 600, 5400, 6)
		a.Candidate.Errors, a.Stable.Errors = 5*a.Candidate.Errors, 5*a.Stable.Errors
		before = judge.Joined(before, judge.SplitOf(a))
	}
	if c := before.Cluster(); c < 4 || c > 9 {
		t.Errorf("errors that fall five at a time count as %v", c)
	}
	if c := (judge.Scatter{}).Cluster(); c != 1 {
		t.Errorf("without an error so far, %v are thought to come together", c)
	}
}

func TestOneErrorAmongFewRequestsDoesNotTakeAGoodReleaseBack(t *testing.T) {
	for name, few := range map[string]int{"600 a minute": 60, "60 a minute": 6} {
		seen := times(20, arms(few, 0, 9*few, 0))
		seen[7].Candidate.Errors = 1
		if f := said(plainly(), seen...); f.Verdict != judge.Pass || !strings.Contains(f.Why, "no more than chance explains") {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

// Twenty requests an hour: in most minutes only one version is asked, and in many bakes the candidate is not.
func TestServiceWithLittleTrafficIsReleased(t *testing.T) {
	back, r := 0, rand.New(rand.NewPCG(15, 3))
	steps := []rollout.Step{{Weight: 1000, Bake: rollout.Duration(20 * time.Minute)}, {Weight: 2500, Bake: rollout.Duration(20 * time.Minute)}, {Weight: 5000, Bake: rollout.Duration(20 * time.Minute)}}
	for range 200 {
		o := judge.Rehearsal{Definition: plainly(), Steps: steps}.Play(func(_, _ int, w rollout.Weight) judge.Served {
			var a judge.Arms
			if r.Float64() < 1.0/3 {
				if r.Float64() < float64(w)/float64(rollout.All) {
					a.Candidate.Requests = 1
				} else {
					a.Stable.Requests = 1
				}
			}
			return judge.Served{Arms: []judge.Arms{a}}
		})
		if o.Back {
			back++
		}
	}
	if back > 4 {
		t.Errorf("%d of 200 good releases went back", back)
	}
}

// No data is still no good news: without any request the step bakes again, eight times at most, and then the release goes back.
func TestNothingAtAllTakesTheReleaseBackInTheEnd(t *testing.T) {
	o := played(plainly(), 1, func(int) judge.Arms { return judge.Arms{} })
	if !o.Back || !o.AtEnd || o.Minutes != 9*60 || !strings.Contains(o.Why, "Nothing was seen of both versions yet") {
		t.Errorf("silence ends so: %+v", o)
	}
}

func TestCeilingDoesNotAccuseOfAnOutageThatStableHasToo(t *testing.T) {
	if f := said(plainly(), arms(20, 11, 180, 144)); f.Verdict == judge.Fail {
		t.Errorf("eight of ten fail at both, and %+v", f)
	}
	if f := said(plainly(), arms(20, 11, 180, 40)); f.Verdict != judge.Fail {
		t.Errorf("more than half fail, of stable's two of nine, and %+v", f)
	}
}

func TestColdStartsOfTheFirstMinuteAreNotComparedAndTheCeilingCountsThem(t *testing.T) {
	zero := rollout.Duration(0)
	cold := append([]judge.Arms{arms(24, 4, 216, 1)}, times(9, arms(24, 0, 216, 1))...)
	if f := said(plainly(), cold...); f.Verdict != judge.Pass {
		t.Errorf("four cold starts, and %+v", f)
	}
	if f := said(plainly(rollout.Compared{Warming: &zero}), cold[:1]...); f.Arms.Candidate.Errors != 4 {
		t.Errorf("who wants them to count has %+v", f)
	}
	if f := said(plainly(), arms(24, 20, 216, 1)); f.Verdict != judge.Fail {
		t.Errorf("20 of 24 fail in the first minute, and %+v", f)
	}
	o := played(plainly(), 1, func(m int) judge.Arms {
		if m == 0 {
			return arms(600, 60, 5400, 27)
		}
		return arms(600, 3, 5400, 27)
	})
	if o.Back {
		t.Errorf("one in ten failed in the first minute: %+v", o)
	}
}

// One client's tries meet both versions where requests are spread. Where clients are, they all meet one, and the evidence is weighed by that.
func TestStormOfOneClientDoesNotTakeAGoodReleaseBack(t *testing.T) {
	back, r := 0, rand.New(rand.NewPCG(15, 4))
	for range 100 {
		at := r.IntN(60)
		o := played(plainly(), 1, func(m int) judge.Arms {
			a := spread(r, 600, 5400, 30)
			if m == at {
				a = spread(r, 606, 5454, 90)
			}
			return a
		})
		if o.Back {
			back++
		}
	}
	if back > 2 {
		t.Errorf("%d of 100 good releases went back", back)
	}
	stick := judge.Joined(judge.SplitOf(arms(600, 3, 5400, 27)), judge.SplitOf(arms(600, 3, 5460, 87)))
	clients := judge.Streams(plainly(rollout.Compared{Spreads: kind.SpreadClients}))[0]
	if got := clients.Together(stick); got != 90 {
		t.Errorf("a client may bring %v failures together, want those of the worst minute", got)
	}
	if o := played(plainly(), clients.Together(stick), func(m int) judge.Arms {
		if m == 20 {
			return arms(660, 63, 5400, 27)
		}
		return arms(600, 3, 5400, 27)
	}); o.Back {
		t.Errorf("a client that kept to the candidate ends so: %+v", o)
	}
}

// Who reads a verdict must see that it was made without knowing how many failures one client may bring.
func TestVerdictWhereClientsAreSpreadIsCalledWeakAndWhy(t *testing.T) {
	for name, test := range map[string]struct {
		compared rollout.Compared
		weak     bool
	}{
		"an alias":                         {rollout.Compared{}, false},
		"requests, stated":                 {rollout.Compared{Spreads: kind.SpreadRequests}, false},
		"clients":                          {rollout.Compared{Spreads: kind.SpreadClients}, true},
		"clients, and the largest cluster": {rollout.Compared{Spreads: kind.SpreadClients, Cluster: 60}, false},
	} {
		for kind, minute := range map[string]judge.Arms{"good": arms(600, 3, 5400, 27), "bad": arms(600, 300, 5400, 27)} {
			f := said(plainly(test.compared), times(20, minute)...)
			if whole := judge.Worst(f); f.Weak != test.weak || whole.Weak != test.weak || strings.Contains(whole.Why, "a client keeps to one version") != test.weak {
				t.Errorf("%s, %s: %+v", name, kind, whole)
			}
		}
		if rec := judge.RecordOf(rollout.Release{Definition: plainly(test.compared)}, judge.Ledger{}, nil); (len(rec.Weak) == 1 && rec.Weak[0] == "errors0") != test.weak {
			t.Errorf("%s: the evidence says that it is weak on %v", name, rec.Weak)
		}
	}
	if d := plainly(); d.Target.Facts().Spreads != kind.SpreadRequests {
		t.Errorf("an alias spreads %v", d.Target.Facts().Spreads)
	}
}

// A rehearsal sees a minute when the product does: CloudWatch tells it a minute after its end, and it is compared when it is two minutes old.
func TestRehearsedMinutesAreThoseOfTheProduct(t *testing.T) {
	zero := rollout.Duration(0)
	for warming, want := range map[*rollout.Duration]int{&zero: 3, nil: 4} {
		o := played(plainly(rollout.Compared{Warming: warming}), 1, func(int) judge.Arms { return arms(600, 60, 5400, 27) })
		if !o.Back || o.Minutes != want {
			t.Errorf("with %v to warm up it went back in minute %d, want %d", warming, o.Minutes, want)
		}
	}
	if o := played(plainly(), 1, func(int) judge.Arms { return arms(600, 400, 5400, 27) }); o.Minutes != 2 {
		t.Errorf("the ceiling waits for minute %d", o.Minutes)
	}
}

func TestHealthChecksAreNoGoodNewsWhileUsersMeetStable(t *testing.T) {
	f := said(plainly(), times(39, arms(6, 0, 594, 6))...)
	if f.Verdict != judge.Inconclusive || !strings.Contains(f.Why, "its weight is 10") || !f.Few {
		t.Errorf("six pings a minute: %+v", f)
	}
	if f := said(plainly(), times(39, arms(60, 1, 540, 6))...); f.Verdict != judge.Pass {
		t.Errorf("real traffic: %+v", f)
	}
}

// When stable's caches grow cold it gets worse as the candidate does: the comparison sees nothing, and an absolute ceiling does.
func TestStableThatGetsWorseHidesABadReleaseFromTheComparisonButNotFromACeiling(t *testing.T) {
	d := plainly()
	d.Checks.Ceilings = []rollout.Ceiling{{Percent: 1.5, Errors: 10, Requests: 300}}
	d = d.WithDefaults()
	seen := minutes(times(20, arms(600, 12, 5400, 108))...)
	seen["ceilings0"] = seen["errors0"]
	now := noon.Add(22 * time.Minute)
	found := begun().Take(d, seen, nil, now).Judge(d, 1000, now)
	if found[0].Verdict == judge.Fail || found[1].Verdict != judge.Fail {
		t.Errorf("the comparison says %+v, the ceiling %+v", found[0], found[1])
	}
}

// Evidence lies in the table for months, and in files that people keep.
func TestEvidenceOfEarlierVersionsIsReplayed(t *testing.T) {
	var rec judge.Record
	read(t, "testdata/evidence-2026-11.json", &rec)
	if recorded := rec.Replay(rec.Definition.Checks); len(recorded) < 30 {
		t.Errorf("it gives %d glances", len(recorded))
	}
	asThen := rec.Definition.Checks
	asThen.Errors[0].Warming = new(rollout.Duration)
	then := judge.Finding{Why: "nothing"}
	for _, g := range rec.Replay(asThen) {
		if g.At.Unix() == rec.Shifts[0]+1800 {
			then = g.Findings[0]
		}
	}
	if then.Arms.Candidate != (judge.Counts{Requests: 347, Errors: 20}) || then.LogE <= 0 {
		t.Errorf("when the bake ended it says %+v, and counted 20 of 347 then", then)
	}
	var l judge.Ledger
	read(t, "testdata/ledger-2026-11.json", &l)
	d := rec.Definition.WithDefaults()
	now := time.Unix(rec.Shifts[0], 0).Add(30 * time.Minute)
	if got := l.Judge(d, 1000, now)[0]; got.Verdict == judge.Error || got.Arms.Candidate.Requests == 0 || got.Few {
		t.Errorf("a release that was under way says %+v", got)
	}
}

func read(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}
