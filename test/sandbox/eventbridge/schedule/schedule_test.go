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

// The crons and their meaning come from the tables of
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html.
func TestScheduleFallsDueAtTheDocumentedTimes(t *testing.T) {
	tests := []struct{ expression, from, want string }{
		{"rate(1 minute)", "2026-11-23 10:00", "2026-11-23 10:01"},
		{"rate(5 minutes)", "2026-11-23 10:02", "2026-11-23 10:07"},
		{"rate(7 days)", "2026-11-23 10:00", "2026-11-30 10:00"},
		{"cron(0 10 * * ? *)", "2026-11-23 10:00", "2026-11-24 10:00"},
		{"cron(15 12 * * ? *)", "2026-11-23 10:00", "2026-11-23 12:15"},
		{"cron(0 18 ? * MON-FRI *)", "2026-11-20 18:00", "2026-11-23 18:00"},
		{"cron(0 8 1 * ? *)", "2026-11-23 10:00", "2026-12-01 08:00"},
		{"cron(0/15 * * * ? *)", "2026-11-23 10:46", "2026-11-23 11:00"},
		{"cron(0/10 * ? * MON-FRI *)", "2026-11-20 23:55", "2026-11-23 00:00"},
		{"cron(0/5 8-17 ? * MON-FRI *)", "2026-11-23 17:55", "2026-11-24 08:00"},
		{"cron(0/30 20-2 ? * MON-FRI *)", "2026-11-23 02:30", "2026-11-23 20:00"},
		{"cron(0/30 20-2 ? * MON-FRI *)", "2026-11-23 23:30", "2026-11-24 00:00"},
		{"cron(0/30 0-2,20-23 ? * MON-FRI *)", "2026-11-23 02:30", "2026-11-23 20:00"},
		{"cron(0 9 ? * 2#1 *)", "2026-11-23 10:00", "2026-12-07 09:00"},
		{"cron(0 9 ? * 6L *)", "2026-11-23 10:00", "2026-11-27 09:00"},
		{"cron(0 9 L * ? *)", "2026-02-01 00:00", "2026-02-28 09:00"},
		{"cron(0 9 3W * ? *)", "2026-10-01 00:00", "2026-10-02 09:00"},
		{"cron(0 9 1W * ? *)", "2026-07-30 00:00", "2026-08-03 09:00"},
		{"cron(0 0 29 2 ? *)", "2026-11-23 10:00", "2028-02-29 00:00"},
		{"cron(0 0 1 JAN ? 2025)", "2026-11-23 10:00", "never"},
	}
	for _, test := range tests {
		t.Run(test.expression, func(t *testing.T) {
			s, err := Parse(test.expression)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := s.Next(at(test.from))
			if test.want == "never" {
				if ok {
					t.Fatalf("due at %v, want never", got)
				}
				return
			}
			if want := at(test.want); !got.Equal(want) {
				t.Errorf("due at %v, want %v", got, want)
			}
		})
	}
}

func TestScheduleRefusesWhatIsNoSchedule(t *testing.T) {
	for _, expression := range []string{
		"", "rate(5 minutes", "every(5 minutes)", "rate(0 minutes)", "rate(1 minutes)", "rate(5 minute)", "rate(5 weeks)",
		"cron(* * * * *)", "cron(0 10 * * * *)", "cron(0 10 ? * ? *)", "cron(60 10 * * ? *)", "cron(0 24 * * ? *)",
		"cron(0 10 32 * ? *)", "cron(0 10 ? * 8 *)", "cron(0 10 ? * MON#6 *)", "cron(0 10 * FOO ? *)", "cron(0/0 10 * * ? *)",
	} {
		if _, err := Parse(expression); err == nil {
			t.Errorf("%q: accepted", expression)
		}
	}
}
