package cloudwatch

import (
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// How long CloudWatch keeps what it is told. High-resolution data lives on as one-minute data after three hours; the
// sandbox forgets after 15 days, where AWS goes on with coarser ones.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention
const (
	keepSeconds = int64(3 * time.Hour / time.Second)
	keepMinutes = int64(15 * 24 * time.Hour / time.Second)
)

// A bucket holds one second or one minute of one series, from its start in Unix seconds.
type bucket struct {
	start int64
	tally
}

// A timeline is one unit's data of a metric: by the second where it was sent so, by the minute otherwise.
type timeline struct {
	unit            types.StandardUnit
	seconds, minute []bucket // ascending
}

// A series is a metric: a name in a namespace with exactly these dimensions. A different set of dimensions is a
// different metric, and CloudWatch never aggregates across them.
type series struct {
	namespace, name string
	dims            []types.Dimension // sorted by name
	lines           []timeline
	latest          time.Time // newest data, for ListMetrics
}

// metrics are all series. Data of AWS namespaces waits until its lag has passed.
type metrics struct {
	byKey   map[string]*series
	lag     time.Duration
	pending []pendingDatum // ascending by due, for lag is constant
}

type pendingDatum struct {
	due time.Time
	datum
}

// A datum is one report on one metric.
type datum struct {
	namespace, name string
	dims            []types.Dimension
	unit            types.StandardUnit
	at              time.Time
	second          bool // high resolution
	tally           tally
}

func dimensionsOf(dims map[string]string) []types.Dimension {
	out := make([]types.Dimension, 0, len(dims))
	for name, value := range dims {
		out = append(out, types.Dimension{Name: &name, Value: &value})
	}
	return sortDimensions(out)
}

func sortDimensions(dims []types.Dimension) []types.Dimension {
	slices.SortFunc(dims, func(a, b types.Dimension) int { return strings.Compare(str(a.Name), str(b.Name)) })
	return dims
}

// roomForKey is enough for the keys of most metrics, so that looking one up needs no memory.
type roomForKey [256]byte

// seriesKey identifies a metric; dims must be sorted. The key lies in room, if that is large enough.
func seriesKey(room []byte, namespace, name string, dims []types.Dimension) []byte {
	key := metricKey(room, namespace, name)
	for _, d := range dims {
		key = dimensionKey(key, *d.Name, *d.Value)
	}
	return key
}

// keyOf is seriesKey of dimensions in any order.
func keyOf(room []byte, namespace, name string, dims map[string]string) []byte {
	var some [8]string
	names := some[:0]
	for name := range dims {
		names = append(names, name)
	}
	slices.Sort(names)
	key := metricKey(room, namespace, name)
	for _, name := range names {
		key = dimensionKey(key, name, dims[name])
	}
	return key
}

func metricKey(room []byte, namespace, name string) []byte {
	return append(append(append(room[:0], namespace...), 0), name...)
}

func dimensionKey(key []byte, name, value string) []byte {
	return append(append(append(append(key, 0), name...), 1), value...)
}

// put stores a datum, or keeps it back when AWS would be late with it.
func (m *metrics) put(d datum, now time.Time) {
	m.release(now)
	if m.lags(d.namespace) {
		m.pending = append(m.pending, pendingDatum{now.Add(m.lag), d})
		return
	}
	m.store(d, now)
}

func (m *metrics) lags(namespace string) bool {
	return m.lag > 0 && strings.HasPrefix(namespace, "AWS/")
}

// release stores what has waited long enough. Readers call it first.
func (m *metrics) release(now time.Time) {
	n := 0
	for n < len(m.pending) && !m.pending[n].due.After(now) {
		m.store(m.pending[n].datum, now)
		n++
	}
	m.pending = slices.Delete(m.pending, 0, n)
}

func (m *metrics) store(d datum, now time.Time) {
	var room roomForKey
	key := seriesKey(room[:], d.namespace, d.name, d.dims)
	s := m.byKey[string(key)]
	if s == nil {
		s = &series{namespace: d.namespace, name: d.name, dims: d.dims}
		m.byKey[string(key)] = s
	}
	s.put(d, now)
}

// add stores one value of a metric. That of a series which is there already needs no memory.
func (m *metrics) add(namespace, name string, dims map[string]string, value float64, d datum, now time.Time) {
	var room roomForKey
	s := m.byKey[string(keyOf(room[:], namespace, name, dims))]
	if s == nil || m.lags(namespace) {
		d.namespace, d.name, d.dims = namespace, name, dimensionsOf(dims)
		d.tally.add(value, 1)
		m.put(d, now)
		return
	}
	m.release(now)
	s.note(d.at)
	s.line(d.unit).at(d, now).add(value, 1)
}

func (m *metrics) find(namespace, name string, dims []types.Dimension) *series {
	var room roomForKey
	return m.byKey[string(seriesKey(room[:], namespace, name, dims))]
}

func (s *series) put(d datum, now time.Time) {
	s.note(d.at)
	s.line(d.unit).at(d, now).merge(&d.tally, true)
}

func (s *series) note(at time.Time) {
	if at.After(s.latest) {
		s.latest = at
	}
}

func (s *series) line(unit types.StandardUnit) *timeline {
	for i := range s.lines {
		if s.lines[i].unit == unit {
			return &s.lines[i]
		}
	}
	s.lines = append(s.lines, timeline{unit: unit})
	return &s.lines[len(s.lines)-1]
}

// at is the bucket that a datum goes into.
func (l *timeline) at(d datum, now time.Time) *bucket {
	l.prune(now.Unix())
	at := d.at.Unix()
	if d.second && at >= now.Unix()-keepSeconds {
		return bucketAt(&l.seconds, at)
	}
	return bucketAt(&l.minute, floor(at, 60))
}

// prune turns old seconds into minutes and drops old minutes.
func (l *timeline) prune(now int64) {
	if len(l.seconds) > 0 && l.seconds[0].start < now-keepSeconds {
		n := from(l.seconds, now-keepSeconds)
		for i := range l.seconds[:n] {
			b := &l.seconds[i]
			bucketAt(&l.minute, floor(b.start, 60)).merge(&b.tally, true)
		}
		l.seconds = slices.Delete(l.seconds, 0, n)
	}
	if len(l.minute) > 0 && l.minute[0].start < now-keepMinutes {
		l.minute = slices.Delete(l.minute, 0, from(l.minute, now-keepMinutes))
	}
}

// bucketAt finds or makes the bucket that starts then.
func bucketAt(list *[]bucket, start int64) *bucket {
	i := len(*list)
	if i > 0 && (*list)[i-1].start >= start { // nearly all data is newest data
		i = from(*list, start)
		if i < len(*list) && (*list)[i].start == start {
			return &(*list)[i]
		}
	}
	*list = slices.Insert(*list, i, bucket{start: start})
	return &(*list)[i]
}

// from is the index of the first bucket that starts at or after t.
func from(list []bucket, t int64) int {
	return sort.Search(len(list), func(i int) bool { return list[i].start >= t })
}

func floor(t, step int64) int64 { return t - ((t%step)+step)%step }
