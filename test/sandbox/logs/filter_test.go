package logs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"sluice/test/sandbox/logs"
)

func TestFilterTakesTheLinesThatMatch(t *testing.T) {
	const line = `{"stage":"prod","status":"503","latency":120,"nothing":"-"}`
	for pattern, want := range map[string]bool{
		`{ $.stage = "prod" }`:                       true,
		`{ $.stage = prod && $.status = 5* }`:        true,
		`{ $.stage = "prod" && $.status = "4*" }`:    false,
		`{ $.stage != "prod" }`:                      false,
		`{ $.missing = * }`:                          false,
		`{ $.latency = * && $.latency >= 120 }`:      true,
		`{ $.latency > 120 }`:                        false,
		`{ $.latency < 121 }`:                        true,
		`{ $.latency <= 119.5 }`:                     false,
		`{ $.status >= 500 }`:                        false, // a text is no number
		`{ $.stage = "prod" && $.nothing = "-" }`:    true,
		`{ $.stage = "production" || $.stage = "x"}`: false,
	} {
		var got []float64
		s := logs.New(logs.Options{Record: func(_, _ string, _ map[string]string, _ string, value float64, _ time.Time) { got = append(got, value) }})
		s.Write("shop", "1", "no JSON")
		err := put(t, s, pattern, types.MetricTransformation{MetricValue: aws.String("$.latency")})
		if strings.Contains(pattern, "||") {
			if err == nil {
				t.Errorf("%s was taken", pattern)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		s.Write("shop", "1", line, "no JSON", "{}")
		if (len(got) == 1 && got[0] == 120) != want {
			t.Errorf("%s made %v", pattern, got)
		}
	}
}

func TestFiltersThatAWSRefuses(t *testing.T) {
	s := logs.New(logs.Options{})
	const all = "{ $.stage = * }"
	if err := put(t, s, all, types.MetricTransformation{}); err == nil {
		t.Error("a group that there is not got a filter")
	}
	s.Write("shop", "1", "{}")
	for name, to := range map[string]types.MetricTransformation{
		"four dimensions":            {Dimensions: map[string]string{"a": "$.a", "b": "$.b", "c": "$.c", "d": "$.d"}},
		"a default with a dimension": {Dimensions: map[string]string{"a": "$.a"}, DefaultValue: aws.Float64(0)},
	} {
		if put(t, s, all, to) == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
}

func put(t *testing.T, s *logs.Service, pattern string, to types.MetricTransformation) error {
	t.Helper()
	to.MetricNamespace, to.MetricName = aws.String("Shop"), aws.String("Latency")
	_, err := s.PutMetricFilter(t.Context(), &cloudwatchlogs.PutMetricFilterInput{
		LogGroupName: aws.String("shop"), FilterName: aws.String("latency"), FilterPattern: &pattern, MetricTransformations: []types.MetricTransformation{to},
	})
	return err
}
