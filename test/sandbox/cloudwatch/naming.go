package cloudwatch

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// checkAlarm holds the rules that all alarms share.
func (s *Service) checkAlarm(name, description *string, actions ...[]string) error {
	n := str(name)
	switch {
	case n == "":
		return validation("AlarmName is required.")
	case utf8.RuneCountInString(n) > 255 || strings.ContainsFunc(n, unicode.IsControl):
		return validation("The value for parameter AlarmName is longer than 255 characters or contains control characters.")
	case utf8.RuneCountInString(str(description)) > 1024:
		return validation("AlarmDescription is longer than 1024 characters.")
	}
	for _, list := range actions {
		if len(list) > 5 {
			return validation("An alarm cannot have more than 5 actions for a state.")
		}
		for _, arn := range list {
			if !strings.HasPrefix(arn, "arn:"+s.opts.Home.Partition()+":sns:") {
				return unsupported("alarm actions other than SNS topics (%s)", arn)
			}
		}
	}
	return nil
}

// fewSamples is the number of samples below which a percentile says little.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
func fewSamples(stat string) float64 {
	p, err := strconv.ParseFloat(strings.TrimPrefix(stat, "p"), 64)
	switch {
	case err != nil || p <= 0 || p >= 100:
		return 0
	case p >= 50:
		return 1000 / (100 - p)
	default:
		return 1000 / p
	}
}
