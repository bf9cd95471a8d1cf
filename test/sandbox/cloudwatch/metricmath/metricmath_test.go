package metricmath_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/test/sandbox/cloudwatch/metricmath"
)

// env has four periods of a minute: m1 is known in the first, second and fourth, m2 in the last three.
func env() *metricmath.Env {
	series := map[string]metricmath.Series{
		"m1": {{At: 0, Value: 10}, {At: 60, Value: 20}, {At: 180, Value: 80}},
		"m2": {{At: 60, Value: 2}, {At: 120, Value: 0}, {At: 180, Value: 4}},
	}
	return &metricmath.Env{
		Start: 0, Period: 60, N: 4, Metrics: []string{"m1", "m2"},
		Lookup: func(id string) ([]metricmath.Series, error) {
			if s, known := series[id]; known {
				return []metricmath.Series{s}, nil
			}
			return nil, fmt.Errorf("no %s", id)
		},
	}
}

// show writes a series as its periods, "-" where there is no data.
func show(s metricmath.Series) string {
	out := []string{"-", "-", "-", "-"}
	for _, p := range s {
		out[p.At/60] = fmt.Sprint(p.Value)
	}
	return strings.Join(out, " ")
}

func TestExpressions(t *testing.T) {
	for text, want := range map[string]string{
		"m1":                                   "10 20 - 80",
		"m1 + m2":                              "- 22 - 84",
		"m1 / m2":                              "- 10 - 20",
		"m2 / m2":                              "- 1 - 1", // division by zero leaves no data
		"2 * (m1 - 5)":                         "10 30 - 150",
		"2 + 3 * m2":                           "- 8 2 14",
		"-m2 + 1":                              "- -1 1 -3",
		"10 - 2 - m2":                          "- 6 8 4",
		"m2 ^ 2":                               "- 4 0 16",
		"m1 > 15":                              "0 1 - 1",
		"m1 > 15 AND m1 < 50":                  "0 1 - 0",
		"m1 == 10 || m1 == 80":                 "1 0 - 1",
		"FILL(m1, 0)":                          "10 20 0 80",
		"FILL(m1, REPEAT)":                     "10 20 20 80",
		"FILL(m2, REPEAT)":                     "- 2 0 4",
		"FILL(m1, LINEAR)":                     "10 20 50 80",
		"FILL(m1, -1) + FILL(m2, 1e2)":         "110 22 -1 84",
		"SUM(METRICS())":                       "10 22 0 84",
		"SUM([m1, m2])":                        "10 22 0 84",
		"MAX([m1, 15])":                        "15 20 15 80",
		"AVG([m1, m2])":                        "10 11 0 42",
		"MIN(METRICS('m2'))":                   "- 2 0 4",
		"m1 / SUM(m1) * 110":                   "10 20 - 80",
		"m1 - MIN(m1)":                         "0 10 - 70",
		"IF(m2 > 1, m1)":                       "- 20 - 80",
		"IF(m2 > 1, m1, 0)":                    "- 20 0 80",
		"IF(m2, 1, m1)":                        "- 1 - 1",
		"IF(1, m1, m2)":                        "10 20 - 80",
		"RATE(m1)":                             "- 0.16666666666666666 - 0.5",
		"DIFF(m2)":                             "- - -2 4",
		"RUNNING_SUM(m2)":                      "- 2 2 6",
		"m1 / PERIOD(m1)":                      "0.16666666666666666 0.3333333333333333 - 1.3333333333333333",
		"TIME_SERIES(METRIC_COUNT(METRICS()))": "2 2 2 2",
		"ABS(-m2)":                             "- 2 0 4",
		"SUM(METRICS() * 2)":                   "20 44 0 168",
		"CEIL(m1 / 30)":                        "1 1 - 3",
	} {
		e, err := metricmath.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got, err := e.Eval(env())
		if err != nil || len(got) != 1 {
			t.Errorf("%s: %d series, %v", text, len(got), err)
			continue
		}
		if s := show(got[0]); s != want {
			t.Errorf("%s\n got %s\nwant %s", text, s, want)
		}
	}
}

func TestListsGiveSeveralSeries(t *testing.T) {
	e, err := metricmath.Parse("METRICS() * 10")
	if err != nil {
		t.Fatal(err)
	}
	got, err := e.Eval(env())
	if err != nil || len(got) != 2 || show(got[1]) != "- 20 0 40" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestReferencesAreListedOnce(t *testing.T) {
	e, err := metricmath.Parse("IF(m1 > e2, SUM([m1, m3]), FILL(e2, LINEAR))")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"m1", "e2", "m3"}, e.References()); diff != "" {
		t.Error(diff)
	}
}

func TestWhatCannotBeReadIsRefused(t *testing.T) {
	for text, part := range map[string]string{
		"":                                "unexpected",
		"m1 +":                            "unexpected",
		"(m1":                             "missing )",
		"m1 m2":                           "unexpected",
		"SUM(m1":                          "missing )",
		"SUM(m1, m2)":                     "SUM takes 1 to 1",
		"ANOMALY_DETECTION_BAND(m1, 2)":   "does not implement the function ANOMALY_DETECTION_BAND",
		"SEARCH('x', 'Sum')":              "does not implement the function SEARCH",
		"m1 % 2":                          "unexpected character",
		"SELECT AVG(x) FROM \"AWS/Lambda": "unfinished",
	} {
		if _, err := metricmath.Parse(text); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: got %v, want something about %q", text, err, part)
		}
	}
	for _, text := range []string{"1 + 1", "METRICS() + METRICS()", "RATE(1)", "m9"} {
		e, err := metricmath.Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if _, err := e.Eval(env()); err == nil {
			t.Errorf("%q was evaluated", text)
		}
	}
}
