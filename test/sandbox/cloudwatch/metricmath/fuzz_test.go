package metricmath_test

import (
	"flag"
	"strings"
	"testing"

	"sluice/test/sandbox/cloudwatch/metricmath"
)

func FuzzExpression(f *testing.F) {
	for _, text := range []string{
		"m1 + m2", "FILL(m1, 0) / (m2 - m2)", "IF(m1 > 15, m1, m2)", "SUM(METRICS())", "100 * m1 / (m1 + m2) ^ -2", `SUM(METRICS("m"))`,
		"1e999", "é", "m1[",
	} {
		f.Add(text)
	}
	if !mutating() {
		for _, text := range []string{"-" + strings.Repeat("-", 5000) + "1", strings.Repeat("(", 20_000), strings.Repeat("ABS(", 20_000), strings.Repeat("m1 + ", 60_000) + "m1"} {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := metricmath.Parse(text)
		if err != nil {
			return
		}
		series, err := e.Eval(env())
		for _, s := range series {
			for _, p := range s {
				if err == nil && (p.At < 0 || p.At > 180) {
					t.Errorf("%.60q gives a value at %d, outside of the four periods", text, p.At)
				}
			}
		}
	})
}

// mutating says whether this process looks for new inputs: the largest seeds would take all of its time.
func mutating() bool { return flag.Lookup("test.fuzz").Value.String() != "" }
