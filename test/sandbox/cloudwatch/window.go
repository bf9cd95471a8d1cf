package cloudwatch

import (
	"slices"
	"sort"
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
	cells := make([]cell, 0, min(w.n, 8)) // an alarm looks at few periods, each minute
	for i := range s.lines {
		line := &s.lines[i]
		if unit != "" && unit != line.unit {
			continue
		}
		cells = collect(cells, line.seconds, w, st.values)
		if w.period%60 == 0 {
			cells = collect(cells, line.minute, w, st.values)
		}
	}
	if len(cells) == 0 {
		return nil
	}
	points := make([]point, 0, len(cells))
	for i := range cells {
		if value, ok := st.of(&cells[i].tally); ok {
			points = append(points, point{w.start + cells[i].period*w.period, value, cells[i].count})
		}
	}
	return points
}

// A cell is what is known of one period of a window.
type cell struct {
	period int64 // from the window's start
	tally
}

// collect adds a timeline's buckets to the periods of a window, which stay in order.
func collect(cells []cell, list []bucket, w window, values bool) []cell {
	end := w.end()
	for i := from(list, w.start); i < len(list) && list[i].start < end; i++ {
		period := (list[i].start - w.start) / w.period
		at := len(cells)
		if at > 0 && cells[at-1].period >= period {
			at = sort.Search(at, func(i int) bool { return cells[i].period >= period })
		}
		if at == len(cells) || cells[at].period != period {
			cells = slices.Insert(cells, at, cell{period: period})
		}
		cells[at].merge(&list[i].tally, values)
	}
	return cells
}
