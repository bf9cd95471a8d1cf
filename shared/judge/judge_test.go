package judge_test

import (
	"testing"
	"time"

	"sluice/shared/judge"
	"sluice/shared/rollout"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestNothingLookedAtIsNotGoodNews(t *testing.T) {
	if got := judge.Worst(); got.Verdict != judge.Inconclusive {
		t.Errorf("no findings give %v", got.Verdict)
	}
}

func TestWorstOrder(t *testing.T) {
	order := []judge.Verdict{judge.Pass, judge.Inconclusive, judge.Error, judge.Fail}
	for i, worse := range order {
		for _, better := range order[:i] {
			if got := judge.Worst(judge.Finding{Verdict: better}, judge.Finding{Verdict: worse}, judge.Finding{Verdict: better}); got.Verdict != worse {
				t.Errorf("worst of %v and %v is %v", better, worse, got.Verdict)
			}
		}
	}
}

func TestCeiling(t *testing.T) {
	c := rollout.Ceiling{Percent: 5, Errors: 3, Requests: 20}
	for name, test := range map[string]struct {
		counts judge.Counts
		want   judge.Verdict
	}{
		"no requests is no evidence":            {judge.Counts{}, judge.Inconclusive},
		"too few requests":                      {judge.Counts{Requests: 19}, judge.Inconclusive},
		"enough errors fail before that":        {judge.Counts{Requests: 10, Errors: 3}, judge.Fail},
		"a high rate of too few errors is none": {judge.Counts{Requests: 20, Errors: 2}, judge.Pass},
		"at the ceiling":                        {judge.Counts{Requests: 100, Errors: 5}, judge.Pass},
		"above the ceiling":                     {judge.Counts{Requests: 100, Errors: 6}, judge.Fail},
	} {
		if got := judge.Ceiling(c, test.counts); got.Verdict != test.want || got.Why == "" {
			t.Errorf("%s: %+v, want %v", name, got, test.want)
		}
	}
}

func TestAlarmsAreReadWithThePoliciesForUnclearOnes(t *testing.T) {
	for name, test := range map[string]struct {
		state judge.AlarmState
		lease rollout.Lease
		want  judge.Verdict
	}{
		"green":                       {judge.OK, rollout.Lease{}, judge.Pass},
		"red":                         {judge.Alarm, rollout.Lease{}, judge.Fail},
		"red but muted":               {judge.Alarm, rollout.Lease{Held: map[string]time.Time{"a": noon.Add(time.Minute)}}, judge.Inconclusive},
		"red, muted until a past":     {judge.Alarm, rollout.Lease{Held: map[string]time.Time{"a": noon.Add(-time.Minute)}}, judge.Fail},
		"no data holds":               {judge.InsufficientData, rollout.Lease{}, judge.Inconclusive},
		"no data rolls back if asked": {judge.InsufficientData, rollout.Lease{Guard: rollout.Guard{WhenNoData: rollout.RollBack}}, judge.Fail},
		"gone":                        {"", rollout.Lease{}, judge.Inconclusive},
	} {
		test.lease.Alarms = []string{"a"}
		got := judge.Alarms(test.lease, map[string]judge.AlarmState{"a": test.state}, noon)
		if len(got) != 1 || got[0].Verdict != test.want {
			t.Errorf("%s: %+v, want %v", name, got, test.want)
		}
	}
}

func TestStepTurnsVerdictsIntoMoves(t *testing.T) {
	release := func(extended, extend int, then rollout.WhenExtended) rollout.Release {
		return rollout.Release{
			Steps: make([]rollout.Step, 3), Extended: extended,
			Definition: rollout.Definition{Checks: rollout.Checks{WhenInconclusive: rollout.WhenInconclusive{Extend: extend, Then: then}}},
		}
	}
	unread := func(r rollout.Release) rollout.Release {
		r.Unread = judge.Patience
		return r
	}
	unsure := judge.Finding{Verdict: judge.Inconclusive, By: "ceiling", Why: "Too few."}
	for name, test := range map[string]struct {
		release rollout.Release
		step    int
		finding judge.Finding
		next    rollout.Next
		to      int
		extend  bool
	}{
		"pass goes on":                          {release(0, 0, ""), 0, judge.Finding{Verdict: judge.Pass}, rollout.NextShift, 1, false},
		"pass at the end settles":               {release(0, 0, ""), 2, judge.Finding{Verdict: judge.Pass}, rollout.NextSettle, 2, false},
		"fail goes back":                        {release(0, 5, ""), 0, judge.Finding{Verdict: judge.Fail, By: "a"}, rollout.NextBack, 0, false},
		"inconclusive bakes again":              {release(1, 2, rollout.ThenRollBack), 1, unsure, rollout.NextShift, 1, true},
		"then rolls back":                       {release(2, 2, rollout.ThenRollBack), 1, unsure, rollout.NextBack, 0, false},
		"or goes on":                            {release(2, 2, rollout.ThenGoOn), 1, unsure, rollout.NextShift, 2, false},
		"an error is looked at again":           {release(0, 0, rollout.ThenRollBack), 1, judge.Finding{Verdict: judge.Error}, rollout.NextShift, 1, false},
		"error is never good news":              {unread(release(0, 0, rollout.ThenRollBack)), 1, judge.Finding{Verdict: judge.Error}, rollout.NextBack, 0, false},
		"what is only recorded is not acted on": {release(0, 0, rollout.ThenRollBack), 1, judge.Finding{Verdict: judge.Fail, DryRun: true}, rollout.NextBack, 0, false},
	} {
		got := judge.Step(test.release, test.step, []judge.Finding{test.finding}, noon)
		if got.Next != test.next || got.Extend != test.extend || (got.Next != rollout.NextBack && got.Step != test.to) {
			t.Errorf("%s: %+v", name, got)
		}
		if (got.Next == rollout.NextBack) != (got.Fence != nil) {
			t.Errorf("%s: next %s with fence %v", name, got.Next, got.Fence)
		}
	}
}
