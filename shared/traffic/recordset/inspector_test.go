package recordset_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic/recordset"
)

func TestWhatRoute53OrAComparisonWouldNotBearIsRefusedBeforeAnythingIsTouched(t *testing.T) {
	for name, c := range map[string]struct {
		make func(t *testing.T, f *fixture)
		pool string
		want string
	}{
		"nothing is wrong":    {pool: "green"},
		"the other way round": {pool: "blue"},
		"another pool":        {pool: "red", want: "no pool red"},
		"protected":           {func(t *testing.T, f *fixture) { f.protect(t) }, "green", "is protected from changes (ask Ann)"},
		"a third identifier": {func(t *testing.T, f *fixture) {
			f.put(t, "shop.example.com", map[string]int64{"blue": 200, "red": 1})
		}, "green", "has a weighted record red"},
		"a third identifier without weight": {func(t *testing.T, f *fixture) {
			f.put(t, "shop.example.com", map[string]int64{"blue": 200, "red": 0})
		}, "green", "has a weighted record red"},
		"the definition knows another address": {func(_ *testing.T, f *fixture) { f.spec.Records[0].To["blue"] = kind.Endpoint{Value: "192.0.2.9"} }, "green", "leads to 192.0.2.1, and the definition says 192.0.2.9"},
		"names that are not divided alike": {func(t *testing.T, f *fixture) {
			f.put(t, "www.example.com", map[string]int64{"green": 1})
			second := f.spec.Records[0]
			second.Name = "www.example.com"
			f.spec.Records = append(f.spec.Records, second)
		}, "green", "not divided alike"},
		"no record": {func(_ *testing.T, f *fixture) { f.spec.Records[0].Name = "none.example.com" }, "green", "has no weighted record"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				if c.make != nil {
					c.make(t, f)
				}
				why, err := recordset.NewInspector(f.box.Config("")).Inspect(t.Context(), f.Target(), c.pool, "blue")
				switch {
				case err != nil:
					t.Fatal(err)
				case c.want == "" && why != nil:
					t.Errorf("it is refused: %+v", why)
				case c.want != "" && (why == nil || !strings.Contains(why.Reason, c.want) || why.Remedy == ""):
					t.Errorf("the answer is %+v, want %q with a remedy", why, c.want)
				}
				if after := f.Calls(); after.Writes != 0 {
					t.Errorf("it wrote %d times", after.Writes)
				}
			})
		})
	}
}

func TestReadingTellsWhoServes(t *testing.T) {
	for name, c := range map[string]struct {
		weights map[string]int64
		want    rollout.Split
	}{
		"one":                           {map[string]int64{"green": 7}, rollout.Split{Stable: "green"}},
		"a leftover of no weight":       {map[string]int64{"blue": 0, "green": 7}, rollout.Split{Stable: "green"}},
		"two":                           {map[string]int64{"blue": 3, "green": 1}, rollout.Split{Stable: "blue", Candidate: "green", Weight: 2500, Either: true}},
		"all zero are equal":            {map[string]int64{"blue": 0, "green": 0}, rollout.Split{Stable: "blue", Candidate: "green", Weight: 5000, Either: true}},
		"somebody else's share":         {map[string]int64{"blue": 90, "red": 10}, rollout.Split{Stable: "blue", Candidate: "red", Weight: 1000}},
		"somebody else's weight of 0":   {map[string]int64{"blue": 90, "red": 0}, rollout.Split{Stable: "blue"}},
		"somebody else beside our two":  {map[string]int64{"blue": 10, "green": 80, "red": 10}, rollout.Split{Stable: "green", Candidate: "red", Weight: 1000}},
		"a share that rounds to nought": {map[string]int64{"blue": 255, "green": 1}, rollout.Split{Stable: "blue", Candidate: "green", Weight: 39, Either: true}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				f.put(t, "shop.example.com", c.weights)
				got, err := f.router.Read(t.Context(), f.Target())
				got.Tag = ""
				if err != nil || got != c.want {
					t.Errorf("it reads %+v, %v; want %+v", got, err, c.want)
				}
			})
		})
	}
}
