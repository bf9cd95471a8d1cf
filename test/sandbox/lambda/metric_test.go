package lambda_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"

	"sluice/test/sandbox/lambda"
)

// recorded sums metric values by name and dimensions, and keeps the seconds after begin at which they are dated.
type recorded struct {
	mu    sync.Mutex
	begin time.Time
	sums  map[string]float64
	at    map[string][]time.Duration
}

func newRecorded() *recorded {
	return &recorded{begin: time.Now(), sums: map[string]float64{}, at: map[string][]time.Duration{}}
}

func (r *recorded) record(namespace, name string, dims map[string]string, _ string, value float64, at time.Time) {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(dims)) {
		parts = append(parts, key+"="+dims[key])
	}
	series := namespace + " " + name + " " + strings.Join(parts, " ")
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sums[series] += value
	r.at[series] = append(r.at[series], at.Sub(r.begin))
}

func TestWeightedAliasHasMetricsOfEachVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		chance, metrics := 0.0, newRecorded()
		s := service(t, lambda.Options{
			Rand: func() float64 { return chance }, Record: metrics.record,
			InProcess: func(_, version string) lambda.Handler {
				return func(context.Context, []byte) ([]byte, error) {
					time.Sleep(2 * time.Second)
					if version == "2" {
						return nil, errors.New("broken")
					}
					return nil, nil
				}
			},
		})
		create(t, s)
		versions(t, s, 2)
		shift(t, s, 0.5)
		for _, chance = range []float64{0, 0.9, 0.9} { // one for version 2, two for version 1
			if _, err := s.Call(t.Context(), "checkout:live", nil); err != nil {
				t.Fatal(err)
			}
		}
		const alias = "FunctionName=checkout Resource=checkout:live"
		for series, want := range map[string]float64{
			"Invocations FunctionName=checkout":               3,
			"Invocations " + alias:                            3,
			"Invocations ExecutedVersion=1 " + alias:          2,
			"Invocations ExecutedVersion=2 " + alias:          1,
			"Errors ExecutedVersion=1 " + alias:               0,
			"Errors ExecutedVersion=2 " + alias:               1,
			"Errors FunctionName=checkout":                    1,
			"Duration ExecutedVersion=2 " + alias:             2000,
			"ConcurrentExecutions FunctionName=checkout":      3,
			"Throttles ExecutedVersion=2 " + alias:            0,
			"Invocations ExecutedVersion=1 Resource=checkout": 0,
		} {
			if got := metrics.sums["AWS/Lambda "+series]; got != want {
				t.Errorf("%s = %v, want %v", series, got, want)
			}
		}
		want := []time.Duration{0, 2 * time.Second, 4 * time.Second}
		if got := metrics.at["AWS/Lambda Duration "+alias]; !slices.Equal(got, want) {
			t.Errorf("dated %v, want the starts %v", got, want)
		}
	})
}

func TestSeriesOfAVersionStopsWithItsWeight(t *testing.T) {
	metrics := newRecorded()
	s := service(t, lambda.Options{Record: metrics.record, InProcess: handlers(echo)})
	create(t, s)
	versions(t, s, 2)
	if _, err := s.Call(t.Context(), "checkout:live", nil); err != nil {
		t.Fatal(err)
	}
	for series := range metrics.sums {
		if strings.Contains(series, "ExecutedVersion") {
			t.Errorf("an alias of one version has the series %s", series)
		}
	}
}

func TestThrottleIsNeitherInvocationNorError(t *testing.T) {
	metrics := newRecorded()
	s := service(t, lambda.Options{Record: metrics.record, InProcess: handlers(echo)})
	create(t, s)
	if _, err := s.PutFunctionConcurrency(t.Context(), &awslambda.PutFunctionConcurrencyInput{
		FunctionName: new("checkout"), ReservedConcurrentExecutions: new(int32(0)),
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Call(t.Context(), "checkout", nil); err == nil {
		t.Fatal("a reservation of zero lets a call through")
	}
	if got, want := fmt.Sprint(metrics.sums), "map[AWS/Lambda Throttles FunctionName=checkout:1]"; got != want {
		t.Errorf("metrics = %s, want %s", got, want)
	}
}
