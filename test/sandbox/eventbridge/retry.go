package eventbridge

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"sluice/test/sandbox/wire"
)

// A retryPolicy bounds a delivery: whichever bound is met first ends it.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
type retryPolicy struct {
	attempts int // after the first
	age      time.Duration
}

func newRetryPolicy(given *types.RetryPolicy) (retryPolicy, error) {
	p := retryPolicy{attempts: 185, age: 24 * time.Hour}
	if given == nil {
		return p, nil
	}
	if n := given.MaximumRetryAttempts; n != nil {
		if *n < 0 || *n > 185 {
			return p, wire.Validation("Value '%d' at 'maximumRetryAttempts' failed to satisfy constraint: Member must be between 0 and 185", *n)
		}
		p.attempts = int(*n)
	}
	if n := given.MaximumEventAgeInSeconds; n != nil {
		if *n < 60 || *n > 86400 {
			return p, wire.Validation("Value '%d' at 'maximumEventAgeInSeconds' failed to satisfy constraint: Member must be between 60 and 86400", *n)
		}
		p.age = time.Duration(*n) * time.Second
	}
	return p, nil
}

const (
	firstPause = time.Second
	// AWS documents 185 attempts over 24 hours, "exponential back off and jitter", and no more. With pauses up to ten
	// minutes, of 7.5 on average, both bounds are reached at about the same time.
	longestPause = 10 * time.Minute
)

// backoff is the pause before the nth retry; jitter, in [0, 1), takes up to half of it away.
func backoff(n int, jitter float64) time.Duration {
	pause := longestPause
	if n <= 10 {
		pause = min(pause, firstPause<<(n-1))
	}
	return pause - time.Duration(jitter*float64(pause)/2)
}
