package rollout

import (
	"fmt"
	"time"
)

// Duration is a time.Duration that reads and writes as "90s", "10m", "48h" in definitions and records.
type Duration time.Duration

// Std is the duration as the standard library knows it.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// Seconds rounds up to whole seconds, at least one: Step Functions waits in whole seconds and refuses zero.
func (d Duration) Seconds() int {
	whole := time.Duration(d) / time.Second
	if time.Duration(d)%time.Second > 0 {
		whole++
	}
	return max(1, int(whole))
}

// String drops the empty tail of time.Duration's notation: "10m", not "10m0s".
func (d Duration) String() string {
	s := time.Duration(d).String()
	for _, tail := range []string{"m0s", "h0m"} {
		if n := len(s) - len(tail); n > 0 && s[n:] == tail {
			s = s[:n+1]
		}
	}
	return s
}

// MarshalText writes the notation that UnmarshalText reads.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads "90s", "10m", "1h30m", "48h".
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("reading duration %.60q: write a number with a unit, such as 90s, 10m or 48h", text)
	}
	*d = Duration(parsed)
	return nil
}
