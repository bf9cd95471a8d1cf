// Package schedule reads the schedule expressions of EventBridge rules, rate(5 minutes) and cron(0 9 ? * MON-FRI *),
// and tells when they next fall due.
//
// The rules are those of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html: rates
// count from the moment the rule is made, crons have six fields and are read in UTC, and the finest grain is a minute.
package schedule

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Schedule tells the first moment after t at which it is due; false means never again.
type Schedule interface {
	Next(t time.Time) (time.Time, bool)
}

// Parse reads a rate or cron expression.
func Parse(expression string) (Schedule, error) {
	kind, rest, _ := strings.Cut(expression, "(")
	body, closed := strings.CutSuffix(rest, ")")
	if !closed {
		return nil, fmt.Errorf("parsing schedule %q: want rate(...) or cron(...)", expression)
	}
	var s Schedule
	var err error
	switch kind {
	case "rate":
		s, err = parseRate(body)
	case "cron":
		s, err = parseCron(body)
	default:
		err = fmt.Errorf("want rate(...) or cron(...)")
	}
	if err != nil {
		return nil, fmt.Errorf("parsing schedule %q: %w", expression, err)
	}
	return s, nil
}

// rate is the time between two calls.
type rate time.Duration

func (r rate) Next(t time.Time) (time.Time, bool) { return t.Add(time.Duration(r)), true }

var units = map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}

// longestRate keeps the sandbox's clock from overflowing. AWS names no limit.
const longestRate = 100 * 365 * 24 * time.Hour

// parseRate wants the singular for one and the plural for more, as AWS does.
func parseRate(body string) (Schedule, error) {
	value, unit, _ := strings.Cut(body, " ")
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		return nil, fmt.Errorf("the value of a rate must be a positive whole number")
	}
	singular, plural := strings.CutSuffix(unit, "s")
	d, known := units[singular]
	if !known || plural != (n > 1) {
		return nil, fmt.Errorf("the unit of rate %d must be %s", n, strings.Join(unitsOf(n), ", "))
	}
	if n > int(longestRate/d) {
		return nil, fmt.Errorf("the value of a rate must be at most %d %s", longestRate/d, unit)
	}
	return rate(time.Duration(n) * d), nil
}

func unitsOf(n int) []string {
	if n == 1 {
		return []string{"minute", "hour", "day"}
	}
	return []string{"minutes", "hours", "days"}
}
