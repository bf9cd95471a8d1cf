package cloudwatch

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// spare is how many more periods than it evaluates an alarm fetches. AWS says only that there are more, and shows five
// for three; alarms of one period are observed to go back three, which is the same difference.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
const spare = 2

// A verdict is the outcome of one evaluation. An empty state means: stay as you are.
type verdict struct {
	state     types.StateValue
	evaluated []point // the real data points that counted, newest first
	filled    int     // missing data points that counted as something
}

// rangeAt is the evaluation range: whole periods up to the last round minute, or round ten seconds for periods below a minute.
func (w *watch) rangeAt(now time.Time) window {
	n := int64(w.n + spare)
	end := floor(now.Unix(), int64(w.interval()/time.Second))
	return window{end - n*w.period, w.period, int(n)}
}

// interval is how often the alarm is evaluated.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
func (w *watch) interval() time.Duration {
	if w.period < 60 {
		return 10 * time.Second
	}
	return time.Minute
}

// judge decides on the data points of the evaluation range, oldest first, as AWS's page on missing data describes:
//
//   - With at least N real points in the range the N newest decide, and TreatMissingData is not needed.
//   - With fewer, missing points fill up to N, as few as possible.
//   - "missing" and "ignore" fill nothing in. M breaching points then mean ALARM, else any good point means OK. With
//     too few breaching points and no other, "ignore" stays; "missing" answers ALARM when the oldest is at least M
//     periods old ("- - X - -"), else INSUFFICIENT_DATA, for the next point may be good.
func (w *watch) judge(points []point, r window) verdict {
	v := verdict{evaluated: make([]point, 0, min(w.n, len(points)))}
	bad, samples := 0, 0.0
	for i := len(points) - 1; i >= 0 && len(v.evaluated) < w.n; i-- {
		v.evaluated = append(v.evaluated, points[i])
		samples += points[i].samples
		if w.breaches(points[i].value) {
			bad++
		}
	}
	real := len(v.evaluated)
	absent := w.n - real
	switch {
	case real > 0 && samples < w.lowSamples:
		return verdict{}
	case bad >= w.m:
		v.state = types.StateValueAlarm
	case absent == 0:
		v.state = types.StateValueOk
	case w.missing == "breaching" && bad+absent >= w.m:
		v.state, v.filled = types.StateValueAlarm, absent
	case w.missing == "breaching" || w.missing == "notBreaching":
		v.state, v.filled = types.StateValueOk, absent
	case real > 0 && bad < real:
		v.state = types.StateValueOk
	case w.missing == "ignore":
	case real > 0 && (r.end()-points[0].at)/r.period >= int64(w.m):
		v.state = types.StateValueAlarm
	default:
		v.state, v.filled = types.StateValueInsufficientData, absent
	}
	return v
}

func (w *watch) breaches(v float64) bool {
	switch w.comparison {
	case types.ComparisonOperatorGreaterThanThreshold:
		return v > w.threshold
	case types.ComparisonOperatorGreaterThanOrEqualToThreshold:
		return v >= w.threshold
	case types.ComparisonOperatorLessThanThreshold:
		return v < w.threshold
	default:
		return v <= w.threshold
	}
}

// points reads the alarm's value in each period of the range.
func (w *watch) points(m *metrics, r window) ([]point, error) {
	q := w.returned
	if q.expr == nil {
		return m.find(q.namespace, q.name, q.dims).read(r, q.stat, q.unit), nil
	}
	list, err := w.plan.read(m, func(int64) window { return r }).series(q.id)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	points := make([]point, len(list[0]))
	for i, p := range list[0] {
		points[i] = point{at: p.At, value: p.Value}
	}
	return points, nil
}

// evaluate looks at a metric alarm now. Call it with mu held, metrics released.
func (s *Service) evaluate(a *alarm, now time.Time) {
	r := a.watch.rangeAt(now)
	points, err := a.watch.points(&s.metrics, r)
	if err != nil {
		return // the dry run of PutMetricAlarm has refused expressions that fail
	}
	v := a.watch.judge(points, r)
	if v.state == "" || v.state == a.state.value {
		return
	}
	s.change(a, state{
		value: v.state, at: now,
		reason: a.watch.reason(v), data: a.watch.reasonData(v, now),
	})
}
