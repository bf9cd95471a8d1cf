package cloudwatch

import (
	"fmt"
	"testing"
	"time"
)

// Two days of ten alarms of ten seconds: 17,280 ticks. The alarms read a metric with data in each period, so nothing
// is spared. It drives the evaluation itself, without the waiting.
func BenchmarkTwoDaysOfTenAlarms(b *testing.B) {
	for b.Loop() {
		s := New(b.Context(), Options{})
		for i := range 10 {
			if _, err := s.PutMetricAlarm(b.Context(), alarmOf(fmt.Sprint("a", i), 10, 3)); err != nil {
				b.Fatal(err)
			}
		}
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		d := datum{namespace: "App", name: "Errors", unit: "Count", second: true}
		d.tally.add(1, 1)
		for range 2 * 24 * 360 {
			d.at = now
			s.metrics.put(d, now)
			now = now.Add(10 * time.Second)
			for _, a := range s.fast.alarms {
				s.evaluate(a, now)
			}
		}
		s.Close()
	}
}
