package page

import (
	"fmt"
	"time"
)

// Moment is a time for people and for machines.
type Moment struct {
	At   string `json:"at"` // RFC 3339
	Text string `json:"text"`
}

// moment is a time as a Moment; nil for the zero time.
func moment(t, now time.Time) *Moment {
	if t.IsZero() {
		return nil
	}
	return new(at(t, now))
}

// at is a time as a Moment. Its text leaves out the date of today and the present year.
func at(t, now time.Time) Moment {
	t, now = t.UTC(), now.UTC()
	layout := "2 Jan 2006, 15:04:05 UTC"
	switch {
	case t.Year() == now.Year() && t.YearDay() == now.YearDay():
		layout = "15:04:05 UTC"
	case t.Year() == now.Year():
		layout = "2 Jan, 15:04:05 UTC"
	}
	return Moment{At: t.Format(time.RFC3339), Text: t.Format(layout)}
}

// span is a length of time in the two units that matter. The script counts down in the same words.
func span(d time.Duration) string {
	d = max(0, d)
	seconds := int(d.Seconds())
	minutes, hours := seconds/60, seconds/3600
	switch {
	case hours >= 48:
		return fmt.Sprintf("%d days", hours/24)
	case hours > 0 && minutes%60 > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes%60)
	case hours > 0:
		return fmt.Sprintf("%d h", hours)
	case minutes >= 3 || (minutes > 0 && seconds%60 == 0):
		return fmt.Sprintf("%d min", minutes)
	case minutes > 0:
		return fmt.Sprintf("%d min %d s", minutes, seconds%60)
	}
	return fmt.Sprintf("%d s", seconds)
}

// ago says how long ago a time was.
func ago(t, now time.Time) string {
	d := now.Sub(t)
	if t.IsZero() {
		return ""
	}
	if d < time.Second {
		return "just now"
	}
	return span(d) + " ago"
}

func or(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
