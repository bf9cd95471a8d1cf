package cloudwatch

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// A notification is the JSON text that an alarm publishes to an SNS topic. Its member names follow no one rule; they
// are AWS's.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
type notification struct {
	AlarmName                          string
	AlarmDescription                   *string
	AWSAccountId                       string
	AlarmConfigurationUpdatedTimestamp string
	NewStateValue                      types.StateValue
	NewStateReason                     string
	StateChangeTime                    string
	Region                             string
	AlarmArn                           string
	OldStateValue                      types.StateValue
	OKActions                          []string
	AlarmActions                       []string
	InsufficientDataActions            []string
	Trigger                            *trigger         `json:",omitempty"`
	AlarmRule                          string           `json:",omitempty"`
	TriggeringChildren                 []triggeredChild `json:",omitempty"`
}

type trigger struct {
	MetricName                       string            `json:",omitempty"`
	Namespace                        string            `json:",omitempty"`
	StatisticType                    string            `json:",omitempty"`
	Statistic                        string            `json:",omitempty"`
	ExtendedStatistic                string            `json:",omitempty"`
	Unit                             *string           `json:",omitempty"`
	Dimensions                       []dimensionNotice `json:",omitempty"`
	Period                           int64
	EvaluationPeriods                int
	DatapointsToAlarm                *int32 `json:",omitempty"`
	ComparisonOperator               types.ComparisonOperator
	Threshold                        double
	TreatMissingData                 string
	EvaluateLowSampleCountPercentile string
	Metrics                          []queryNotice `json:",omitempty"`
}

type dimensionNotice struct {
	Value string `json:"value"`
	Name  string `json:"name"`
}

type queryNotice struct {
	Expression string      `json:",omitempty"`
	Id         string      // as AWS spells it
	Label      string      `json:",omitempty"`
	MetricStat *statNotice `json:",omitempty"`
	ReturnData bool
}

type statNotice struct {
	Metric struct {
		Dimensions            []dimensionNotice
		MetricName, Namespace string
	}
	Period int64
	Stat   string
}

type triggeredChild struct {
	Arn   string
	State struct {
		Value     types.StateValue
		Timestamp string
	}
}

func (s *Service) message(a *alarm, region string) string {
	n := notification{
		AlarmName: a.name, AlarmDescription: optional(a.description), AWSAccountId: s.opts.Home.Account,
		AlarmConfigurationUpdatedTimestamp: stamp(a.configured),
		NewStateValue:                      a.state.value, NewStateReason: a.state.reason,
		StateChangeTime: stamp(a.state.at), Region: region, AlarmArn: a.arn, OldStateValue: a.previous.value,
		OKActions:               list(a.actions[types.StateValueOk]),
		AlarmActions:            list(a.actions[types.StateValueAlarm]),
		InsufficientDataActions: list(a.actions[types.StateValueInsufficientData]),
	}
	if a.composite != nil {
		n.AlarmRule = *a.composite.in.AlarmRule
		n.TriggeringChildren = childrenIn(a.state.data)
	} else {
		n.Trigger = a.watch.trigger()
	}
	return plainJSON(n)
}

// plainJSON leaves ">" as it is: people read these messages in their mail.
func plainJSON(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "{}" // cannot happen: no part of it can fail
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (w *watch) trigger() *trigger {
	t := &trigger{
		Period: w.period, EvaluationPeriods: w.n, DatapointsToAlarm: w.in.DatapointsToAlarm,
		ComparisonOperator: w.comparison, Threshold: double(w.threshold),
		TreatMissingData:                 w.missing,
		EvaluateLowSampleCountPercentile: str(w.in.EvaluateLowSampleCountPercentile),
	}
	if !w.plain {
		for i, q := range w.plan.order {
			t.Metrics = append(t.Metrics, q.notice(&w.in.Metrics[i]))
		}
		return t
	}
	q := w.returned
	t.MetricName, t.Namespace, t.Dimensions = q.name, q.namespace, notices(q.dims)
	t.Unit = optional(string(q.unit))
	t.StatisticType, t.Statistic = "Statistic", strings.ToUpper(string(w.in.Statistic))
	if w.in.ExtendedStatistic != nil {
		t.StatisticType, t.ExtendedStatistic = "ExtendedStatistic", *w.in.ExtendedStatistic
	}
	return t
}

func (q *query) notice(in *types.MetricDataQuery) queryNotice {
	n := queryNotice{Expression: str(in.Expression), Id: q.id, Label: str(in.Label), ReturnData: !q.hidden}
	if q.expr == nil {
		n.MetricStat = &statNotice{Period: q.period, Stat: q.stat.name}
		n.MetricStat.Metric.Dimensions = notices(q.dims)
		n.MetricStat.Metric.MetricName, n.MetricStat.Metric.Namespace = q.name, q.namespace
	}
	return n
}

func notices(dims []types.Dimension) []dimensionNotice {
	out := make([]dimensionNotice, len(dims))
	for i, d := range dims {
		out[i] = dimensionNotice{Value: *d.Value, Name: *d.Name}
	}
	return out
}

// childrenIn reads the children that triggered a composite alarm from its reason data.
func childrenIn(data string) []triggeredChild {
	var d compositeReason
	if json.Unmarshal([]byte(data), &d) != nil {
		return nil // SetAlarmState lets people write any reason data
	}
	out := make([]triggeredChild, len(d.TriggeringAlarms))
	for i, c := range d.TriggeringAlarms {
		out[i].Arn, out[i].State.Value, out[i].State.Timestamp = c.ARN, c.State.Value, c.State.Timestamp
	}
	return out
}
