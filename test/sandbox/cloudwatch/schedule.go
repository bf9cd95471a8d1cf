package cloudwatch

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // schedules name time zones, and the machine may have no database of them
)

// A muteSchedule says when a mute rule's windows begin: at one minute, or at each minute that a cron expression matches.
type muteSchedule struct {
	once     time.Time // of an at expression
	fields   *[5][]int // of a cron expression: minute, hour, day of month, month, day of week
	anyDay   [2]bool   // day of month, day of week are *
	zone     *time.Location
	duration time.Duration
}

// cronFields are the limits of the five fields and their names.
var cronFields = [5]struct {
	least, most int
	names       []string
}{
	{0, 59, nil},
	{0, 23, nil},
	{1, 31, nil},
	{1, 12, []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}},
	{0, 7, []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}},
}

// parseSchedule reads an expression, an ISO 8601 duration and a time zone ("" is UTC).
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Schedule.html
func parseSchedule(expression, duration, zone string) (*muteSchedule, error) {
	m := &muteSchedule{}
	var err error
	if m.zone, err = time.LoadLocation(zone); err != nil {
		return nil, fmt.Errorf("reading time zone: %w", err)
	}
	if m.duration, err = parseDuration(duration); err != nil {
		return nil, err
	}
	inner, isAt := strings.CutPrefix(expression, "at(")
	if !isAt {
		inner, _ = strings.CutPrefix(expression, "cron(")
	}
	inner, closed := strings.CutSuffix(inner, ")")
	switch {
	case !closed || inner == expression:
		return nil, fmt.Errorf("expression %q is neither cron(...) nor at(...)", expression)
	case isAt:
		m.once, err = time.ParseInLocation("2006-01-02T15:04", inner, m.zone)
	default:
		err = m.parseCron(inner)
	}
	if err != nil {
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

func (m *muteSchedule) parseCron(text string) error {
	parts := strings.Fields(text)
	if len(parts) != len(cronFields) {
		return fmt.Errorf("%d fields instead of 5", len(parts))
	}
	m.fields = new([5][]int)
	m.anyDay = [2]bool{parts[2] == "*", parts[4] == "*"}
	for i, part := range parts {
		for item := range strings.SplitSeq(part, ",") {
			values, err := cronItem(i, item)
			if err != nil {
				return err
			}
			m.fields[i] = append(m.fields[i], values...)
		}
	}
	return nil
}

// cronItem reads "*", "5" or "MON-FRI".
func cronItem(field int, item string) ([]int, error) {
	f := cronFields[field]
	low, high := f.least, f.most
	if item != "*" {
		from, to, isRange := strings.Cut(item, "-")
		if !isRange {
			to = from
		}
		var errLow, errHigh error
		low, errLow = cronValue(field, from)
		high, errHigh = cronValue(field, to)
		if errLow != nil || errHigh != nil || low < f.least || high > f.most || low > high {
			return nil, fmt.Errorf("%q is out of range in field %d", item, field+1)
		}
	}
	var values []int
	for v := low; v <= high; v++ {
		if field == 4 {
			values = append(values, v%7) // 7 is Sunday too
		} else {
			values = append(values, v)
		}
	}
	return values, nil
}

func cronValue(field int, text string) (int, error) {
	f := cronFields[field]
	if i := slices.Index(f.names, strings.ToUpper(text)); i >= 0 {
		return i + f.least, nil
	}
	return strconv.Atoi(text)
}

// begins reports whether a window begins in this minute. As in cron, a day matches by day of month or day of week
// when both are given.
func (m *muteSchedule) begins(minute time.Time) bool {
	t := minute.In(m.zone)
	day, weekday := slices.Contains(m.fields[2], t.Day()), slices.Contains(m.fields[4], int(t.Weekday()))
	either := day && weekday
	if !m.anyDay[0] && !m.anyDay[1] {
		either = day || weekday
	}
	return either && slices.Contains(m.fields[0], t.Minute()) && slices.Contains(m.fields[1], t.Hour()) &&
		slices.Contains(m.fields[3], int(t.Month()))
}

// windowAt is the window that covers now, the one that began last.
func (m *muteSchedule) windowAt(now time.Time) (start, end time.Time, ok bool) {
	if m.fields == nil {
		end = m.once.Add(m.duration)
		return m.once, end, !now.Before(m.once) && now.Before(end)
	}
	for start = now.Truncate(time.Minute); start.Add(m.duration).After(now); start = start.Add(-time.Minute) {
		if m.begins(start) {
			return start, start.Add(m.duration), true
		}
	}
	return start, end, false
}
