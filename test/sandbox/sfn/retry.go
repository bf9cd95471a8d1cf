package sfn

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// A retrier says how often and how slowly a failed state is tried again.
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error
type retrier struct {
	errors   []string
	interval time.Duration
	most     int // MaxAttempts; 0 is never
	rate     float64
	ceiling  time.Duration // MaxDelaySeconds; 0 is none
	jitter   bool          // JitterStrategy FULL
}

// delay is the wait before retry number n (from 0). With jitter it is anything between nothing and the planned wait.
func (r *retrier) delay(n int, random *random) time.Duration {
	seconds := r.interval.Seconds() * math.Pow(r.rate, float64(n))
	if r.ceiling > 0 {
		seconds = min(seconds, r.ceiling.Seconds())
	}
	seconds = min(seconds, maxSeconds)
	if r.jitter {
		seconds *= random.fraction()
	}
	return time.Duration(seconds * float64(time.Second))
}

// A catcher sends a failed state somewhere else, with the error at result.
type catcher struct {
	errors []string
	next   string
	result resultPath
}

// backoff counts the retries of one visit to a state: each retrier has its own count.
type backoff struct {
	retriers []retrier
	used     []int
}

// next gives the wait before the state is tried again; false when nothing retries this failure any more. Only the
// first retrier that names the error has a say, even when it is used up.
func (b *backoff) next(f *failure, random *random) (time.Duration, bool) {
	for i := range b.retriers {
		r := &b.retriers[i]
		if !f.matchesAny(r.errors) {
			continue
		}
		if b.used == nil {
			b.used = make([]int, len(b.retriers))
		}
		if b.used[i] >= r.most {
			return 0, false
		}
		b.used[i]++
		return r.delay(b.used[i]-1, random), true
	}
	return 0, false
}

// retrySource is one entry of Retry as written.
type retrySource struct {
	Comment         string
	ErrorEquals     []string
	IntervalSeconds *int64
	MaxAttempts     *int64
	BackoffRate     *float64
	MaxDelaySeconds *int64
	JitterStrategy  string
}

func (s retrySource) compile() (retrier, error) {
	r := retrier{errors: s.ErrorEquals, interval: time.Second, most: 3, rate: 2}
	switch {
	case s.IntervalSeconds != nil && (*s.IntervalSeconds < 1 || *s.IntervalSeconds > maxSeconds):
		return r, fmt.Errorf("IntervalSeconds must be between 1 and %d", int64(maxSeconds))
	case s.MaxAttempts != nil && (*s.MaxAttempts < 0 || *s.MaxAttempts > maxSeconds):
		return r, fmt.Errorf("MaxAttempts must be between 0 and %d", int64(maxSeconds))
	case s.BackoffRate != nil && *s.BackoffRate < 1:
		return r, errors.New("BackoffRate must be at least 1.0")
	case s.JitterStrategy != "" && s.JitterStrategy != "FULL" && s.JitterStrategy != "NONE":
		return r, fmt.Errorf("JitterStrategy %q is neither FULL nor NONE", s.JitterStrategy)
	}
	r.jitter = s.JitterStrategy == "FULL"
	if s.IntervalSeconds != nil {
		r.interval = time.Duration(*s.IntervalSeconds) * time.Second
	}
	if s.MaxAttempts != nil {
		r.most = int(*s.MaxAttempts)
	}
	if s.BackoffRate != nil {
		r.rate = *s.BackoffRate
	}
	if s.MaxDelaySeconds != nil {
		r.ceiling = time.Duration(*s.MaxDelaySeconds) * time.Second
		if r.ceiling <= r.interval || *s.MaxDelaySeconds >= 31_622_400 {
			return r, errors.New("MaxDelaySeconds must be greater than IntervalSeconds and less than 31622400")
		}
	}
	return r, nil
}

// checkErrorEquals holds the rules that AWS checks when the definition arrives: never empty, and States.ALL alone in
// the last entry.
func checkErrorEquals(names []string, last bool) error {
	if len(names) == 0 {
		return errors.New("ErrorEquals must not be empty")
	}
	for _, name := range names {
		if name == statesAll && (len(names) > 1 || !last) {
			return errors.New("States.ALL must stand alone, in the last entry")
		}
	}
	return nil
}
