package schedule

import (
	"fmt"
	"strings"
	"time"
)

// cron holds the six fields; days and weekdays are read against a month, since L, W and # depend on it.
type cron struct {
	minutes, hours, months, years set
	days                          dayRule
}

// A dayRule says which days of a month count.
type dayRule func(month time.Time, day int) bool

func parseCron(body string) (Schedule, error) {
	fields := strings.Fields(body)
	if len(fields) != 6 {
		return nil, fmt.Errorf("cron wants 6 fields (minutes hours day-of-month month day-of-week year), not %d", len(fields))
	}
	var c cron
	var err error
	parts := []struct {
		into *set
		text string
		unit unit
	}{
		{&c.minutes, fields[0], unit{"minutes", 0, 59, nil}},
		{&c.hours, fields[1], unit{"hours", 0, 23, nil}},
		{&c.months, fields[3], unit{"month", 1, 12, monthNames}},
		{&c.years, fields[5], unit{"year", 1970, 2199, nil}},
	}
	for _, p := range parts {
		if *p.into, err = p.unit.parse(p.text); err != nil {
			return nil, err
		}
	}
	c.days, err = parseDays(fields[2], fields[4])
	return &c, err
}

// parseDays wants a ? in exactly one of the two fields: a * in both would name two different sets of days.
func parseDays(ofMonth, ofWeek string) (dayRule, error) {
	if (ofMonth == "?") == (ofWeek == "?") {
		return nil, fmt.Errorf("one of day-of-month and day-of-week must be ?, and only one")
	}
	if ofWeek == "?" {
		return parseDayOfMonth(ofMonth)
	}
	return parseDayOfWeek(ofWeek)
}

// Next walks the calendar from coarse to fine, so that a yearly cron costs as little as a minutely one.
func (c *cron) Next(t time.Time) (time.Time, bool) {
	t = t.UTC().Truncate(time.Minute).Add(time.Minute)
	for t.Year() <= 2199 {
		year, month, day := t.Date()
		switch {
		case !c.years.has(year):
			t = time.Date(year+1, 1, 1, 0, 0, 0, 0, time.UTC)
		case !c.months.has(int(month)):
			t = time.Date(year, month+1, 1, 0, 0, 0, 0, time.UTC)
		case !c.days(time.Date(year, month, 1, 0, 0, 0, 0, time.UTC), day):
			t = time.Date(year, month, day+1, 0, 0, 0, 0, time.UTC)
		case !c.hours.has(t.Hour()):
			t = time.Date(year, month, day, t.Hour()+1, 0, 0, 0, time.UTC)
		case !c.minutes.has(t.Minute()):
			t = t.Add(time.Minute)
		default:
			return t, true
		}
	}
	return time.Time{}, false
}
