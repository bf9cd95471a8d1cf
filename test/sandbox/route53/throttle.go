package route53

import (
	"net/http"
	"time"

	"sluice/test/sandbox/wire"
)

// A bucket is a token bucket of an account.
type bucket struct {
	size, rate float64 // tokens, and how many come back each second
	used       float64
	at         time.Time
}

// has says whether there are as many tokens.
func (b *bucket) has(n float64, now time.Time) bool {
	b.used = max(0, b.used-b.rate*now.Sub(b.at).Seconds())
	b.at = now
	return b.used+n <= b.size
}

// rates are the buckets that differ from those of the other operations (throttling-api-requests).
var rates = map[string]bucket{
	"CreateHostedZone": {size: 40, rate: 2},
	"changes":          {size: 1500, rate: 100}, // single changes of records, not calls
}

// admit counts a call, among all calls and among those of its operation, and the changes in it. A call that is refused takes no token (undocumented).
func (s *Service) admit(operation string, changes int) error {
	now := time.Now()
	wants := map[*bucket]float64{s.bucket(""): 1, s.bucket(operation): 1}
	if changes > 0 {
		wants[s.bucket("changes")] = float64(changes)
	}
	for b, n := range wants {
		if !b.has(n, now) {
			return &wire.Error{Status: http.StatusBadRequest, Code: "Throttling", Message: "Rate exceeded"}
		}
	}
	for b, n := range wants {
		b.used += n
	}
	return nil
}

func (s *Service) bucket(of string) *bucket {
	if s.calls[of] == nil {
		b, special := rates[of]
		if !special {
			b = bucket{size: 50, rate: 10}
		}
		s.calls[of] = &b
	}
	return s.calls[of]
}
