package rollout_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/shared/rollout"
)

// A definition that passes validation makes a plan, whatever it says, and its target reads back from its id.
func FuzzDefinition(f *testing.F) {
	f.Add([]byte(sound))
	if !mutating() {
		f.Add([]byte(strings.Replace(sound, `"alarms":["checkout-errors"]`, `"alarms":["`+strings.Repeat("a", 256<<10)+`"]`, 1)))
		f.Add([]byte(strings.Replace(sound, `{"weight":5,"bake":"5m"}`, strings.Repeat(`{"weight":1,"bake":"1s"},`, 10_000)+`{"weight":5,"bake":"5m"}`, 1)))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var d rollout.Definition
		if json.Unmarshal(text, &d) != nil {
			return
		}
		problems := d.Validate()
		for _, p := range problems {
			if p.Path == "" || p.Wrong == "" || p.Remedy == "" {
				t.Errorf("a problem without path, fault or remedy: %+v", p)
			}
		}
		roundTrip(t, d)
		if len(problems) > 0 {
			return
		}
		sane(t, d.Strategy.Steps())
		if a := d.Target.LambdaAlias; d.Target.ID() != "lambda:"+a.Function+":"+a.Alias || strings.Count(d.Target.ID(), ":") != 2 {
			t.Errorf("target %+v has the id %s, which another one may have", a, d.Target.ID())
		}
		if more := d.WithDefaults().Validate(); len(more) > 0 {
			t.Errorf("its own defaults make it invalid: %v", more)
		}
		if bakes := len(d.Strategy.Steps()) * (1 + d.Checks.WhenInconclusive.Extend); bakes > 1010 {
			t.Errorf("it may bake %d times, which no execution holds", bakes)
		}
	})
}

// sane checks a plan: weights rise strictly and end at all traffic, and there are not too many.
func sane(t *testing.T, steps []rollout.Step) {
	t.Helper()
	last := rollout.Weight(-1)
	for i, s := range steps {
		if s.Weight <= last || s.Weight > rollout.All || s.Bake < 0 {
			t.Fatalf("step %d of %d: %v after %v, bakes %v", i, len(steps), s.Weight, last, s.Bake)
		}
		last = s.Weight
	}
	if last != rollout.All || len(steps) > 101 {
		t.Fatalf("%d steps end at %v", len(steps), last)
	}
}

// roundTrip compares what is written, since that is what the parameter holds.
func roundTrip(t *testing.T, d rollout.Definition) {
	t.Helper()
	once, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var back rollout.Definition
	if err := json.Unmarshal(once, &back); err != nil {
		t.Fatalf("what was written cannot be read: %v\n%s", err, once)
	}
	twice, err := json.Marshal(back)
	if err != nil || !bytes.Equal(once, twice) {
		t.Fatalf("(-once +twice) %v\n%s", err, cmp.Diff(string(once), string(twice)))
	}
}

func FuzzDuration(f *testing.F) {
	for _, s := range []string{"90s", "1h30m", "-5m", "2562047h47m16.854775807s", "-2562047h47m16.854775808s", "1e9h", "", "5", "5 m", "1h0m0.0000001s", "١٠m", strings.Repeat("1h", 1000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var d, back rollout.Duration
		if err := d.UnmarshalText([]byte(text)); err != nil {
			if len(err.Error()) > 500 {
				t.Errorf("the refusal has %d bytes", len(err.Error()))
			}
			return
		}
		if err := back.UnmarshalText([]byte(d.String())); err != nil || back != d {
			t.Errorf("%q is written as %q, which reads as %v (%v)", text, d, back, err)
		}
		if seconds := d.Seconds(); seconds < 1 || float64(seconds) < d.Std().Seconds() {
			t.Errorf("%v waits %d seconds", d, seconds)
		}
	})
}

func FuzzWeight(f *testing.F) {
	for _, s := range []string{"5", "12.5", "0.001", "99.999", "100.004", "-1", "1e300", "-1e308", "1e999", `"5"`, "null", "NaN", strings.Repeat("9", 1000)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var w, back rollout.Weight
		if json.Unmarshal(text, &w) != nil {
			return
		}
		written, err := json.Marshal(w)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(written, &back); err != nil || back != w {
			t.Errorf("%s is written as %s, which reads as %d (%v)", text, written, back, err)
		}
		if p, err := strconv.ParseFloat(string(text), 64); err == nil && (p < -0.005 || p > 100.005) && w >= rollout.None && w <= rollout.All {
			t.Errorf("%s became %v", text, w)
		}
		if w >= rollout.None && w <= rollout.All && rollout.FromFraction(w.Fraction()) != w {
			t.Errorf("%v comes back from the API as %v", w, rollout.FromFraction(w.Fraction()))
		}
	})
}

// mutating says whether this process looks for new inputs: the largest seeds would take all of its time.
func mutating() bool { return flag.Lookup("test.fuzz").Value.String() != "" }
