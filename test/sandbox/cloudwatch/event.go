package cloudwatch

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// Detail types of the events that alarms emit on the default bus, with source aws.cloudwatch.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
const (
	StateChange         = "CloudWatch Alarm State Change"
	ConfigurationChange = "CloudWatch Alarm Configuration Change"
)

// A StateChangeDetail is the detail of a StateChange event. MuteDetail is there only while the alarm is muted.
type StateChangeDetail struct {
	AlarmName     string              `json:"alarmName"`
	State         StateDetail         `json:"state"`
	PreviousState StateDetail         `json:"previousState"`
	Configuration ConfigurationDetail `json:"configuration"`
	MuteDetail    *MuteDetail         `json:"muteDetail,omitempty"`
}

// A StateDetail is an alarm's state in an event; ReasonData is JSON in a string.
type StateDetail struct {
	ActionsSuppressedBy     types.ActionsSuppressedBy `json:"actionsSuppressedBy,omitempty"`
	ActionsSuppressedReason string                    `json:"actionsSuppressedReason,omitempty"`
	Value                   types.StateValue          `json:"value"`
	Reason                  string                    `json:"reason,omitempty"`
	ReasonData              string                    `json:"reasonData,omitempty"`
	Timestamp               string                    `json:"timestamp"`
}

// A MuteDetail names the mute rule that keeps an alarm's actions from running.
type MuteDetail struct {
	MutedByArn      string `json:"mutedByArn"`
	MuteWindowStart string `json:"muteWindowStart"`
	MuteWindowEnd   string `json:"muteWindowEnd"`
}

// A ConfigurationDetail is what an event tells of an alarm's configuration.
type ConfigurationDetail struct {
	Description                      string         `json:"description,omitempty"`
	Metrics                          []MetricDetail `json:"metrics,omitempty"`
	AlarmRule                        string         `json:"alarmRule,omitempty"`
	ActionsSuppressor                string         `json:"actionsSuppressor,omitempty"`
	ActionsSuppressorWaitPeriod      *int32         `json:"actionsSuppressorWaitPeriod,omitempty"`
	ActionsSuppressorExtensionPeriod *int32         `json:"actionsSuppressorExtensionPeriod,omitempty"`
}

// A MetricDetail is one query of an alarm in an event.
type MetricDetail struct {
	ID         string            `json:"id"`
	Expression string            `json:"expression,omitempty"`
	Label      string            `json:"label,omitempty"`
	MetricStat *MetricStatDetail `json:"metricStat,omitempty"`
	ReturnData bool              `json:"returnData"`
}

// A MetricStatDetail is a metric with its statistic in an event.
type MetricStatDetail struct {
	Metric struct {
		Dimensions map[string]string `json:"dimensions"`
		Name       string            `json:"name"`
		Namespace  string            `json:"namespace"`
	} `json:"metric"`
	Period int64  `json:"period"`
	Stat   string `json:"stat"`
	Unit   string `json:"unit,omitempty"`
}

func (s *Service) emit(detailType, arn string, detail any) {
	if s.opts.Emit == nil {
		return
	}
	s.after(func() { s.opts.Emit(s.ctx, detailType, []string{arn}, detail) })
}

// emitChange tells of the change from a.previous to a.state.
func (s *Service) emitChange(a *alarm) {
	s.emit(StateChange, a.arn, StateChangeDetail{
		AlarmName:     a.name,
		State:         a.state.detail(),
		PreviousState: a.previous.detail(),
		Configuration: a.configuration(),
		MuteDetail:    s.muteDetail(a.name, a.state.at),
	})
}

func (s *Service) muteDetail(name string, now time.Time) *MuteDetail {
	m := s.mutedBy(name, now)
	if m == nil {
		return nil
	}
	return &MuteDetail{MutedByArn: m.arn, MuteWindowStart: stamp(m.start), MuteWindowEnd: stamp(m.end)}
}

func (st state) detail() StateDetail {
	return StateDetail{
		Value: st.value, Reason: st.reason, ReasonData: st.data, Timestamp: stamp(st.at),
		ActionsSuppressedBy: st.suppressedBy, ActionsSuppressedReason: st.suppressedReason,
	}
}

func (a *alarm) configuration() ConfigurationDetail {
	c := ConfigurationDetail{Description: a.description}
	if a.composite != nil {
		in := a.composite.in
		c.AlarmRule, c.ActionsSuppressor = *in.AlarmRule, str(in.ActionsSuppressor)
		c.ActionsSuppressorWaitPeriod = in.ActionsSuppressorWaitPeriod
		c.ActionsSuppressorExtensionPeriod = in.ActionsSuppressorExtensionPeriod
		return c
	}
	for _, q := range a.watch.plan.order {
		c.Metrics = append(c.Metrics, q.detail())
	}
	if a.watch.plain {
		c.Metrics[0].ID = queryID(a.arn) // the API has no id for it, so AWS makes one up
	} else {
		for i, in := range a.watch.in.Metrics {
			c.Metrics[i].Expression, c.Metrics[i].Label = str(in.Expression), str(in.Label)
		}
	}
	return c
}

func (q *query) detail() MetricDetail {
	d := MetricDetail{ID: q.id, ReturnData: !q.hidden}
	if q.expr != nil {
		return d
	}
	stat := &MetricStatDetail{Period: q.period, Stat: q.stat.name, Unit: string(q.unit)}
	stat.Metric.Name, stat.Metric.Namespace = q.name, q.namespace
	stat.Metric.Dimensions = map[string]string{}
	for _, dim := range q.dims {
		stat.Metric.Dimensions[*dim.Name] = *dim.Value
	}
	d.MetricStat = stat
	return d
}

func queryID(arn string) string {
	h := sha256.Sum256([]byte(arn))
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}
