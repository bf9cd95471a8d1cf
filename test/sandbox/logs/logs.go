// Package logs is CloudWatch Logs on one machine: groups, streams and their lines, as far as functions, builds and API stages write and people read them, and
// filters that make metrics of lines in JSON.
//
// Other patterns, queries, subscriptions and retention are not implemented. Documentation followed:
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html.
package logs

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"sluice/test/sandbox/wire"
)

// Options are what the service needs of those around it.
type Options struct {
	Home wire.Home
	// Record takes the values that metric filters find.
	Record func(namespace, name string, dimensions map[string]string, unit string, value float64, at time.Time)
}

// A Service is one account's CloudWatch Logs.
type Service struct {
	o       Options
	mu      sync.Mutex
	streams map[[2]string][]types.OutputLogEvent // by group and stream
	groups  map[string][]filter                  // the metric filters of each group
}

// New makes a service without groups.
func New(o Options) *Service {
	return &Service{o: o, streams: map[[2]string][]types.OutputLogEvent{}, groups: map[string][]filter{}}
}

// Wire registers the service's operations.
func (s *Service) Wire() wire.Service {
	return wire.Service{Name: "logs", Target: "Logs_20140328", JSONVersion: "1.1", EpochTimes: true, Impl: s, Scope: s.scope}
}

// Write appends lines to a stream, which is made when there is none: the services of AWS write so.
func (s *Service) Write(group, stream string, lines ...string) {
	now := time.Now()
	filters := s.keep(group, stream, now.UnixMilli(), lines)
	for _, line := range lines {
		s.measure(filters, line, now)
	}
}

func (s *Service) keep(group, stream string, now int64, lines []string) []filter {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := [2]string{group, stream}
	for _, line := range lines {
		s.streams[at] = append(s.streams[at], types.OutputLogEvent{Message: &line, Timestamp: &now, IngestionTime: &now})
	}
	filters := s.groups[group]
	s.groups[group] = filters // the group is there now, if it was not
	return filters
}

// page is how many lines an answer has when nobody says how many; AWS fills a megabyte.
const page = 10000

// GetLogEvents reads a page of a stream: the last lines, unless startFromHead is set or a token says where to go on. The token of the
// end is the same that it was asked with.
func (s *Service) GetLogEvents(_ context.Context, in *cloudwatchlogs.GetLogEventsInput) (*cloudwatchlogs.GetLogEventsOutput, error) {
	if in.StartTime != nil || in.EndTime != nil || in.LogGroupIdentifier != nil || in.Unmask {
		return nil, wire.NotImplemented("GetLogEvents with startTime, endTime, logGroupIdentifier or unmask")
	}
	limit := int(aws.ToInt32(in.Limit))
	if in.Limit != nil && (limit < 1 || limit > page) {
		return nil, invalid("limit must be between 1 and 10000")
	}
	if in.Limit == nil {
		limit = page
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	all, found := s.streams[[2]string{aws.ToString(in.LogGroupName), aws.ToString(in.LogStreamName)}]
	if !found {
		return nil, &types.ResourceNotFoundException{Message: aws.String("The specified log stream does not exist.")}
	}
	from, to := len(all)-limit, len(all)
	if aws.ToBool(in.StartFromHead) {
		from, to = 0, limit
	}
	if in.NextToken != nil {
		n, err := strconv.Atoi(strings.TrimLeft(*in.NextToken, "fb/"))
		switch {
		case err != nil || n < 0:
			return nil, invalid("The specified nextToken is invalid.")
		case strings.HasPrefix(*in.NextToken, "b/"):
			from, to = n-limit, n
		default:
			from, to = n, n+limit
		}
	}
	from, to = min(max(0, from), len(all)), max(0, min(to, len(all)))
	return &cloudwatchlogs.GetLogEventsOutput{
		Events: all[from:max(from, to)], NextForwardToken: aws.String("f/" + strconv.Itoa(max(from, to))), NextBackwardToken: aws.String("b/" + strconv.Itoa(from)),
	}, nil
}

func invalid(message string) error { return &types.InvalidParameterException{Message: &message} }

// scope is the ARN of the stream or group (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html).
func (s *Service) scope(operation string, input any) []wire.Grant {
	resource := "*"
	switch in := input.(type) {
	case *cloudwatchlogs.GetLogEventsInput:
		resource = s.o.Home.ARN("logs", "log-group:"+aws.ToString(in.LogGroupName)+":log-stream:"+aws.ToString(in.LogStreamName))
	case *cloudwatchlogs.FilterLogEventsInput:
		resource = s.o.Home.ARN("logs", "log-group:"+aws.ToString(in.LogGroupName))
	case *cloudwatchlogs.CreateLogGroupInput:
		resource = s.o.Home.ARN("logs", "log-group:"+aws.ToString(in.LogGroupName))
	case *cloudwatchlogs.PutMetricFilterInput:
		resource = s.o.Home.ARN("logs", "log-group:"+aws.ToString(in.LogGroupName))
	}
	return []wire.Grant{{Action: "logs:" + operation, Resource: resource}}
}
