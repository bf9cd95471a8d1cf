package wire_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	watchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go"

	"sluice/test/sandbox/wire"
)

type fakeWatch struct {
	put    op[cloudwatch.PutMetricDataInput, cloudwatch.PutMetricDataOutput]
	alarms op[cloudwatch.DescribeAlarmsInput, cloudwatch.DescribeAlarmsOutput]
	data   op[cloudwatch.GetMetricDataInput, cloudwatch.GetMetricDataOutput]
}

func (f *fakeWatch) PutMetricData(ctx context.Context, in *cloudwatch.PutMetricDataInput) (*cloudwatch.PutMetricDataOutput, error) {
	return f.put.call(ctx, in)
}

func (f *fakeWatch) DescribeAlarms(ctx context.Context, in *cloudwatch.DescribeAlarmsInput) (*cloudwatch.DescribeAlarmsOutput, error) {
	return f.alarms.call(ctx, in)
}

func (f *fakeWatch) GetMetricData(ctx context.Context, in *cloudwatch.GetMetricDataInput) (*cloudwatch.GetMetricDataOutput, error) {
	return f.data.call(ctx, in)
}

func watchService(f *fakeWatch) wire.Service {
	return wire.Service{
		Name: "cloudwatch", CBOR: "GraniteServiceVersion20100801", UpperCamel: true,
		QueryVersion: "2010-08-01", XMLNamespace: "http://monitoring.amazonaws.com/doc/2010-08-01/", Impl: f,
	}
}

func watchClient(f *fakeWatch) *cloudwatch.Client {
	return cloudwatch.NewFromConfig(configFor(wire.NewServer(home, watchService(f))))
}

func TestCBORCarriesEveryKindOfValue(t *testing.T) {
	f := &fakeWatch{}
	start := time.Date(2026, 11, 23, 1, 2, 3, 0, time.UTC)
	in := &cloudwatch.GetMetricDataInput{
		StartTime: aws.Time(start), EndTime: aws.Time(start.Add(1500 * time.Millisecond)), ScanBy: watchtypes.ScanByTimestampAscending,
		MetricDataQueries: []watchtypes.MetricDataQuery{{Id: aws.String("é"), ReturnData: aws.Bool(false), MetricStat: &watchtypes.MetricStat{
			Period: aws.Int32(60), Stat: aws.String("Sum"), Metric: &watchtypes.Metric{Namespace: aws.String("AWS/Lambda"), Dimensions: []watchtypes.Dimension{}},
		}}},
	}
	f.data.out = &cloudwatch.GetMetricDataOutput{MetricDataResults: []watchtypes.MetricDataResult{{
		Id: aws.String("m"), Timestamps: []time.Time{start, start.Add(time.Minute)}, Values: []float64{0, -1.5, 1e300, math.Inf(1)},
	}}}
	out, err := watchClient(f).GetMetricData(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	same(t, in, f.data.in)
	same(t, f.data.out, out)
}

func TestGzippedBodiesAreUnpacked(t *testing.T) {
	f := &fakeWatch{}
	in := &cloudwatch.PutMetricDataInput{Namespace: aws.String("Sluice")}
	for i := range 400 { // the client compresses what is larger than 10 kB
		in.MetricData = append(in.MetricData, watchtypes.MetricDatum{MetricName: aws.String(fmt.Sprint("metric-", i)), Value: aws.Float64(float64(i)), Timestamp: aws.Time(time.Unix(int64(i), 0).UTC())})
	}
	packed := false
	client := cloudwatch.NewFromConfig(configFor(spy(wire.NewServer(home, watchService(f)), func(encoding string) { packed = encoding == "gzip" })))
	if _, err := client.PutMetricData(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if !packed {
		t.Error("the client sent the body unpacked, so this test shows nothing")
	}
	same(t, in, f.put.in)
}

func TestCBORErrorsDecodeAsTheirTypes(t *testing.T) {
	f := &fakeWatch{}
	f.put.err = &watchtypes.InvalidParameterValueException{Message: aws.String("bad")}
	_, err := watchClient(f).PutMetricData(t.Context(), &cloudwatch.PutMetricDataInput{Namespace: aws.String("n")})
	var bad *watchtypes.InvalidParameterValueException
	if !errors.As(err, &bad) || bad.ErrorMessage() != "bad" {
		t.Fatalf("got %v", err)
	}
	f.put.err = wire.AccessDenied("no")
	_, err = watchClient(f).PutMetricData(t.Context(), &cloudwatch.PutMetricDataInput{Namespace: aws.String("n")})
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "AccessDenied" || api.ErrorMessage() != "no" {
		t.Fatalf("got %v", err)
	}
}

// aws-cli 1.45 speaks awsJson to CloudWatch, under the name that CBOR has.
func TestOneServiceAnswersInEveryProtocol(t *testing.T) {
	f := &fakeWatch{}
	f.alarms.out = &cloudwatch.DescribeAlarmsOutput{MetricAlarms: []watchtypes.MetricAlarm{{AlarmName: aws.String("a"), StateUpdatedTimestamp: aws.Time(time.UnixMilli(1500).UTC())}}}
	status, body, header := asked(t, wire.NewServer(home, watchService(f)), "POST", "/", `{"AlarmNames":["a"]}`,
		map[string]string{"X-Amz-Target": "GraniteServiceVersion20100801.DescribeAlarms", "Content-Type": "application/x-amz-json-1.0"})
	if want := `{"MetricAlarms":[{"AlarmName":"a","StateUpdatedTimestamp":1.500}]}`; status != 200 || body != want || header.Get("Content-Type") != "application/x-amz-json-1.0" {
		t.Errorf("got %d %s", status, body)
	}
	same(t, &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{"a"}}, f.alarms.in)
}
