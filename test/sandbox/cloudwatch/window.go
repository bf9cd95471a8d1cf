package cloudwatch

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// A window is n periods in a row from start, in Unix seconds. CloudWatch aligns periods to the start that was asked
// for, not to the clock: five minutes from 12:02 are 12:02, 12:07, ...
type window struct {
	start, period int64
	n             int
}

func (w window) end() int64 { return w.start + int64(w.n)*w.period }

// queryWindow rounds a request's times as CloudWatch does: the start down to the minute, or to the period when that
// is shorter; the end is exclusive.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
func queryWindow(start, end time.Time, period int64) window {
	from := floor(start.Unix(), min(period, 60))
	n := int((ceilUnix(end) - from + period - 1) / period)
	return window{from, period, max(n, 0)}
}

func ceilUnix(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

// A point is what a period of a metric came to.
type point struct {
	at             int64
	value, samples float64
}

// read computes a statistic for each period that has data, oldest first. An empty unit means all units. Periods
// below a minute see high-resolution data only, for the rest is not known so finely.
func (s *series) read(w window, st statistic, unit types.StandardUnit) []point {
	if s == nil || w.n == 0 {
		return nil
	}
	tallies := make(map[int]*tally)
	for i := range s.lines {
		line := &s.lines[i]
		if unit != "" && unit != line.unit {
			continue
		}
		collect(line.seconds, w, st.values, tallies)
		if w.period%60 == 0 {
			collect(line.minute, w, st.values, tallies)
		}
	}
	return pointsOf(tallies, w, st)
}

func collect(list []bucket, w window, values bool, into map[int]*tally) {
	end := w.end()
	for i := from(list, w.start); i < len(list) && list[i].start < end; i++ {
		k := int((list[i].start - w.start) / w.period)
		t := into[k]
		if t == nil {
			t = new(tally)
			into[k] = t
		}
		t.merge(&list[i].tally, values)
	}
}

func pointsOf(tallies map[int]*tally, w window, st statistic) []point {
	points := make([]point, 0, len(tallies))
	for k := 0; k < w.n && len(points) < len(tallies); k++ {
		t := tallies[k]
		if t == nil {
			continue
		}
		if value, ok := st.of(t); ok {
			points = append(points, point{w.start + int64(k)*w.period, value, t.count})
		}
	}
	return points
}
