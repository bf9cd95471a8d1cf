package cloudwatch

import (
	"fmt"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"sluice/test/sandbox/cloudwatch/metricmath"
)

// A plan is a checked set of metric queries, of GetMetricData or of an alarm, that refer to each other by id.
type plan struct {
	order   []*query
	byID    map[string]*query
	metrics []string // ids of the queries that read a metric, what METRICS() means
}

// A query reads a metric or evaluates an expression.
type query struct {
	id, label string
	hidden    bool // ReturnData is false
	period    int64

	// of a metric
	namespace, name string
	dims            []types.Dimension
	stat            statistic
	unit            types.StandardUnit

	expr *metricmath.Expr // of an expression
}

var idPattern = regexp.MustCompile(`^[a-z][a-zA-Z0-9_]*$`)

func newPlan(queries []types.MetricDataQuery) (*plan, error) {
	p := &plan{byID: map[string]*query{}}
	for i := range queries {
		q, err := newQuery(&queries[i])
		if err != nil {
			return nil, err
		}
		if p.byID[q.id] != nil {
			return nil, validation("The values for parameter id in MetricDataQueries are not unique: %s.", q.id)
		}
		p.order = append(p.order, q)
		p.byID[q.id] = q
		if q.expr == nil {
			p.metrics = append(p.metrics, q.id)
		}
	}
	return p, p.check()
}

func newQuery(in *types.MetricDataQuery) (*query, error) {
	id := str(in.Id)
	q := &query{id: id, label: str(in.Label), hidden: in.ReturnData != nil && !*in.ReturnData}
	switch {
	case !idPattern.MatchString(id) || len(id) > 255:
		return nil, validation("The value %q for parameter MetricDataQueries.member.Id must match [a-z][a-zA-Z0-9_]*.", id)
	case in.AccountId != nil:
		return nil, unsupported("metrics of other accounts (AccountId of %s)", id)
	case (in.Expression == nil) == (in.MetricStat == nil):
		return nil, validation("Exactly one of MetricStat and Expression must be given for %s.", id)
	case in.MetricStat != nil:
		return q, q.readMetric(in.MetricStat)
	}
	var err error
	if q.expr, err = metricmath.Parse(*in.Expression); err != nil {
		return nil, validation("Error in expression '%s': %v", id, err)
	}
	if q.label == "" {
		q.label = id
	}
	q.period = int64(value(in.Period))
	if in.Period != nil {
		return q, checkPeriod(q.period)
	}
	return q, nil
}

func (q *query) readMetric(in *types.MetricStat) error {
	if in.Metric == nil || str(in.Metric.Namespace) == "" || str(in.Metric.MetricName) == "" {
		return validation("The parameter MetricStat.Metric of %s needs a Namespace and a MetricName.", q.id)
	}
	q.namespace, q.name, q.unit = *in.Metric.Namespace, *in.Metric.MetricName, in.Unit
	q.period = int64(value(in.Period))
	if q.label == "" {
		q.label = q.name
	}
	if err := checkPeriod(q.period); err != nil {
		return err
	}
	var err error
	if q.dims, err = readDimensions(in.Metric.Dimensions); err != nil {
		return err
	}
	if q.stat, err = parseStatistic(str(in.Stat)); err != nil {
		return validation("The value '%s' for parameter MetricStat.Stat of %s is not a statistic this sandbox knows.", str(in.Stat), q.id)
	}
	return nil
}

// checkPeriod admits the periods CloudWatch has.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html
func checkPeriod(period int64) error {
	switch period {
	case 1, 5, 10, 20, 30:
		return nil
	}
	if period <= 0 || period%60 != 0 {
		return validation("The value %d for parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.", period)
	}
	return nil
}

// check resolves references and gives expressions the period of what they read.
func (p *plan) check() error {
	for _, q := range p.order {
		if err := p.resolve(q, 0); err != nil {
			return err
		}
	}
	return nil
}

func (p *plan) resolve(q *query, depth int) error {
	if depth > len(p.order) {
		return validation("Error in expression '%s': it refers to itself.", q.id)
	}
	if q.expr == nil {
		return nil
	}
	reads := q.expr.References()
	if len(reads) == 0 {
		reads = p.metrics
	}
	longest := int64(0)
	for _, id := range reads {
		other := p.byID[id]
		if other == nil {
			return validation("Error in expression '%s': Undefined variable %s.", q.id, id)
		}
		if err := p.resolve(other, depth+1); err != nil {
			return err
		}
		longest = max(longest, other.period)
	}
	if q.period == 0 {
		q.period = max(longest, 0)
	}
	if q.period == 0 {
		q.period = 60
	}
	return nil
}

// A reading is one evaluation of a plan against the metrics.
type reading struct {
	plan    *plan
	metrics *metrics
	window  func(period int64) window
	done    map[string][]metricmath.Series
}

func (p *plan) read(m *metrics, at func(period int64) window) *reading {
	return &reading{p, m, at, map[string][]metricmath.Series{}}
}

// series are the results of one query; an expression may have several.
func (r *reading) series(id string) ([]metricmath.Series, error) {
	if list, found := r.done[id]; found {
		return list, nil
	}
	q := r.plan.byID[id]
	if q == nil {
		return nil, fmt.Errorf("there is no %s", id)
	}
	w := r.window(q.period)
	var list []metricmath.Series
	if q.expr == nil {
		list = []metricmath.Series{r.metric(q, w)}
	} else {
		var err error
		env := &metricmath.Env{Start: w.start, Period: w.period, N: w.n, Lookup: r.series, Metrics: r.plan.metrics}
		if list, err = q.expr.Eval(env); err != nil {
			return nil, fmt.Errorf("expression '%s': %w", id, err)
		}
	}
	r.done[id] = list
	return list, nil
}

func (r *reading) metric(q *query, w window) metricmath.Series {
	points := r.metrics.find(q.namespace, q.name, q.dims).read(w, q.stat, q.unit)
	out := make(metricmath.Series, len(points))
	for i, p := range points {
		out[i] = metricmath.Point{At: p.at, Value: p.value}
	}
	return out
}
