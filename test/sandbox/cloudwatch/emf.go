package cloudwatch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// emfRoot is the metadata of an embedded metric format event; the metrics themselves are members beside it.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
type emfRoot struct {
	AWS *struct {
		Timestamp         *int64
		CloudWatchMetrics []emfDirective
	} `json:"_aws"`
}

type emfDirective struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []emfMetric
}

type emfMetric struct {
	Name, Unit        string
	StorageResolution int32
}

// Log takes the metrics out of a log line in embedded metric format and ignores any other line. Like AWS it stores
// nothing of an event that breaks the specification; the error says why, which AWS only counts.
func (s *Service) Log(line []byte) error {
	if !bytes.Contains(line, []byte(`"_aws"`)) {
		return nil
	}
	var root emfRoot
	var members map[string]json.RawMessage
	if json.Unmarshal(line, &members) != nil {
		return nil // a text line that mentions _aws
	}
	if err := json.Unmarshal(line, &root); err != nil {
		return fmt.Errorf("reading embedded metrics: %w", err)
	}
	if root.AWS == nil || len(root.AWS.CloudWatchMetrics) == 0 {
		return nil
	}
	now := time.Now()
	data, err := root.data(members, now)
	if err != nil {
		return fmt.Errorf("reading embedded metrics: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range data {
		s.metrics.put(d, now)
	}
	return nil
}

func (r *emfRoot) data(members map[string]json.RawMessage, now time.Time) ([]datum, error) {
	if r.AWS.Timestamp == nil {
		return nil, fmt.Errorf("_aws.Timestamp is missing")
	}
	at := time.UnixMilli(*r.AWS.Timestamp)
	var data []datum
	for i := range r.AWS.CloudWatchMetrics {
		directive := &r.AWS.CloudWatchMetrics[i]
		if err := directive.check(); err != nil {
			return nil, err
		}
		for _, names := range directive.Dimensions {
			dims, err := emfDimensions(names, members)
			if err != nil {
				return nil, err
			}
			for _, m := range directive.Metrics {
				d, err := m.datum(directive.Namespace, dims, at, now, members)
				if err != nil {
					return nil, err
				}
				data = append(data, d)
			}
		}
	}
	return data, nil
}

func (d *emfDirective) check() error {
	switch {
	case d.Namespace == "":
		return fmt.Errorf("a metric directive has no Namespace")
	case d.Dimensions == nil:
		return fmt.Errorf("the directive of %s has no Dimensions; write [[]] for none", d.Namespace)
	case len(d.Metrics) > 100:
		return fmt.Errorf("the directive of %s has %d metrics, more than 100", d.Namespace, len(d.Metrics))
	}
	return nil
}

// emfDimensions looks the named dimensions up among the event's members, where they must be strings.
func emfDimensions(names []string, members map[string]json.RawMessage) ([]types.Dimension, error) {
	dims := make([]types.Dimension, 0, len(names))
	for _, name := range names {
		var text string
		raw, found := members[name]
		if !found {
			return nil, fmt.Errorf("the dimension %s has no value", name)
		}
		if err := json.Unmarshal(raw, &text); err != nil {
			return nil, fmt.Errorf("the value of dimension %s is not a string", name)
		}
		dims = append(dims, types.Dimension{Name: &name, Value: &text})
	}
	return readDimensions(dims)
}

func (m *emfMetric) datum(namespace string, dims []types.Dimension, at, now time.Time, members map[string]json.RawMessage) (datum, error) {
	raw, found := members[m.Name]
	if !found {
		return datum{}, fmt.Errorf("the metric %s has no value", m.Name)
	}
	var values []float64
	if json.Unmarshal(raw, &values) != nil {
		var one float64
		if err := json.Unmarshal(raw, &one); err != nil {
			return datum{}, fmt.Errorf("the value of metric %s is neither a number nor a list of numbers", m.Name)
		}
		values = []float64{one}
	}
	if len(values) > 100 {
		return datum{}, fmt.Errorf("the metric %s has %d values, more than 100", m.Name, len(values))
	}
	return readDatum(namespace, &types.MetricDatum{
		MetricName: &m.Name, Dimensions: dims, Values: values, Timestamp: &at,
		Unit: types.StandardUnit(m.Unit), StorageResolution: optional(m.StorageResolution),
	}, now)
}
