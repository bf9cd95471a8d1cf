package cloudwatch

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // schedules name time zones, and the machine may have no database of them
)

// A muteSchedule is one window: it begins at a minute and has a length.
type muteSchedule struct {
	once     time.Time
	duration time.Duration
}

// parseSchedule reads an at expression, an ISO 8601 duration and a time zone ("" is UTC).
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Schedule.html
func parseSchedule(expression, duration, zone string) (*muteSchedule, error) {
	in, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fmt.Errorf("reading time zone: %w", err)
	}
	m := &muteSchedule{}
	if m.duration, err = parseDuration(duration); err != nil {
		return nil, err
	}
	inner, isAt := strings.CutPrefix(expression, "at(")
	inner, closed := strings.CutSuffix(inner, ")")
	if !isAt || !closed {
		return nil, fmt.Errorf("expression %q is neither cron(...) nor at(...)", expression)
	}
	if m.once, err = time.ParseInLocation("2006-01-02T15:04", inner, in); err != nil {
		return nil, fmt.Errorf("reading expression %q: %w", expression, err)
	}
	return m, nil
}

var isoDuration = regexp.MustCompile(`^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$`)

func parseDuration(text string) (time.Duration, error) {
	parts := isoDuration.FindStringSubmatch(text)
	if parts == nil {
		return 0, fmt.Errorf("duration %q is not an ISO 8601 duration of days, hours and minutes", text)
	}
	d := time.Duration(0)
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute} {
		n, _ := strconv.Atoi(parts[i+1]) // absent is 0
		d += time.Duration(n) * unit
	}
	if d < time.Minute || d > 15*24*time.Hour {
		return 0, fmt.Errorf("duration %s is not between PT1M and P15D", text)
	}
	return d, nil
}

// end of the window.
func (m *muteSchedule) end() time.Time { return m.once.Add(m.duration) }

// covers reports whether a moment lies in the window.
func (m *muteSchedule) covers(now time.Time) bool { return !now.Before(m.once) && now.Before(m.end()) }
