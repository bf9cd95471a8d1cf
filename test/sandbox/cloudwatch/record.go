package cloudwatch

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// Limits of PutMetricData.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
const (
	maxData       = 1000
	maxValues     = 150
	maxDimensions = 30
	oldestData    = 14 * 24 * time.Hour
	furthestData  = 2 * time.Hour
)

var maxMagnitude = math.Ldexp(1, 360)

// Record takes one value of a metric from inside the sandbox, where namespaces of AWS are allowed. A resolution of 1
// makes it high-resolution data. Data that PutMetricData would refuse is dropped, as AWS's own services would never
// send it.
func (s *Service) Record(namespace, name string, dims map[string]string, unit string, value float64, at time.Time, resolution int) {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.metrics.add(namespace, name, dims, value, datum{unit: unitOr(types.StandardUnit(unit)), at: at, second: resolution == 1}, time.Now())
}

// PutMetricData stores custom metrics; one wrong datum refuses all of them.
func (s *Service) PutMetricData(_ context.Context, in *awscloudwatch.PutMetricDataInput) (*awscloudwatch.PutMetricDataOutput, error) {
	if err := checkNamespace(in); err != nil {
		return nil, err
	}
	now := time.Now()
	data := make([]datum, 0, len(in.MetricData))
	for i := range in.MetricData {
		d, err := readDatum(*in.Namespace, &in.MetricData[i], now)
		if err != nil {
			return nil, err
		}
		data = append(data, d)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range data {
		s.metrics.put(d, now)
	}
	return &awscloudwatch.PutMetricDataOutput{}, nil
}

func checkNamespace(in *awscloudwatch.PutMetricDataInput) error {
	switch namespace := str(in.Namespace); {
	case namespace == "":
		return missing("Namespace")
	case len(namespace) > 255 || namespace[0] == ':' || strings.HasPrefix(namespace, "AWS/"):
		return invalidValue("The value %s for parameter Namespace is invalid.", namespace)
	case len(in.EntityMetricData) > 0:
		return unsupported("EntityMetricData in PutMetricData")
	case len(in.MetricData) == 0:
		return missing("MetricData")
	case len(in.MetricData) > maxData:
		return invalidValue("The collection MetricData must not have a size greater than %d.", maxData)
	}
	return nil
}

func readDatum(namespace string, in *types.MetricDatum, now time.Time) (datum, error) {
	name := str(in.MetricName)
	if name == "" {
		return datum{}, missing("MetricData.member.MetricName")
	}
	d := datum{namespace: namespace, name: name, unit: unitOr(in.Unit), at: now}
	if in.Timestamp != nil {
		d.at = *in.Timestamp
	}
	switch resolution := value(in.StorageResolution); {
	case len(name) > 255:
		return d, invalidValue("The parameter MetricName is longer than 255 characters.")
	case resolution != 0 && resolution != 1 && resolution != 60:
		return d, invalidValue("The value %d for parameter StorageResolution of %s is not 1 or 60.", resolution, name)
	case !slices.Contains(d.unit.Values(), d.unit):
		return d, invalidValue("The value %s for parameter Unit of %s is not supported.", d.unit, name)
	case now.Sub(d.at) > oldestData:
		return d, invalidValue("The parameter Timestamp of %s must specify a time within the past two weeks.", name)
	case d.at.Sub(now) > furthestData:
		return d, invalidValue("The parameter Timestamp of %s must specify a time no more than two hours in the future.", name)
	default:
		d.second = resolution == 1
	}
	var err error
	if d.dims, err = readDimensions(in.Dimensions); err != nil {
		return d, err
	}
	return d, d.tally.read(in)
}

// readDimensions checks and sorts a metric's dimensions.
func readDimensions(in []types.Dimension) ([]types.Dimension, error) {
	if len(in) > maxDimensions {
		return nil, invalidValue("The collection Dimensions must not have a size greater than %d.", maxDimensions)
	}
	dims := sortDimensions(slices.Clone(in))
	for i, d := range dims {
		name, val := str(d.Name), str(d.Value)
		switch {
		case strings.TrimSpace(name) == "" || len(name) > 255 || name[0] == ':':
			return nil, invalidValue("The value %q for parameter Dimensions.member.Name is invalid.", name)
		case strings.TrimSpace(val) == "" || len(val) > 1024:
			return nil, invalidValue("The value %q for parameter Dimensions.member.Value of %s is invalid.", val, name)
		case i > 0 && *dims[i-1].Name == name:
			return nil, invalidValue("The dimension %s is given more than once.", name)
		}
	}
	return dims, nil
}

// read takes the values of a datum, which come in one of three forms.
func (t *tally) read(in *types.MetricDatum) error {
	forms := 0
	for _, given := range []bool{in.Value != nil, len(in.Values) > 0, in.StatisticValues != nil} {
		if given {
			forms++
		}
	}
	switch {
	case forms == 0:
		return missing("MetricData.member.Value")
	case forms > 1:
		return invalidCombination("Value, Values and StatisticValues of %s are mutually exclusive.", *in.MetricName)
	case in.StatisticValues != nil:
		return t.readSet(*in.MetricName, in.StatisticValues)
	case in.Value != nil:
		return t.readValues(*in.MetricName, []float64{*in.Value}, nil)
	}
	return t.readValues(*in.MetricName, in.Values, in.Counts)
}

func (t *tally) readValues(name string, values, counts []float64) error {
	if len(values) > maxValues {
		return invalidValue("The collection Values of %s must not have a size greater than %d.", name, maxValues)
	}
	if len(counts) > 0 && len(counts) != len(values) {
		return invalidCombination("Values and Counts of %s must have the same size.", name)
	}
	for i, v := range values {
		weight := 1.0
		if len(counts) > 0 {
			weight = counts[i]
		}
		if !plausible(v) || !plausible(weight) || weight < 0 {
			return invalidValue("The value %v (count %v) of %s is not a number CloudWatch takes.", v, weight, name)
		}
		if weight > 0 {
			t.add(v, weight)
		}
	}
	return nil
}

func (t *tally) readSet(name string, set *types.StatisticSet) error {
	for _, p := range []*float64{set.Sum, set.Minimum, set.Maximum, set.SampleCount} {
		if p == nil {
			return missing("MetricData.member.StatisticValues of " + name)
		}
		if !plausible(*p) {
			return invalidValue("The value %v of %s is not a number CloudWatch takes.", *p, name)
		}
	}
	if *set.SampleCount <= 0 || *set.Minimum > *set.Maximum {
		return invalidValue("The StatisticValues of %s contradict each other.", name)
	}
	t.addSet(*set.Sum, *set.Minimum, *set.Maximum, *set.SampleCount)
	return nil
}

func plausible(v float64) bool { return !math.IsNaN(v) && math.Abs(v) <= maxMagnitude }

func unitOr(unit types.StandardUnit) types.StandardUnit {
	if unit == "" {
		return types.StandardUnitNone
	}
	return unit
}
