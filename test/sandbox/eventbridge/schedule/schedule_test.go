package schedule

import (
	"testing"
	"time"
)

func at(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t
}

// The rates come from the tables of
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html.
func TestScheduleFallsDueAtTheDocumentedTimes(t *testing.T) {
	tests := []struct{ expression, from, want string }{
		{"rate(1 minute)", "2026-11-23 10:00", "2026-11-23 10:01"},
		{"rate(5 minutes)", "2026-11-23 10:02", "2026-11-23 10:07"},
		{"rate(7 days)", "2026-11-23 10:00", "2026-11-30 10:00"},
	}
	for _, test := range tests {
		t.Run(test.expression, func(t *testing.T) {
			s, err := Parse(test.expression)
			if err != nil {
				t.Fatal(err)
			}
			got := s.Next(at(test.from))
			if want := at(test.want); !got.Equal(want) {
				t.Errorf("due at %v, want %v", got, want)
			}
		})
	}
}

func TestScheduleRefusesWhatIsNoSchedule(t *testing.T) {
	for _, expression := range []string{
		"", "rate(5 minutes", "every(5 minutes)", "rate(0 minutes)", "rate(1 minutes)", "rate(5 minute)", "rate(5 weeks)",
		"cron(0 10 * * ? *)",
	} {
		if _, err := Parse(expression); err == nil {
			t.Errorf("%q: accepted", expression)
		}
	}
}
