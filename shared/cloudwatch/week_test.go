package cloudwatch_test

import (
	"testing"
	"time"

	"sluice/shared/cloudwatch"
	"sluice/shared/judge"
	"sluice/shared/kind"
	"sluice/test/sandbox"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

func TestWeekIsEveryMinuteOfTheAliasAndSilenceIsZero(t *testing.T) {
	alias := kind.LambdaAlias{Function: "checkout", Alias: "live"}
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, box *sandbox.Sandbox) {
		serving(box, 3)
		time.Sleep(90 * time.Second)
		week, err := w.Week(t.Context(), alias, time.Now())
		if err != nil || len(week) != 7*24*60 {
			t.Fatalf("%d minutes (%v)", len(week), err)
		}
		var sum, all judge.Counts
		for i, c := range week {
			all.Requests, all.Errors = all.Requests+c.Requests, all.Errors+c.Errors
			if i >= len(week)-5 {
				sum.Requests, sum.Errors = sum.Requests+c.Requests, sum.Errors+c.Errors
			}
		}
		if want := (judge.Counts{Requests: 6, Errors: 3}); sum != want || all != want {
			t.Errorf("the last five minutes have %+v, the week %+v, want %+v", sum, all, want)
		}
	})
	watch(t, func(t *testing.T, w *cloudwatch.Watcher, _ *sandbox.Sandbox) {
		if week, err := w.Week(t.Context(), alias, time.Now()); err == nil {
			t.Errorf("what cannot be read is a week of %d minutes", len(week))
		}
	}, sandboxtest.Fail("cloudwatch:GetMetricData", sandboxtest.Always, wire.Throttled("Rate exceeded")))
}
