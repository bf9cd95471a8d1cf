package apigateway

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
)

// A bucket is a token bucket. The service has one of 40 calls, to which 10 come back each second, for everything, and one for CreateDeployment,
// which may be called once in five seconds (https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html).
type bucket struct {
	size, rate float64 // tokens, and how many come back each second
	used       float64
	at         time.Time
}

// take takes a token, or says why there is none.
func (b *bucket) take(now time.Time) error {
	b.used = max(0, b.used-b.rate*now.Sub(b.at).Seconds())
	b.at = now
	if b.used+1 > b.size {
		return &types.TooManyRequestsException{Message: aws.String("Too Many Requests")}
	}
	b.used++
	return nil
}

// admitted counts a call. The caller holds the lock.
func (s *Service) admitted(also ...*bucket) error {
	now := time.Now()
	if err := s.calls.take(now); err != nil {
		return err
	}
	for _, b := range also {
		if err := b.take(now); err != nil {
			return err
		}
	}
	return nil
}
