package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A set of numbers; nil stands for all of them.
type set []int

func (s set) has(n int) bool { return s == nil || slices.Contains(s, n) }

// A unit is what a field counts in.
type unit struct {
	name      string
	low, high int
	names     []string // of low, low+1, ...
}

var (
	monthNames = []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}
	dayNames   = []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}
	daysUnit   = unit{"day-of-month", 1, 31, nil}
	weekUnit   = unit{"day-of-week", 1, 7, dayNames}
)

// parse reads "*" or a list of numbers, names, ranges and increments: 1,5-7,10/15. A range may pass the end: 20-2.
func (u unit) parse(text string) (set, error) {
	if text == "*" {
		return nil, nil
	}
	var s set
	for item := range strings.SplitSeq(text, ",") {
		low, high, step, err := u.item(item)
		if err != nil {
			return nil, err
		}
		span := u.high - u.low + 1
		if high < low { // over midnight, or over the weekend
			high += span
		}
		for n := low; n <= high; n += step {
			s = append(s, u.low+(n-u.low)%span)
		}
	}
	return s, nil
}

func (u unit) item(item string) (low, high, step int, err error) {
	span, increment, stepped := strings.Cut(item, "/")
	from, to, ranged := strings.Cut(span, "-")
	low, high, step = u.low, u.high, 1
	if from != "*" || ranged {
		if low, err = u.number(from); err != nil {
			return
		}
		if !stepped {
			high = low
		}
	}
	if ranged {
		if high, err = u.number(to); err != nil {
			return
		}
	}
	if stepped {
		if step, err = strconv.Atoi(increment); err != nil || step < 1 {
			err = fmt.Errorf("%s: %q is no increment", u.name, increment)
		}
	}
	return
}

func (u unit) number(text string) (int, error) {
	if i := slices.Index(u.names, strings.ToUpper(text)); i >= 0 {
		return u.low + i, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < u.low || n > u.high {
		return 0, fmt.Errorf("%s: %q is not in %d-%d", u.name, text, u.low, u.high)
	}
	return n, nil
}

// parseDayOfMonth adds L, the last day, and 15W, the weekday nearest to the 15th within the month.
func parseDayOfMonth(text string) (dayRule, error) {
	if text == "L" {
		return func(month time.Time, day int) bool { return day == lastDay(month) }, nil
	}
	if near, ok := strings.CutSuffix(text, "W"); ok {
		n, err := daysUnit.number(near)
		return func(month time.Time, day int) bool { return day == nearestWeekday(month, n) }, err
	}
	days, err := daysUnit.parse(text)
	return func(_ time.Time, day int) bool { return days.has(day) }, err
}

// parseDayOfWeek adds 6L, the last Friday, and 3#2, the second Tuesday; a week begins on Sunday, which is 1.
func parseDayOfWeek(text string) (dayRule, error) {
	if text == "L" {
		text = "7"
	}
	if last, ok := strings.CutSuffix(text, "L"); ok {
		n, err := weekUnit.number(last)
		return func(month time.Time, day int) bool { return weekday(month, day) == n && day+7 > lastDay(month) }, err
	}
	if which, nth, ok := strings.Cut(text, "#"); ok {
		n, err := weekUnit.number(which)
		if err != nil {
			return nil, err
		}
		i, err := unit{"day-of-week", 1, 5, nil}.number(nth)
		return func(month time.Time, day int) bool { return weekday(month, day) == n && (day+6)/7 == i }, err
	}
	days, err := weekUnit.parse(text)
	return func(month time.Time, day int) bool { return days.has(weekday(month, day)) }, err
}

func lastDay(month time.Time) int { return month.AddDate(0, 1, -1).Day() }

func weekday(month time.Time, day int) int {
	return int(month.AddDate(0, 0, day-1).Weekday()) + 1
}

func nearestWeekday(month time.Time, day int) int {
	day = min(day, lastDay(month))
	switch weekday(month, day) {
	case 1: // Sunday
		if day == lastDay(month) {
			return day - 2
		}
		return day + 1
	case 7: // Saturday
		if day == 1 {
			return 3
		}
		return day - 1
	}
	return day
}
