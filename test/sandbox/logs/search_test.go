package logs_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"sluice/test/sandbox/logs"
)

func TestLinesOfAllStreamsAreFound(t *testing.T) {
	s := logs.New(logs.Options{})
	s.Write("/aws/lambda/shop", "1", `{"msg":"one","release":"shop-1"}`, "plain shop-1")
	s.Write("/aws/lambda/shop", "2", `{"msg":"two","release":"shop-2"}`)
	for pattern, want := range map[string]int{"": 3, `"shop-1"`: 2, `{ $.release = "shop-2" }`: 1, `"shop-3"`: 0} {
		in := &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String("/aws/lambda/shop"), FilterPattern: &pattern, Limit: aws.Int32(1)}
		found := 0
		for {
			out, err := s.FilterLogEvents(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			if found += len(out.Events); out.NextToken == nil {
				break
			}
			in.NextToken = out.NextToken
		}
		if found != want {
			t.Errorf("%q finds %d lines, want %d", pattern, found, want)
		}
	}
	if _, err := s.FilterLogEvents(t.Context(), &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String("/aws/lambda/no")}); err == nil {
		t.Error("a group that there is not was read")
	}
}

func TestGroupsAreListedByTheirBeginning(t *testing.T) {
	s := logs.New(logs.Options{})
	for _, group := range []string{"/aws/lambda/a-2", "/aws/lambda/a-1", "/aws/lambda/b"} {
		s.Write(group, "1", "x")
	}
	var names []string
	in := &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String("/aws/lambda/a-"), Limit: aws.Int32(1)}
	for {
		out, err := s.DescribeLogGroups(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range out.LogGroups {
			names = append(names, *g.LogGroupName)
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	if !slices.Equal(names, []string{"/aws/lambda/a-1", "/aws/lambda/a-2"}) {
		t.Errorf("the groups are %v", names)
	}
}
