package cloudwatch

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// stamp writes a time as alarms do: +0000 without a colon, which is not RFC 3339.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000-0700") }

var phrases = map[types.ComparisonOperator]string{
	types.ComparisonOperatorGreaterThanThreshold:          "greater than",
	types.ComparisonOperatorGreaterThanOrEqualToThreshold: "greater than or equal to",
	types.ComparisonOperatorLessThanThreshold:             "less than",
	types.ComparisonOperatorLessThanOrEqualToThreshold:    "less than or equal to",
}

// reason says in AWS's words why an alarm changed.
func (w *watch) reason(v verdict) string {
	switch {
	case v.state == types.StateValueInsufficientData:
		return fmt.Sprintf("Insufficient Data: %s unknown.", plural(v.filled, "datapoint"))
	case v.filled > 0:
		return w.missingReason(v)
	}
	crossed := slices.DeleteFunc(slices.Clone(v.evaluated), func(p point) bool {
		return w.breaches(p.value) != (v.state == types.StateValueAlarm)
	})
	not, least, way := "", w.m, "OK -> ALARM"
	if v.state == types.StateValueOk {
		not, least, way = "not ", w.n-w.m+1, "ALARM -> OK"
	}
	return fmt.Sprintf("Threshold Crossed: %d out of the last %d datapoints %s %s%s the threshold (%s) (minimum %d %s for %s transition).",
		len(crossed), len(v.evaluated), pointList(crossed), not, phrases[w.comparison], javaDouble(w.threshold),
		least, noun(least, "datapoint"), way)
}

func (w *watch) missingReason(v verdict) string {
	received := "no datapoints were"
	if n := len(v.evaluated); n > 0 {
		received = plural(n, "datapoint")
	}
	as := "NonBreaching"
	if w.missing == "breaching" {
		as = "Breaching"
	}
	return fmt.Sprintf("Threshold Crossed: %s received for %d %s and %d missing %s treated as [%s].",
		received, w.n, noun(w.n, "period"), v.filled, strings.TrimPrefix(plural(v.filled, "datapoint"), strconv.Itoa(v.filled)+" "), as)
}

// pointList is "[99.5 (02/10/19 16:59:00)] was", newest first, at most five of them.
func pointList(points []point) string {
	shown := points[:min(5, len(points))]
	texts := make([]string, len(shown))
	for i, p := range shown {
		texts[i] = fmt.Sprintf("%s (%s)", javaDouble(p.value), time.Unix(p.at, 0).UTC().Format("02/01/06 15:04:05"))
	}
	if len(points) == 1 {
		return "[" + texts[0] + "] was"
	}
	return "[" + strings.Join(texts, ", ") + "] were"
}

// plural is "1 datapoint was" or "3 datapoints were".
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what + " was"
	}
	return fmt.Sprintf("%d %ss were", n, what)
}

func noun(n int, what string) string {
	if n == 1 {
		return what
	}
	return what + "s"
}

// javaDouble writes a number as CloudWatch does, which is Java's Double.toString: 50.0, not 50, and 1.0E7.
func javaDouble(v float64) string {
	if m := math.Abs(v); v != 0 && (m < 1e-3 || m >= 1e7) {
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'E', -1, 64), "E")
		n, _ := strconv.Atoi(exponent)
		return withPoint(mantissa) + "E" + strconv.Itoa(n)
	}
	return withPoint(strconv.FormatFloat(v, 'f', -1, 64))
}

func withPoint(digits string) string {
	if strings.ContainsRune(digits, '.') {
		return digits
	}
	return digits + ".0"
}

// reasonData is the JSON beside a metric alarm's reason, which AWS hands over as a string.
type reasonData struct {
	Version             string           `json:"version"`
	QueryDate           string           `json:"queryDate"`
	StartDate           string           `json:"startDate,omitempty"`
	Unit                string           `json:"unit,omitempty"`
	Statistic           string           `json:"statistic,omitempty"`
	Period              int64            `json:"period"`
	RecentDatapoints    []double         `json:"recentDatapoints"`
	Threshold           double           `json:"threshold"`
	EvaluatedDatapoints []evaluatedPoint `json:"evaluatedDatapoints,omitempty"`
}

type evaluatedPoint struct {
	Timestamp   string `json:"timestamp"`
	SampleCount double `json:"sampleCount,omitempty"`
	Value       double `json:"value"`
}

// A double is a float64 that appears in JSON as javaDouble.
type double float64

// MarshalJSON implements json.Marshaler.
func (d double) MarshalJSON() ([]byte, error) { return []byte(javaDouble(float64(d))), nil }

func (w *watch) reasonData(v verdict, now time.Time) string {
	data := reasonData{
		Version: "1.0", QueryDate: stamp(now), Period: w.period, Threshold: double(w.threshold),
		RecentDatapoints: []double{},
	}
	if w.plain {
		data.Statistic = w.returned.stat.name
		data.Unit = string(w.returned.unit)
	}
	for i, p := range v.evaluated {
		newest := evaluatedPoint{stamp(time.Unix(p.at, 0)), double(p.samples), double(p.value)}
		data.EvaluatedDatapoints = append(data.EvaluatedDatapoints, newest)
		data.RecentDatapoints = append(data.RecentDatapoints, double(v.evaluated[len(v.evaluated)-1-i].value))
		data.StartDate = newest.Timestamp // ends at the oldest
	}
	text, err := json.Marshal(data)
	if err != nil {
		return "{}" // cannot happen: numbers are finite and the rest are strings
	}
	return string(text)
}
