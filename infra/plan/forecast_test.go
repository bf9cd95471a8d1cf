package plan

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"sluice/shared/judge"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

func lastWeekOf(requests, errors int) weekly {
	return func(context.Context, kind.Spec) ([]judge.Counts, error) {
		week := make([]judge.Counts, 7*24*60)
		for i := range week {
			week[i] = judge.Counts{Requests: requests, Errors: errors}
		}
		return week, nil
	}
}

func comparing() rollout.Definition {
	return rollout.Definition{
		Service: "shop", Target: rollout.Target{LambdaAlias: &kind.LambdaAlias{Function: "shop-api", Alias: "live"}},
		Strategy: rollout.Strategy{Canary: &rollout.Canary{Steps: []rollout.Step{{Weight: rollout.Percent(10), Bake: minutes(20)}, {Weight: rollout.Percent(50), Bake: minutes(20)}}}},
		Checks:   rollout.Checks{Errors: []rollout.Compared{{}}},
	}.WithDefaults()
}

// A team that plans on real traffic knows before the release what its bakes can find.
func TestPlanTellsHowLongABadReleaseWouldGoUnnoticed(t *testing.T) {
	begun := time.Now()
	busy := forecast(t.Context(), comparing(), lastWeekOf(6000, 30))
	for _, words := range []string{"(6000 requests a minute, 0.5 % failed)", "a good release would go back in 1 of 200", "10 %", "50 %", "(100 of 100)"} {
		if !strings.Contains(busy, words) {
			t.Errorf("it does not say %q:\n%s", words, busy)
		}
	}
	if again := forecast(t.Context(), comparing(), lastWeekOf(6000, 30)); again != busy {
		t.Errorf("the same week gives another page:\n%s", again)
	}
	if quiet := forecast(t.Context(), comparing(), lastWeekOf(3, 0)); !strings.Contains(quiet, "its whole bake (0 of 100)") {
		t.Errorf("three requests a minute find\n%s", quiet)
	}
	t.Logf("three pages took %v\n%s", time.Since(begun), busy)
}

func TestPlanSaysAloudWhyItCannotTell(t *testing.T) {
	refused := func(context.Context, kind.Spec) ([]judge.Counts, error) {
		return nil, errors.New("there are no AWS credentials")
	}
	if page := forecast(t.Context(), comparing(), refused); !says(page, "is not known: there are no AWS credentials.") || !strings.Contains(page, "cloudwatch:GetMetricData") {
		t.Errorf("without credentials it says\n%s", page)
	}
	if page := forecast(t.Context(), comparing(), lastWeekOf(0, 0)); !says(page, "Nothing came through alias live") {
		t.Errorf("without traffic it says\n%s", page)
	}
	own := comparing()
	own.Checks.Errors[0].Metrics = &rollout.Metric{Namespace: "Shop"}
	if page := forecast(t.Context(), own, refused); !says(page, "plan reads the target's own metrics") {
		t.Errorf("with other metrics it says\n%s", page)
	}
	uncompared := comparing()
	uncompared.Checks.Errors = nil
	if page := forecast(t.Context(), uncompared, refused); page != "" {
		t.Errorf("without a comparison it says\n%s", page)
	}
}
