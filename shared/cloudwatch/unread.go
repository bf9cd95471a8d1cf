package cloudwatch

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/aws/smithy-go"

	"sluice/shared/judge"
)

// byCheck reads the streams of all checks in one call. For one query that it does not understand, CloudWatch refuses the whole call
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html). A mistake in one check must not blind the
// others, so then each check is read in a call of its own. byCheck returns the checks that could not be read, and why.
func byCheck(streams []judge.Stream, read func([]judge.Stream) (judge.Unread, error)) judge.Unread {
	unread, err := read(streams)
	if err == nil {
		return unread
	}
	own := map[string][]judge.Stream{}
	for _, s := range streams {
		own[s.Check] = append(own[s.Check], s)
	}
	unread = judge.Unread{}
	for check, some := range own {
		if !refused(err) || len(own) == 1 {
			unread[check] = Why(err)
		} else if alone, err := read(some); err != nil {
			unread[check] = Why(err)
		} else {
			maps.Copy(unread, alone)
		}
	}
	return unread
}

// refused says whether CloudWatch did not understand the call, so that trying again does not help.
func refused(err error) bool {
	var said smithy.APIError
	if !errors.As(err, &said) {
		return false
	}
	code := said.ErrorCode()
	return strings.HasPrefix(code, "Validation") || strings.HasPrefix(code, "InvalidParameter") || code == "MissingRequiredParameter"
}

// unreadable are the checks with a metric that CloudWatch could not read.
func unreadable(ids map[string][]string, found answers) judge.Unread {
	unread := judge.Unread{}
	for _, check := range slices.Sorted(maps.Keys(ids)) {
		for _, id := range ids[check] {
			if why, failed := found.unread[id]; failed {
				unread[check] = why
			}
		}
	}
	return unread
}
