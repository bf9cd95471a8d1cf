package schedule

import (
	"testing"
	"time"
)

func FuzzSchedule(f *testing.F) {
	for _, text := range []string{"rate(5 minutes)", "rate(1 day)", "rate(99999999999999999999 days)", "rate(-1 hours)", "cron(0 10 * * ? *)"} {
		f.Add(text, int64(1e9))
	}
	f.Fuzz(func(t *testing.T, text string, unix int64) {
		s, err := Parse(text)
		if err != nil {
			return
		}
		from := time.Unix(unix%(1<<33), 0).UTC() // to the year 2242
		if next := s.Next(from); !next.After(from) {
			t.Errorf("%q is due at %v, which is not after %v", text, next, from)
		}
	})
}
