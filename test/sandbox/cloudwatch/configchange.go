package cloudwatch

import (
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// A ConfigurationChangeDetail is the detail of a ConfigurationChange event: an alarm was created, updated or deleted.
type ConfigurationChangeDetail struct {
	AlarmName             string             `json:"alarmName"`
	Operation             string             `json:"operation"` // create, update, delete
	State                 StateDetail        `json:"state"`
	Configuration         FullConfiguration  `json:"configuration"`
	PreviousConfiguration *FullConfiguration `json:"previousConfiguration,omitempty"`
}

// A FullConfiguration is all that can be configured of an alarm.
type FullConfiguration struct {
	ConfigurationDetail
	AlarmName                        string                   `json:"alarmName"`
	ActionsEnabled                   bool                     `json:"actionsEnabled"`
	Timestamp                        string                   `json:"timestamp"`
	EvaluationPeriods                int                      `json:"evaluationPeriods,omitempty"`
	DatapointsToAlarm                int                      `json:"datapointsToAlarm,omitempty"`
	Threshold                        *float64                 `json:"threshold,omitempty"`
	ComparisonOperator               types.ComparisonOperator `json:"comparisonOperator,omitempty"`
	TreatMissingData                 string                   `json:"treatMissingData,omitempty"`
	EvaluateLowSampleCountPercentile string                   `json:"evaluateLowSampleCountPercentile,omitempty"`
	OKActions                        []string                 `json:"okActions"`
	AlarmActions                     []string                 `json:"alarmActions"`
	InsufficientDataActions          []string                 `json:"insufficientDataActions"`
}

// configurationChanged tells of a new, changed or deleted alarm; before is nil unless it changed.
func (s *Service) configurationChanged(operation string, a, before *alarm) {
	d := ConfigurationChangeDetail{
		AlarmName: a.name, Operation: operation, Configuration: a.fullConfiguration(),
		State: StateDetail{Value: a.state.value, Timestamp: stamp(a.state.at)},
	}
	if before != nil {
		c := before.fullConfiguration()
		d.PreviousConfiguration = &c
	}
	s.emit(ConfigurationChange, a.arn, d)
}

func (a *alarm) fullConfiguration() FullConfiguration {
	c := FullConfiguration{
		ConfigurationDetail: a.configuration(), AlarmName: a.name,
		ActionsEnabled: a.actionsEnabled, Timestamp: stamp(a.configured),
		OKActions:               list(a.actions[types.StateValueOk]),
		AlarmActions:            list(a.actions[types.StateValueAlarm]),
		InsufficientDataActions: list(a.actions[types.StateValueInsufficientData]),
	}
	if w := a.watch; w != nil {
		c.EvaluationPeriods, c.DatapointsToAlarm = w.n, int(value(w.in.DatapointsToAlarm))
		c.Threshold, c.ComparisonOperator = &w.threshold, w.comparison
		c.TreatMissingData = str(w.in.TreatMissingData)
		c.EvaluateLowSampleCountPercentile = str(w.in.EvaluateLowSampleCountPercentile)
	}
	return c
}

// list is never nil, so that JSON says [] and not null.
func list(s []string) []string { return append([]string{}, s...) }
