// Package logs is CloudWatch Logs on one machine: groups, streams and their lines, as far as builds write and people read them.
//
// Filters, queries, subscriptions and retention are not implemented. Documentation followed:
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

// A Service is one account's CloudWatch Logs.
type Service struct {
	home    wire.Home
	mu      sync.Mutex
	streams map[[2]string][]types.OutputLogEvent // by group and stream
}

// New makes a service without groups.
func New(home wire.Home) *Service {
	return &Service{home: home, streams: map[[2]string][]types.OutputLogEvent{}}
}

// Wire registers the service's operations.
func (s *Service) Wire() wire.Service {
	return wire.Service{Name: "logs", Target: "Logs_20140328", JSONVersion: "1.1", EpochTimes: true, Impl: s, Scope: s.scope}
}

// Write appends lines to a stream, which is made when there is none: the services of AWS write so.
func (s *Service) Write(group, stream string, lines ...string) {
	now := time.Now().UnixMilli()
	s.mu.Lock()
	defer s.mu.Unlock()
	at := [2]string{group, stream}
	for _, line := range lines {
		s.streams[at] = append(s.streams[at], types.OutputLogEvent{Message: &line, Timestamp: &now, IngestionTime: &now})
	}
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

// scope is the stream's ARN (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html).
func (s *Service) scope(operation string, input any) []wire.Grant {
	resource := "*"
	if in, ok := input.(*cloudwatchlogs.GetLogEventsInput); ok {
		resource = s.home.ARN("logs", "log-group:"+aws.ToString(in.LogGroupName)+":log-stream:"+aws.ToString(in.LogStreamName))
	}
	return []wire.Grant{{Action: "logs:" + operation, Resource: resource}}
}
