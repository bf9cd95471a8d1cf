package sqs

import "time"

// startSampling arms the timer of the metrics, at whole minutes, unless it runs; the caller holds the lock.
func (s *Service) startSampling() {
	if s.options.Record == nil || s.sampler != nil || s.ctx.Err() != nil {
		return
	}
	s.sampler = time.AfterFunc(untilNextMinute(), s.sample)
}

func untilNextMinute() time.Duration {
	now := time.Now()
	return now.Truncate(time.Minute).Add(time.Minute).Sub(now)
}

func (s *Service) stopSampling() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sampler != nil {
		s.sampler.Stop()
	}
}

// A reading is one metric of one queue.
type reading struct {
	dimensions map[string]string
	name, unit string
	value      float64
}

// sample records the metrics of
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
// that an alarm on a dead-letter queue needs. How many messages lie there is reported zeros included, so that such an alarm returns
// to OK; the others only while there is something to report.
func (s *Service) sample() {
	now := time.Now()
	for _, r := range s.readings(now) {
		s.options.Record("AWS/SQS", r.name, r.dimensions, r.unit, r.value, now)
	}
}

func (s *Service) readings(now time.Time) []reading {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sampler = nil
	if len(s.queues) > 0 {
		s.startSampling()
	}
	all := make([]reading, 0, len(s.queues))
	for _, q := range s.queues {
		q.expire(now)
		visible, inFlight, delayed := q.count(now)
		dimensions, oldest := q.dimensions, 0.0
		for _, m := range q.messages {
			oldest = max(oldest, now.Sub(m.sent).Seconds())
		}
		all = append(all, reading{dimensions, "ApproximateNumberOfMessagesVisible", "Count", float64(visible)})
		for _, r := range []reading{
			{dimensions, "ApproximateNumberOfMessagesNotVisible", "Count", float64(inFlight)},
			{dimensions, "ApproximateNumberOfMessagesDelayed", "Count", float64(delayed)},
			{dimensions, "ApproximateAgeOfOldestMessage", "Seconds", oldest},
		} {
			if r.value > 0 {
				all = append(all, r)
			}
		}
	}
	return all
}
