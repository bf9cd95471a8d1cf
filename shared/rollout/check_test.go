package rollout_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// A minute to warm up would be all of a short bake.
func TestErrorsWarmUpWhereBakesAreLongEnough(t *testing.T) {
	for _, test := range []struct {
		bake, compared string
		want           time.Duration
	}{
		{"5m", `{}`, time.Minute},
		{"4m", `{}`, 0},
		{"5m", `{"warming":"0s"}`, 0},
		{"4m", `{"warming":"2m"}`, 2 * time.Minute},
	} {
		var d rollout.Definition
		text := strings.Replace(sound, `"bake":"5m"`, `"bake":"`+test.bake+`"`, 1)
		if err := json.Unmarshal([]byte(strings.Replace(text, `"guard"`, `"checks":{"errors":[`+test.compared+`]},"guard"`, 1)), &d); err != nil {
			t.Fatal(err)
		}
		e := d.WithDefaults().Checks.Errors[0]
		if again := d.WithDefaults().WithDefaults().Checks.Errors[0]; e.Warming.Std() != test.want || again.Warming.Std() != test.want || e.Spreads != kind.SpreadRequests {
			t.Errorf("with bakes of %s, %s warms up for %v and spreads %s", test.bake, test.compared, e.Warming.Std(), e.Spreads)
		}
	}
}

// Where clients stay with the revision that they met first, one client's errors are one, whatever the kind spreads otherwise.
func TestATargetThatKeepsClientsSpreadsClients(t *testing.T) {
	for session, want := range map[int]kind.Spread{0: kind.SpreadRequests, 600: kind.SpreadClients} {
		d := rollout.Definition{Target: rollout.Target{Distribution: &kind.Distribution{Session: session}}, Checks: rollout.Checks{Errors: []rollout.Compared{{}}}}
		if got := d.WithDefaults().Checks.Errors[0].Spreads; got != want {
			t.Errorf("with sessions of %d seconds it spreads %s, want %s", session, got, want)
		}
		d.Target = rollout.Target{ALBRule: &kind.ALBRule{StickySeconds: session}}
		if got := d.WithDefaults().Checks.Errors[0].Spreads; got != want {
			t.Errorf("a rule that is sticky for %d seconds spreads %s, want %s", session, got, want)
		}
	}
}

// Who says nothing waits for requests; who says something gets what it says.
func TestStepsWaitForRequestsUnlessAPolicyIsStated(t *testing.T) {
	for policy, want := range map[rollout.WhenInconclusive]int{
		{}:                           8,
		{Extend: 1}:                  0,
		{Then: rollout.ThenGoOn}:     0,
		{Wait: 3}:                    3,
		{Then: rollout.ThenRollBack}: 0,
	} {
		d := rollout.Definition{Checks: rollout.Checks{WhenInconclusive: policy}}.WithDefaults().WithDefaults()
		if got := d.Checks.WhenInconclusive.Wait; got != want {
			t.Errorf("%+v waits %d times, want %d", policy, got, want)
		}
	}
}

func TestWhatJudgingCannotDoIsRefused(t *testing.T) {
	for checks, path := range map[string]string{
		`"errors":[{"warming":"2h"}]`:                   "checks.errors[0].warming",
		`"errors":[{"spreads":"servers"}]`:              "checks.errors[0].spreads",
		`"latency":[{"spreads":"servers"}]`:             "checks.latency[0].spreads",
		`"errors":[{}],"whenInconclusive":{"wait":101}`: "checks.whenInconclusive.wait",
	} {
		var d rollout.Definition
		if err := json.Unmarshal([]byte(strings.Replace(sound, `"guard"`, `"checks":{`+checks+`},"guard"`, 1)), &d); err != nil {
			t.Fatal(err)
		}
		if problems := d.Validate(); len(problems) != 1 || problems[0].Path != path || problems[0].Remedy == "" {
			t.Errorf("%s: problems %v, want one at %s with a remedy", checks, problems, path)
		}
	}
}
