package rollout

import (
	"strings"
	"testing"
)

func TestExpressionThatCloudWatchTakesIsLetThrough(t *testing.T) {
	for _, text := range []string{
		"m1", "100 * m1 / m2", "FILL(m1, 0)", "FILL(m1, REPEAT) - m2", "IF(m1 > 0 AND m2 >= 10, m1 / m2, 0)", "-m1 + .5", "SUM([m1, m2])", "SUM(METRICS())",
		`SUM(METRICS("m"))`, "SORT(METRICS(), AVG, DESC, 3)", "(m1 + m2) ^ 2", "m1 != 0 && m2 == 1 || m1 < 3", "TIME_SERIES(100)", "RATE(m1) * PERIOD(m1)", "100*(m1/(m1+m2))",
	} {
		if wrong, _ := checkMath(text, []string{"m1", "m2"}); wrong != "" {
			t.Errorf("%s: %s", text, wrong)
		}
	}
}

// CloudWatch refuses the whole call for each of these, with the first bake under way.
func TestExpressionThatCloudWatchRefusesIsSaidBeforeTheRelease(t *testing.T) {
	for text, says := range map[string]string{
		"100 * m1 / m3": `"m3" is no id of a metric`,
		"FILL(m1, 0":    "bracket at character 5 is never closed",
		"m1 + m2)":      "never opened",
		"m1 m2":         `no operator before "m2"`,
		"m1 + ":         "ends where a value should be",
		"* m1":          `a value is missing before "*"`,
		"m1 + * m2":     `a value is missing before "*"`,
		"fill(m1, 0)":   "no id of a metric",
		"FILLIN(m1)":    "no function of metric math",
		"m1 / %":        "means nothing in metric math",
		`METRICS("m)`:   "quote at character 9 is never closed",
		"M1":            "no function of metric math",
		"IF(m1 > 0, m1": "never closed",
	} {
		if wrong, remedy := checkMath(text, []string{"m1", "m2"}); !strings.Contains(wrong, says) || remedy == "" {
			t.Errorf("%s: it says %q, %q; want %q and a remedy", text, wrong, remedy, says)
		}
	}
}

func TestStatisticOfAnotherNameIsAnsweredWithCloudWatchs(t *testing.T) {
	for stat, remedy := range map[string]string{
		"avg": "write Average", "max": "write Maximum", "sum": "write Sum", "P99": "write p99", "count": "write SampleCount", "p": "such as p99", "p101": "such as p99",
	} {
		if wrong, says := checkStat(stat); wrong == "" || !strings.Contains(says, remedy) {
			t.Errorf("%s: it says %q, %q; want %q", stat, wrong, says, remedy)
		}
	}
	for _, stat := range []string{"", "Average", "p99", "p99.95", "tm95", "IQM", "TM(10%:90%)", "PR(:300)", "p100"} {
		if wrong, _ := checkStat(stat); wrong != "" {
			t.Errorf("%s: %s", stat, wrong)
		}
	}
}
