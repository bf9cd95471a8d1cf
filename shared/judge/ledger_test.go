package judge_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// compared is a definition that compares errors, and errors alone, from the first request on, and needs 300.
func compared(c rollout.Compared) rollout.Definition {
	c.Cluster, c.Tolerate, c.Enough = 1, 1.25, 300
	if c.Warming == nil {
		c.Warming = new(rollout.Duration)
	}
	return rollout.Definition{Checks: rollout.Checks{Errors: []rollout.Compared{c}}}.WithDefaults()
}

// minutes is what both versions served in minutes from noon on.
func minutes(arms ...judge.Arms) judge.Seen {
	var points []judge.Point
	for i, a := range arms {
		points = append(points, judge.Point{At: noon.Add(time.Duration(i) * time.Minute).Unix(), Arms: a})
	}
	return judge.Seen{"errors0": points}
}

// begun is the ledger of a release whose first step began at noon.
func begun() judge.Ledger { return judge.Ledger{}.Began(0, noon) }

// whole is what a ledger says of everything that is final long after.
func whole(d rollout.Definition, l judge.Ledger) judge.Tally {
	return l.Tally(judge.Streams(d)[0], noon.Add(48*time.Hour))
}

// However the minutes come (in parts, twice, late, changed), the ledger holds what they are in the end, as long as nothing comes later
// than it waits.
func TestLedgerHoldsEachMinuteOnceHoweverLooksAreTaken(t *testing.T) {
	d := compared(rollout.Compared{})
	rapid.Check(t, func(t *rapid.T) {
		var final []judge.Arms
		for range rapid.IntRange(1, 60).Draw(t, "minutes") {
			final = append(final, arms(rapid.IntRange(0, 50).Draw(t, "n"), rapid.IntRange(0, 3).Draw(t, "e"), rapid.IntRange(0, 500).Draw(t, "N"), rapid.IntRange(0, 9).Draw(t, "E")))
		}
		want := whole(d, begun().Take(d, minutes(final...), nil, noon.Add(24*time.Hour)))
		l := begun()
		for m := range len(final) + 12 {
			if m < len(final)-1 && rapid.Bool().Draw(t, "skip") {
				continue
			}
			now := noon.Add(time.Duration(m+1) * time.Minute)
			read := minutes(final[:min(m+1, len(final))]...)
			for i := range read["errors0"] { // the newest three are not complete yet
				if p := &read["errors0"][i]; m < len(final) && i >= m-3 && rapid.Bool().Draw(t, "late") {
					p.Arms.Candidate.Errors, p.Arms.Stable.Requests = 0, p.Arms.Stable.Requests/2
				}
			}
			since := l.Since(d, now).Unix()
			kept := read["errors0"][:0]
			for _, p := range read["errors0"] {
				if p.At >= since {
					kept = append(kept, p)
				}
			}
			read["errors0"] = kept
			before := l
			l = l.Take(d, read, nil, now)
			if rapid.Bool().Draw(t, "twice") {
				l = before.Take(d, read, nil, now)
				l = l.Take(d, read, nil, now)
			}
		}
		got := whole(d, l)
		if got.Arms != want.Arms || got.Minutes != want.Minutes || !near(got.Above[0], want.Above[0]) {
			t.Fatalf("the ledger holds %+v in %d minutes, want %+v in %d", got.Arms, got.Minutes, want.Arms, want.Minutes)
		}
	})
}

func near(a, b float64) bool { return a-b < 1e-6 && b-a < 1e-6 }

func TestMinuteIsComparedWhenItIsFinal(t *testing.T) {
	d := compared(rollout.Compared{})
	l := begun().Take(d, minutes(arms(100, 5, 900, 9)), nil, noon.Add(90*time.Second))
	s := judge.Streams(d)[0]
	for after, want := range map[time.Duration]int{90 * time.Second: 0, 179 * time.Second: 0, 180 * time.Second: 1} {
		if got := l.Tally(s, noon.Add(after)).Minutes; got != want {
			t.Errorf("%v after it began, %d minutes count, want %d", after, got, want)
		}
	}
}

func TestLedgerStaysSmallAndSurvivesJSON(t *testing.T) {
	d := compared(rollout.Compared{})
	l := begun()
	var all []judge.Arms
	for m := range 2880 { // two days
		all = append(all, arms(60, 1, 540, 7))
		l = l.Take(d, judge.Seen{"errors0": minutes(all...)["errors0"][max(0, m-12):]}, nil, noon.Add(time.Duration(m+1)*time.Minute))
	}
	l.Findings = l.Judge(d, 1000, l.At)
	text, err := json.Marshal(l)
	if err != nil || len(text) > 8000 {
		t.Fatalf("after two days it takes %d bytes (%v)", len(text), err)
	}
	var back judge.Ledger
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	l.Folded = nil
	if diff := cmp.Diff(l, back); diff != "" {
		t.Errorf("(-kept +read):\n%s", diff)
	}
}

// The evidence of all steps is one: the chance to accuse a good release is spent once, not once a step.
func TestEvidenceGoesOnOverTheStepsAndCeilingsBeginAnew(t *testing.T) {
	d := compared(rollout.Compared{})
	d.Checks.Ceilings = []rollout.Ceiling{{Percent: 5, Errors: 1, Requests: 1}}
	seen := minutes(arms(100, 2, 900, 9), arms(100, 2, 900, 9), arms(250, 3, 750, 9))
	seen["ceilings0"] = seen["errors0"]
	l := begun().Take(d, seen, nil, noon.Add(2*time.Minute))
	l = l.Began(1, noon.Add(2*time.Minute)).Began(1, noon.Add(9*time.Minute)) // the second is a repetition
	l = l.Take(d, seen, nil, noon.Add(time.Hour))
	if got := whole(d, l).Arms.Candidate; got != (judge.Counts{Requests: 450, Errors: 7}) {
		t.Errorf("the comparison has seen %+v", got)
	}
	if got := l.InStep(judge.Streams(d)[1]); got != (judge.Counts{Requests: 250, Errors: 3}) {
		t.Errorf("the second step has seen %+v", got)
	}
}

// Cold starts are slow and say nothing of the code; errors are errors from the first request on where the definition says so.
func TestFirstMinuteAfterAShiftDoesNotJudgeLatency(t *testing.T) {
	d := rollout.Definition{Checks: rollout.Checks{Errors: []rollout.Compared{{Warming: new(rollout.Duration)}}, Latency: []rollout.Slower{{Quantiles: []float64{99}}}}}.WithDefaults()
	seen := minutes(arms(10, 1, 90, 1), arms(10, 1, 90, 1), arms(10, 1, 90, 1))
	seen["latency0/0"] = seen["errors0"]
	l := begun().Began(1, noon.Add(90*time.Second)).Take(d, seen, nil, noon.Add(time.Hour))
	streams := judge.Streams(d)
	if e, s := l.Tally(streams[0], noon.Add(time.Hour)).Minutes, l.Tally(streams[1], noon.Add(time.Hour)).Minutes; e != 3 || s != 0 {
		t.Errorf("errors of %d minutes and latency of %d count, want 3 and none: each minute touches a minute after a shift", e, s)
	}
}

// One check may know yesterday when another does not: learning again must not move the line that is counted by.
func TestWhatIsSlowDoesNotChangeOnTheWay(t *testing.T) {
	d := rollout.Definition{Checks: rollout.Checks{Latency: []rollout.Slower{{Quantiles: []float64{99}}, {Quantiles: []float64{50}}}}}.WithDefaults()
	l := begun().Learn(d, map[string][]float64{"latency0": {100}}, map[string]float64{"latency0/0": 2}, nil, noon)
	if l.Learnt {
		t.Error("it has learnt half, and stops")
	}
	l.Version = 1
	l = l.Learn(d, map[string][]float64{"latency0": {900}, "latency1": {40}}, map[string]float64{"latency0/0": 9, "latency1/0": 3}, nil, noon.Add(time.Hour))
	if !l.Learnt || l.Slow["latency0"][0] != 100 || l.Slow["latency1"][0] != 40 || l.Cluster["latency0/0"] != 2 || l.Cluster["latency1/0"] != 3 {
		t.Errorf("slow %v, clusters %v", l.Slow, l.Cluster)
	}
	if old, late := l.Series["latency0/0"].Through, l.Series["latency1/0"].Through; old != 0 || late != noon.Add(time.Hour).Unix() {
		t.Errorf("the one counts from %d on, the other from %d", old, late)
	}
}

func TestVerdictsInOneSentence(t *testing.T) {
	for name, test := range map[string]struct {
		seen []judge.Arms
		want judge.Verdict
		says string
	}{
		"bad":           {times(10, arms(100, 10, 900, 9)), judge.Fail, "100 of 1,000 requests failed (10 %), of stable's 90 of 9,000 in the same minutes (1 %): about 10 times as many, and surely more than the 1.25 times that are tolerated."},
		"good":          {times(60, arms(100, 1, 900, 9)), judge.Pass, "surely less than 2.5 times as many."},
		"no errors":     {times(5, arms(100, 0, 900, 0)), judge.Pass, "nothing worse was seen."},
		"little":        {times(5, arms(10, 0, 90, 0)), judge.Inconclusive, "50 of the 300 requests that are needed were seen."},
		"chance":        {times(4, arms(100, 2, 900, 9)), judge.Pass, "no more than chance explains."},
		"perhaps worse": {times(6, arms(100, 3, 900, 9)), judge.Inconclusive, "perhaps worse, but not surely ("},
		"nothing":       {nil, judge.Inconclusive, "Nothing was seen of both versions yet: 0 of the 300 requests that are needed."},
	} {
		d := compared(rollout.Compared{})
		l := begun().Take(d, minutes(test.seen...), nil, noon.Add(time.Hour*2))
		found := l.Judge(d, 1000, noon.Add(2*time.Hour))
		if len(found) != 1 || found[0].Verdict != test.want || !strings.Contains(found[0].Why, test.says) || found[0].By != "errors" {
			t.Errorf("%s: %+v, want %v %q", name, found, test.want, test.says)
		}
	}
}

// A candidate that fails most of its requests is not compared for minutes: what is not final yet counts, and stable does not.
func TestMoreThanHalfIsTooMuchAtOnce(t *testing.T) {
	d := compared(rollout.Compared{})
	for errors, want := range map[int]judge.Verdict{10: judge.Inconclusive, 11: judge.Fail} {
		found := begun().Take(d, minutes(arms(20, errors, 0, 0)), nil, noon.Add(30*time.Second)).Judge(d, 1000, noon.Add(30*time.Second))
		if found[0].Verdict != want {
			t.Errorf("%d of 20: %+v, want %v", errors, found[0], want)
		}
	}
}

// The parts of the chance of a false alarm add up to the whole, and a dry run takes nothing from the others.
func TestWeightsShareTheChanceOfAFalseAlarm(t *testing.T) {
	d := rollout.Definition{Checks: rollout.Checks{
		Confidence: 98, Errors: []rollout.Compared{{Weight: 3}, {DryRun: true}}, Latency: []rollout.Slower{{Quantiles: []float64{99}, Weight: 1}},
	}}.WithDefaults()
	var got []float64
	for _, s := range judge.Streams(d) {
		got = append(got, s.Compare.Alpha)
	}
	for i, want := range []float64{0.015, 0.02, 0.005} {
		if !near(got[i], want) {
			t.Errorf("comparison %d has %v of the 0.02, want %v", i, got[i], want)
		}
	}
}

func TestBoundJudgesTheNewestPeriodsInARow(t *testing.T) {
	most := 2.0
	d := rollout.Definition{Checks: rollout.Checks{Bounds: []rollout.Bound{{Name: "queue", Metrics: map[string]rollout.Gauge{"m1": {}}, AtMost: &most, For: 2}}}}.WithDefaults()
	for name, test := range map[string]struct {
		values []float64
		want   judge.Verdict
	}{
		"two in a row":   {[]float64{1, 3, 3}, judge.Fail},
		"not in a row":   {[]float64{3, 1, 3}, judge.Pass},
		"one is too few": {[]float64{3}, judge.Inconclusive},
		"silence":        {nil, judge.Inconclusive},
	} {
		var values []judge.Point
		for i, v := range test.values {
			values = append(values, judge.Point{At: noon.Add(time.Duration(52+i) * time.Minute).Unix(), Value: v})
		}
		values = append(values, judge.Point{At: noon.Add(58 * time.Minute).Unix(), Value: 99}) // it is not final
		got := begun().Take(d, judge.Seen{"bounds0": values}, nil, noon.Add(time.Hour)).Judge(d, 1000, noon.Add(time.Hour))
		if len(got) != 1 || got[0].Verdict != test.want {
			t.Errorf("%s: %+v, want %v", name, got, test.want)
		}
		if name == "silence" && !strings.Contains(got[0].Why, "write FILL(m1, 0) in its expression") {
			t.Errorf("a bound without data has no remedy: %s", got[0].Why)
		}
	}
}
