package logs

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"sluice/test/sandbox/wire"
)

// mostGroups is how many groups an answer has (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html).
const mostGroups = 50

// DescribeLogGroups lists groups by the beginning of their names, in the order of the alphabet.
func (s *Service) DescribeLogGroups(_ context.Context, in *cloudwatchlogs.DescribeLogGroupsInput) (*cloudwatchlogs.DescribeLogGroupsOutput, error) {
	if in.LogGroupNamePattern != nil || in.LogGroupIdentifiers != nil || in.LogGroupClass != "" || in.AccountIdentifiers != nil || aws.ToBool(in.IncludeLinkedAccounts) {
		return nil, wire.NotImplemented("DescribeLogGroups with anything but a prefix")
	}
	limit := int(aws.ToInt32(in.Limit))
	if in.Limit != nil && (limit < 1 || limit > mostGroups) {
		return nil, invalid("limit must be between 1 and 50")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &cloudwatchlogs.DescribeLogGroupsOutput{}
	for _, name := range slices.Sorted(maps.Keys(s.groups)) {
		switch {
		case !strings.HasPrefix(name, aws.ToString(in.LogGroupNamePrefix)) || name <= aws.ToString(in.NextToken):
		case len(out.LogGroups) == cmp.Or(limit, mostGroups):
			out.NextToken = out.LogGroups[len(out.LogGroups)-1].LogGroupName
			return out, nil
		default:
			out.LogGroups = append(out.LogGroups, types.LogGroup{LogGroupName: &name, Arn: aws.String(s.o.Home.ARN("logs", "log-group:"+name+":*"))})
		}
	}
	return out, nil
}

// FilterLogEvents reads the lines of all streams of a group, the oldest first
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html).
func (s *Service) FilterLogEvents(_ context.Context, in *cloudwatchlogs.FilterLogEventsInput) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	if in.LogGroupIdentifier != nil || in.LogStreamNames != nil || in.LogStreamNamePrefix != nil || in.Unmask || in.Interleaved != nil {
		return nil, wire.NotImplemented("FilterLogEvents with an identifier, streams, interleaved or unmask")
	}
	limit := int(aws.ToInt32(in.Limit))
	if in.Limit != nil && (limit < 1 || limit > page) {
		return nil, invalid("limit must be between 1 and 10000")
	}
	matches, err := matcher(aws.ToString(in.FilterPattern))
	if err != nil {
		return nil, err
	}
	from, err := strconv.Atoi(cmp.Or(aws.ToString(in.NextToken), "0"))
	if err != nil || from < 0 {
		return nil, invalid("The specified nextToken is invalid.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	group := aws.ToString(in.LogGroupName)
	if _, there := s.groups[group]; !there {
		return nil, &types.ResourceNotFoundException{Message: aws.String("The specified log group does not exist.")}
	}
	var found []types.FilteredLogEvent
	for at, lines := range s.streams {
		for i, l := range lines {
			if at[0] == group && within(*l.Timestamp, in.StartTime, in.EndTime) && matches(*l.Message) {
				found = append(found, types.FilteredLogEvent{
					EventId: aws.String(fmt.Sprintf("%s/%d", at[1], i)), LogStreamName: aws.String(at[1]), Message: l.Message, Timestamp: l.Timestamp, IngestionTime: l.IngestionTime,
				})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b types.FilteredLogEvent) int {
		return cmp.Or(cmp.Compare(*a.Timestamp, *b.Timestamp), cmp.Compare(*a.EventId, *b.EventId))
	})
	out, to := &cloudwatchlogs.FilterLogEventsOutput{}, from+cmp.Or(limit, page)
	if to < len(found) {
		out.NextToken = aws.String(strconv.Itoa(to))
	}
	out.Events = found[min(from, len(found)):min(to, len(found))]
	return out, nil
}

// within says whether a line lies in a span of time, which may be open. Both ends belong to it.
func within(at int64, from, to *int64) bool {
	return (from == nil || at >= *from) && (to == nil || at <= *to)
}

// matcher is a filter pattern: for lines in JSON, or one term in quotes, which stands anywhere in a line; without a pattern every line matches
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html).
func matcher(pattern string) (func(line string) bool, error) {
	if pattern == "" {
		return func(string) bool { return true }, nil
	}
	if term, err := strconv.Unquote(pattern); err == nil && pattern[0] == '"' {
		return func(line string) bool { return strings.Contains(line, term) }, nil
	}
	all, err := parse(pattern)
	return func(line string) bool {
		var fields map[string]any
		return json.Unmarshal([]byte(line), &fields) == nil && !slices.ContainsFunc(all, func(c condition) bool { return !c.holds(fields) })
	}, err
}
