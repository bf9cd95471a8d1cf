package logs

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"sluice/test/sandbox/wire"
)

// filter makes metrics of the lines of a group.
type filter struct {
	name    string
	matches []condition
	to      types.MetricTransformation
}

// CreateLogGroup makes a group. Groups that services write to are there without it.
func (s *Service) CreateLogGroup(_ context.Context, in *cloudwatchlogs.CreateLogGroupInput) (*cloudwatchlogs.CreateLogGroupOutput, error) {
	if in.KmsKeyId != nil || in.LogGroupClass != "" || in.Tags != nil {
		return nil, wire.NotImplemented("CreateLogGroup with a key, a class or tags")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	name := aws.ToString(in.LogGroupName)
	if _, taken := s.groups[name]; taken {
		return nil, &types.ResourceAlreadyExistsException{Message: aws.String("The specified log group already exists")}
	}
	s.groups[name] = nil
	return &cloudwatchlogs.CreateLogGroupOutput{}, nil
}

// PutMetricFilter has each line that comes to a group from now on, and matches, become a value of a metric
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html).
func (s *Service) PutMetricFilter(_ context.Context, in *cloudwatchlogs.PutMetricFilterInput) (*cloudwatchlogs.PutMetricFilterOutput, error) {
	if in.ApplyOnTransformedLogs || in.EmitSystemFieldDimensions != nil || in.FieldSelectionCriteria != nil {
		return nil, wire.NotImplemented("PutMetricFilter with transformed logs, system fields or a selection")
	}
	f, err := newFilter(in)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	group := aws.ToString(in.LogGroupName)
	all, there := s.groups[group]
	if !there {
		return nil, &types.ResourceNotFoundException{Message: aws.String("The specified log group does not exist.")}
	}
	all = slices.DeleteFunc(slices.Clone(all), func(o filter) bool { return o.name == f.name })
	if len(all) == mostFilters {
		return nil, &types.LimitExceededException{Message: aws.String("Resource limit exceeded.")}
	}
	s.groups[group] = append(all, f)
	return &cloudwatchlogs.PutMetricFilterOutput{}, nil
}

// mostFilters is how many filters a group may have (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html).
const mostFilters = 100

func newFilter(in *cloudwatchlogs.PutMetricFilterInput) (filter, error) {
	f := filter{name: aws.ToString(in.FilterName)}
	if len(in.MetricTransformations) != 1 {
		return f, invalid("a metric filter has exactly one metric transformation")
	}
	f.to = in.MetricTransformations[0]
	switch {
	case f.name == "":
		return f, invalid("filterName is missing")
	case len(f.to.Dimensions) > 3:
		return f, invalid("a metric filter has at most three dimensions")
	case len(f.to.Dimensions) > 0 && f.to.DefaultValue != nil:
		return f, invalid("Invalid metric transformation: dimensions and default value are mutually exclusive properties.")
	case f.to.DefaultValue != nil:
		return f, wire.NotImplemented("a metric filter with a default value")
	}
	var err error
	f.matches, err = parse(aws.ToString(in.FilterPattern))
	return f, err
}

// value is what a line is worth as a value of the metric, under which dimensions. A line that lacks the field of the value or of a dimension makes no
// value (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html).
func (f filter) value(line string) (value float64, dimensions map[string]string, found bool) {
	var fields map[string]any
	if json.Unmarshal([]byte(line), &fields) != nil {
		return 0, nil, false
	}
	for _, c := range f.matches {
		if !c.holds(fields) {
			return 0, nil, false
		}
	}
	value, err := strconv.ParseFloat(taken(fields, aws.ToString(f.to.MetricValue)), 64)
	if err != nil {
		return 0, nil, false
	}
	dimensions = map[string]string{}
	for name, field := range f.to.Dimensions {
		if dimensions[name] = taken(fields, field); dimensions[name] == "" || dimensions[name] == field {
			return 0, nil, false
		}
	}
	return value, dimensions, true
}

// taken is the field that "$.latency" names, or the text itself.
func taken(fields map[string]any, selector string) string {
	name, isField := strings.CutPrefix(selector, "$.")
	if !isField {
		return selector
	}
	if v, ok := fields[name]; ok {
		return fmt.Sprint(v)
	}
	return ""
}

// measure has the filters of a group look at a line. The caller holds no lock: CloudWatch has its own.
func (s *Service) measure(filters []filter, line string, at time.Time) {
	for _, f := range filters {
		if value, dimensions, found := f.value(line); found {
			s.o.Record(aws.ToString(f.to.MetricNamespace), aws.ToString(f.to.MetricName), dimensions, string(f.to.Unit), value, at)
		}
	}
}
