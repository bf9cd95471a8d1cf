package cloudwatch

import (
	"context"
	"slices"
	"time"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// PutMetricAlarm creates an alarm in INSUFFICIENT_DATA, or overwrites the configuration of one and leaves its state.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
func (s *Service) PutMetricAlarm(_ context.Context, in *awscloudwatch.PutMetricAlarmInput) (*awscloudwatch.PutMetricAlarmOutput, error) {
	w, err := s.newWatch(in)
	if err != nil {
		return nil, err
	}
	a := &alarm{
		name: *in.AlarmName, description: str(in.AlarmDescription), watch: w,
		actionsEnabled: in.ActionsEnabled == nil || *in.ActionsEnabled,
		actions:        actionsOf(in.AlarmActions, in.OKActions, in.InsufficientDataActions),
	}
	s.mu.Lock()
	defer s.unlock()
	return &awscloudwatch.PutMetricAlarmOutput{}, s.install(a)
}

// install puts an alarm in place of what has its name, keeping that one's state. Call it with mu held.
func (s *Service) install(a *alarm) error {
	now := time.Now()
	a.arn, a.configured = s.alarmARN(a.name), now
	operation, old := "create", s.alarms[a.name]
	switch {
	case old == nil:
		a.state, a.transitioned, a.settled = newState(now), now, types.StateValueInsufficientData
	case (old.composite == nil) != (a.composite == nil):
		return validation("The alarm %s exists and is of another type.", a.name)
	default:
		operation = "update"
		old.forgetTimers()
		a.state, a.previous, a.settled = old.state, old.previous, old.settled
		a.transitioned, a.leftAlarm = old.transitioned, old.leftAlarm
	}
	s.alarms[a.name] = a
	s.configurationChanged(operation, a, old)
	s.settle(a, now)
	s.schedule()
	return nil
}

func actionsOf(alarm, ok, insufficient []string) map[types.StateValue][]string {
	return map[types.StateValue][]string{
		types.StateValueAlarm: alarm, types.StateValueOk: ok, types.StateValueInsufficientData: insufficient,
	}
}

func (s *Service) newWatch(in *awscloudwatch.PutMetricAlarmInput) (*watch, error) {
	if err := s.checkAlarm(in.AlarmName, in.AlarmDescription, in.AlarmActions, in.OKActions, in.InsufficientDataActions); err != nil {
		return nil, err
	}
	if err := refuseUnknown(in); err != nil {
		return nil, err
	}
	w := &watch{
		in: in, n: int(value(in.EvaluationPeriods)), m: int(value(in.DatapointsToAlarm)),
		threshold: value(in.Threshold), comparison: in.ComparisonOperator, missing: str(in.TreatMissingData),
	}
	if w.m == 0 {
		w.m = w.n
	}
	if w.missing == "" {
		w.missing = "missing"
	}
	if err := w.readQueries(in); err != nil {
		return nil, err
	}
	return w, w.check(in)
}

// refuseUnknown names the features of PutMetricAlarm that this sandbox has not.
func refuseUnknown(in *awscloudwatch.PutMetricAlarmInput) error {
	for feature, used := range map[string]bool{
		"ActionConfiguration in alarms":                in.ActionConfiguration != nil,
		"EvaluationCriteria (PromQL alarms)":           in.EvaluationCriteria != nil || in.EvaluationInterval != nil,
		"EvaluationWindow (wall clock windows)":        in.EvaluationWindow != nil,
		"WarmUpConfiguration":                          in.WarmUpConfiguration != nil,
		"ThresholdMetricId (anomaly detection alarms)": in.ThresholdMetricId != nil,
	} {
		if used {
			return unsupported("%s", feature)
		}
	}
	return nil
}

// readQueries turns either form of a metric alarm, one metric or metric math, into a plan.
func (w *watch) readQueries(in *awscloudwatch.PutMetricAlarmInput) error {
	queries := in.Metrics
	switch {
	case len(queries) > 0 && (in.MetricName != nil || in.Namespace != nil || in.Period != nil || statName(in.Statistic, in.ExtendedStatistic) != ""):
		return validation("Metrics cannot be combined with MetricName, Namespace, Period, Statistic or ExtendedStatistic.")
	case len(queries) == 0 && in.MetricName == nil:
		return validation("Exactly one of MetricName, Metrics and EvaluationCriteria must be given.")
	case len(queries) == 0 && (in.Statistic != "") == (in.ExtendedStatistic != nil):
		return validation("Exactly one of Statistic and ExtendedStatistic must be given.")
	case len(queries) == 0:
		w.plain = true
		queries = []types.MetricDataQuery{{Id: ptr("m1"), MetricStat: &types.MetricStat{
			Metric: &types.Metric{Namespace: in.Namespace, MetricName: in.MetricName, Dimensions: in.Dimensions},
			Period: in.Period, Stat: ptr(statName(in.Statistic, in.ExtendedStatistic)), Unit: in.Unit,
		}}}
	}
	var err error
	if w.plan, err = newPlan(queries); err != nil {
		return err
	}
	return w.choose()
}

// choose finds the one query that is compared, and the period all metrics must share.
func (w *watch) choose() error {
	for _, q := range w.plan.order {
		if !q.hidden {
			if w.returned != nil {
				return validation("Exactly one element of the Metrics list should return data.")
			}
			w.returned = q
		}
		if q.expr == nil && w.period != 0 && q.period != w.period {
			return validation("The metrics of an alarm must have the same Period.")
		}
		if q.expr == nil {
			w.period = q.period
		}
	}
	switch {
	case w.returned == nil:
		return validation("Exactly one element of the Metrics list should return data.")
	case w.period == 0:
		return validation("An alarm must read at least one metric.")
	}
	return nil
}

// check holds the rules that relate period, evaluation periods and threshold.
func (w *watch) check(in *awscloudwatch.PutMetricAlarmInput) error {
	operators := []types.ComparisonOperator{
		types.ComparisonOperatorGreaterThanThreshold, types.ComparisonOperatorGreaterThanOrEqualToThreshold,
		types.ComparisonOperatorLessThanThreshold, types.ComparisonOperatorLessThanOrEqualToThreshold,
	}
	switch {
	case w.n < 1:
		return validation("EvaluationPeriods is required and must be at least 1.")
	case w.m < 1 || w.m > w.n:
		return validation("DatapointsToAlarm must be between 1 and EvaluationPeriods.")
	case in.Threshold == nil:
		return validation("Threshold is required.")
	case !slices.Contains(w.comparison.Values(), w.comparison):
		return validation("The value %q for parameter ComparisonOperator is invalid.", w.comparison)
	case !slices.Contains(operators, w.comparison):
		return unsupported("%s (anomaly detection alarms)", w.comparison)
	case !slices.Contains([]string{"missing", "ignore", "breaching", "notBreaching"}, w.missing):
		return validation("The value %q for parameter TreatMissingData is invalid.", w.missing)
	case w.period < 10:
		return validation("The period of an alarm must be 10, 20, 30 or a multiple of 60.")
	}
	return w.checkSpan(in)
}

// checkSpan limits how far back an alarm may look: a day for periods below an hour, else seven days.
func (w *watch) checkSpan(in *awscloudwatch.PutMetricAlarmInput) error {
	longest := int64(24 * 3600)
	if w.period >= 3600 {
		longest *= 7
	}
	if int64(w.n)*w.period > longest {
		return validation("Metrics cannot be checked across more than a day (7 days for periods of an hour or more): EvaluationPeriods * Period must be <= %d.", longest)
	}
	switch low := str(in.EvaluateLowSampleCountPercentile); low {
	case "", "evaluate":
	case "ignore":
		w.lowSamples = fewSamples(str(in.ExtendedStatistic))
	default:
		return validation("The value %q for parameter EvaluateLowSampleCountPercentile is invalid.", low)
	}
	// A dry run on no data finds expressions that cannot work, such as SUM of a single metric.
	empty := &metrics{}
	_, err := w.plan.read(empty, func(period int64) window { return window{0, period, w.n} }).series(w.returned.id)
	if err != nil {
		return validation("%v", err)
	}
	return nil
}
