// Package telemetry writes metrics as log lines: CloudWatch takes them out of a function's output, so a metric costs no
// AWS call (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
package telemetry

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Namespace is the namespace of all of Sluice's metrics.
const Namespace = "Sluice"

// The metrics. Releases counts ends by outcome. Stuck and TurnedAway are metrics of their own, so that an alarm needs no dimension but the environment.
const (
	Releases      = "Releases"
	Stuck         = "Stuck"
	AlarmToStable = "AlarmToStable" // from the alarm's state change to the traffic being back, ms
	Duration      = "Duration"      // of a release, from its start to its end, ms
	TurnedAway    = "TurnedAway"    // requests to decide in a person's name from a sender that may not speak for them
)

// Units of CloudWatch.
const (
	Count        = "Count"
	Milliseconds = "Milliseconds"
)

// A Metric is one value.
type Metric struct {
	Name  string
	Unit  string
	Value float64
}

// Emit writes metrics with the same dimensions as one line. Never use an id as a dimension: each new value is a new
// metric to pay for.
func Emit(w io.Writer, at time.Time, dimensions map[string]string, metrics ...Metric) error {
	names := make([]string, 0, len(dimensions))
	line := map[string]any{}
	for name, value := range dimensions {
		names = append(names, name)
		line[name] = value
	}
	type definition struct {
		Name string
		Unit string
	}
	definitions := make([]definition, len(metrics))
	for i, m := range metrics {
		definitions[i] = definition{m.Name, m.Unit}
		line[m.Name] = m.Value
	}
	line["_aws"] = map[string]any{"Timestamp": at.UnixMilli(), "CloudWatchMetrics": []any{map[string]any{
		"Namespace": Namespace, "Dimensions": [][]string{names}, "Metrics": definitions,
	}}}
	out, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("encoding metrics: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s\n", out)
	return err
}
