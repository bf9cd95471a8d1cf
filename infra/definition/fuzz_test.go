package definition_test

import (
	"errors"
	"flag"
	"strings"
	"testing"

	"sluice/infra/definition"
	"sluice/shared/rollout"
)

// A file and an overlay load and make a plan that a release can walk, or a person reads which line to look at.
func FuzzLoad(f *testing.F) {
	f.Add(good, "")
	f.Add(good, "strategy: {canary: null, linear: {step: 1, bake: 1s}}")
	if !mutating() {
		f.Add(good, "guard: {alarms: ["+strings.Repeat("a", 256<<10)+"]}")
		f.Add(strings.Repeat("a: {", 10_000), "")
		f.Add(strings.Repeat("[", 12_000), "revertWindow: 1h")
	}
	f.Fuzz(func(t *testing.T, base, over string) {
		definitions := map[string]string{"checkout.yaml": base}
		if over != "" {
			definitions["staging/checkout.yaml"] = over
		}
		services, err := definition.Load(files(t, definitions), "staging")
		var problems definition.Problems
		if err != nil && !errors.As(err, &problems) {
			t.Fatalf("%v", err)
		}
		for _, p := range problems {
			if p.File == "" || p.Line < 1 || p.Wrong == "" || p.Remedy == "" || len(p.String()) > 2000 {
				t.Fatalf("a problem of %d bytes that names no line or remedy: %.300s", len(p.String()), p)
			}
		}
		for _, s := range services {
			rises(t, s.Definition.Strategy.Steps())
			if more := s.Definition.Validate(); len(more) > 0 || len(s.JSON) > 8192 {
				t.Errorf("%d bytes were let through with problems %v", len(s.JSON), more)
			}
		}
	})
}

func rises(t *testing.T, steps []rollout.Step) {
	t.Helper()
	last := rollout.Weight(-1)
	for _, s := range steps {
		if s.Weight <= last {
			t.Fatalf("%v follows %v", s.Weight, last)
		}
		last = s.Weight
	}
	if last != rollout.All {
		t.Fatalf("%d steps end at %v", len(steps), last)
	}
}

// mutating says whether this process looks for new inputs: the largest seeds would take all of its time.
func mutating() bool { return flag.Lookup("test.fuzz").Value.String() != "" }
