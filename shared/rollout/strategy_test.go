package rollout_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sluice/shared/rollout"
)

func weights(steps []rollout.Step) []rollout.Weight {
	var w []rollout.Weight
	for _, s := range steps {
		w = append(w, s.Weight)
	}
	return w
}

func TestStrategiesClimbToAllTraffic(t *testing.T) {
	minute := rollout.Duration(time.Minute)
	for name, test := range map[string]struct {
		definition string
		want       []rollout.Weight
	}{
		"all at once":           {`{"allAtOnce":{"bake":"10m"}}`, []rollout.Weight{10000}},
		"canary adds 100":       {`{"canary":{"steps":[{"weight":5,"bake":"1m"},{"weight":12.5,"bake":"1m"}]}}`, []rollout.Weight{500, 1250, 10000}},
		"canary keeps its 100":  {`{"canary":{"steps":[{"weight":5,"bake":"1m"},{"weight":100,"bake":"1m"}]}}`, []rollout.Weight{500, 10000}},
		"linear":                {`{"linear":{"step":30,"bake":"1m"}}`, []rollout.Weight{3000, 6000, 9000, 10000}},
		"linear that fits":      {`{"linear":{"step":50,"bake":"1m"}}`, []rollout.Weight{5000, 10000}},
		"exponential":           {`{"exponential":{"start":5,"factor":3,"bake":"1m"}}`, []rollout.Weight{500, 1500, 4500, 10000}},
		"blue/green tests at 0": {`{"blueGreen":{"test":{},"bake":"1m"}}`, []rollout.Weight{0, 10000}},
	} {
		t.Run(name, func(t *testing.T) {
			var s rollout.Strategy
			if err := json.Unmarshal([]byte(test.definition), &s); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, weights(s.Steps())); diff != "" {
				t.Errorf("weights (-want +got):\n%s", diff)
			}
			if first := s.Steps()[0]; first.Test == nil && first.Bake == 0 || first.Bake > 10*minute {
				t.Errorf("first step %+v is not watched as the definition says", first)
			}
		})
	}
}

func TestEveryStrategyRisesAndEndsAtAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rollout.Strategy{Linear: &rollout.Linear{Step: rollout.Weight(rapid.IntRange(100, 10000).Draw(t, "step")), Bake: 1}}
		if rapid.Bool().Draw(t, "exponential") {
			s = rollout.Strategy{Exponential: &rollout.Exponential{
				Start: rollout.Weight(rapid.IntRange(1, 10000).Draw(t, "start")), Factor: rapid.Float64Range(1.1, 100).Draw(t, "factor"), Bake: 1,
			}}
		}
		last := rollout.Weight(0)
		for _, step := range s.Steps() {
			if step.Weight <= last {
				t.Fatalf("weights do not rise: %v after %v", step.Weight, last)
			}
			last = step.Weight
		}
		if last != rollout.All {
			t.Fatalf("ends at %v", last)
		}
	})
}

func TestWeightsAndDurationsReadAsPeopleWriteThem(t *testing.T) {
	for d, want := range map[time.Duration]string{
		10 * time.Minute: "10m", 48 * time.Hour: "48h", 90 * time.Second: "1m30s", 10 * time.Second: "10s", 0: "0s", 100 * time.Minute: "1h40m",
	} {
		if got := rollout.Duration(d).String(); got != want {
			t.Errorf("%v reads %q, want %q", d, got, want)
		}
	}
	if got := rollout.Percent(12.5).String(); got != "12.5 %" {
		t.Errorf("weight reads %q", got)
	}
	if got := rollout.FromFraction(0.05); got != 500 {
		t.Errorf("0.05 of an API is %d, want 500", got)
	}
}

func TestStepFunctionsWaitsWholeSecondsAndNeverZero(t *testing.T) {
	for d, want := range map[time.Duration]int{0: 1, time.Millisecond: 1, time.Second: 1, 1100 * time.Millisecond: 2, time.Hour: 3600} {
		if got := rollout.Duration(d).Seconds(); got != want {
			t.Errorf("%v waits %d s, want %d", d, got, want)
		}
	}
}
