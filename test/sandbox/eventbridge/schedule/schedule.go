// Package schedule reads the schedule expressions of EventBridge rules, rate(5 minutes), and tells when they next fall due.
//
// The rules are those of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html: rates
// count from the moment the rule is made, and the finest grain is a minute. cron(...) is refused: nothing here wakes at a
// time of day.
package schedule

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"sluice/test/sandbox/wire"
)

// A Rate is the time between two calls.
type Rate time.Duration

// Next is the first moment after t at which the rate is due.
func (r Rate) Next(t time.Time) time.Time { return t.Add(time.Duration(r)) }

// Parse reads a rate expression.
func Parse(expression string) (Rate, error) {
	kind, rest, _ := strings.Cut(expression, "(")
	body, closed := strings.CutSuffix(rest, ")")
	switch {
	case closed && kind == "cron":
		return 0, wire.NotImplemented("a schedule by cron(...)")
	case !closed || kind != "rate":
		return 0, fmt.Errorf("parsing schedule %q: want rate(...) or cron(...)", expression)
	}
	r, err := parseRate(body)
	if err != nil {
		return 0, fmt.Errorf("parsing schedule %q: %w", expression, err)
	}
	return r, nil
}

var units = map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}

// longestRate keeps the sandbox's clock from overflowing. AWS names no limit.
const longestRate = 100 * 365 * 24 * time.Hour

// parseRate wants the singular for one and the plural for more, as AWS does.
func parseRate(body string) (Rate, error) {
	value, unit, _ := strings.Cut(body, " ")
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("the value of a rate must be a positive whole number")
	}
	singular, plural := strings.CutSuffix(unit, "s")
	d, known := units[singular]
	if !known || plural != (n > 1) {
		return 0, fmt.Errorf("the unit of rate %d must be %s", n, strings.Join(unitsOf(n), ", "))
	}
	if n > int(longestRate/d) {
		return 0, fmt.Errorf("the value of a rate must be at most %d %s", longestRate/d, unit)
	}
	return Rate(time.Duration(n) * d), nil
}

func unitsOf(n int) []string {
	if n == 1 {
		return []string{"minute", "hour", "day"}
	}
	return []string{"minutes", "hours", "days"}
}
