package cloudwatch

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// The tables of https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html:
// 0 is a good data point, X a breaching one, - a missing one; the newest is last. "stay" keeps the state.
func TestJudgeFollowsTheTablesOfMissingData(t *testing.T) {
	const no, stay = "INSUFFICIENT_DATA", ""
	for _, row := range []struct {
		m                                        int
		data                                     string
		missing, ignore, breaching, notBreaching string
	}{
		{3, "0 - X - X", "OK", "OK", "OK", "OK"},
		{3, "0 - - - -", "OK", "OK", "OK", "OK"},
		{3, "- - - - 0", "OK", "OK", "OK", "OK"},
		{3, "- - - - -", no, stay, "ALARM", "OK"},
		{3, "0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM"},
		{3, "- - - - X", no, stay, "ALARM", "OK"},
		{3, "- - X - -", "ALARM", stay, "ALARM", "OK"},
		{3, "X - - - -", "ALARM", stay, "ALARM", "OK"},
		{2, "0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM"},
		{2, "0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"},
		{2, "0 - X - -", "OK", "OK", "ALARM", "OK"},
		{2, "- - - - 0", "OK", "OK", "ALARM", "OK"},
		{2, "- - - - X", no, stay, "ALARM", "OK"},
		{2, "- - - X -", "ALARM", stay, "ALARM", "OK"},
	} {
		want := map[string]string{"missing": row.missing, "ignore": row.ignore, "breaching": row.breaching, "notBreaching": row.notBreaching}
		for treatment, state := range want {
			w := &watch{n: 3, m: row.m, missing: treatment, threshold: 0.5, period: 60, comparison: types.ComparisonOperatorGreaterThanThreshold}
			r := window{0, 60, 5}
			if got := w.judge(drawn(row.data, r), r); string(got.state) != state {
				t.Errorf("%d of 3, %q, %s: got %q, want %q", row.m, row.data, treatment, got.state, state)
			}
		}
	}
}

func drawn(data string, r window) []point {
	var points []point
	for i, c := range strings.Fields(data) {
		if c != "-" {
			p := point{at: r.start + int64(i)*r.period, samples: 1}
			if c == "X" {
				p.value = 1
			}
			points = append(points, p)
		}
	}
	return points
}

func TestReasonsReadLikeThoseOfAWS(t *testing.T) {
	over := types.ComparisonOperatorGreaterThanThreshold
	r := window{946684800, 60, 5} // 2000-01-01 00:00
	for _, c := range []struct {
		m, n            int
		data, treatment string
		want            string
	}{
		{1, 1, "- - X", "missing", "Threshold Crossed: 1 out of the last 1 datapoints [1.0 (01/01/00 00:02:00)] was greater than the threshold (0.5) (minimum 1 datapoint for OK -> ALARM transition)."},
		{1, 1, "- - 0", "missing", "Threshold Crossed: 1 out of the last 1 datapoints [0.0 (01/01/00 00:02:00)] was not greater than the threshold (0.5) (minimum 1 datapoint for ALARM -> OK transition)."},
		{2, 3, "- - X 0 X", "missing", "Threshold Crossed: 2 out of the last 3 datapoints [1.0 (01/01/00 00:04:00), 1.0 (01/01/00 00:02:00)] were greater than the threshold (0.5) (minimum 2 datapoints for OK -> ALARM transition)."},
		{1, 1, "- - -", "missing", "Insufficient Data: 1 datapoint was unknown."},
		{2, 2, "- - -", "breaching", "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching]."},
		{1, 1, "- - -", "notBreaching", "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching]."},
		{2, 3, "- - - - 0", "breaching", "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as [Breaching]."},
	} {
		w := &watch{n: c.n, m: c.m, missing: c.treatment, threshold: 0.5, period: 60, comparison: over}
		if got := w.reason(w.judge(drawn(c.data, r), r)); got != c.want {
			t.Errorf("%d of %d, %q, %s:\n got %s\nwant %s", c.m, c.n, c.data, c.treatment, got, c.want)
		}
	}
}

func TestNumbersAreWrittenAsJavaWritesThem(t *testing.T) {
	for v, want := range map[float64]string{
		50: "50.0", 0.0666851903306472: "0.0666851903306472", 45628: "45628.0", 0: "0.0", -3.5: "-3.5",
		1e7: "1.0E7", 12345678: "1.2345678E7", 0.0005: "5.0E-4", 9999999: "9999999.0",
	} {
		if got := javaDouble(v); got != want {
			t.Errorf("javaDouble(%v) = %s, want %s", v, got, want)
		}
	}
}
