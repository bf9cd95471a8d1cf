package schedule

import (
	"flag"
	"strings"
	"testing"
	"time"
)

func FuzzSchedule(f *testing.F) {
	for _, text := range []string{
		"rate(5 minutes)", "rate(1 day)", "cron(0/15 9-17 ? * MON-FRI *)", "cron(0 0 L * ? 2199)", "cron(0 0 31W 2 ? *)", "cron(* * ? * 6#5 *)",
		"rate(99999999999999999999 days)", "rate(-1 hours)", "cron(0/0 * * * ? *)",
	} {
		f.Add(text, int64(1e9))
	}
	if !mutating() {
		for _, text := range []string{"cron(" + strings.Repeat("1,", 50_000) + "1 * * * ? *)"} {
			f.Add(text, int64(1e9))
		}
	}
	f.Fuzz(func(t *testing.T, text string, unix int64) {
		s, err := Parse(text)
		if err != nil {
			return
		}
		from := time.Unix(unix%(1<<33), 0).UTC() // to the year 2242
		if next, due := s.Next(from); due && !next.After(from) {
			t.Errorf("%q is due at %v, which is not after %v", text, next, from)
		}
	})
}

// mutating says whether this process looks for new inputs: the largest seeds would take all of its time.
func mutating() bool { return flag.Lookup("test.fuzz").Value.String() != "" }
