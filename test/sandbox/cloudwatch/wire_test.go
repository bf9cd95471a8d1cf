package cloudwatch

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"sluice/test/sandbox/wire"
)

func (w *world) client() *awscloudwatch.Client {
	home := wire.Home{Region: "us-east-1", Account: "123456789012"}
	return awscloudwatch.New(awscloudwatch.Options{
		Region: home.Region, BaseEndpoint: aws.String("http://127.0.0.1:4566"),
		HTTPClient:  wire.Client(wire.NewServer(home, w.Wire())),
		Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", ""),
		Retryer:     aws.NopRetryer{},
	})
}

func TestTheSDKsClientWorksOnIt(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		ctx, c, start := t.Context(), w.client(), time.Now()
		if _, err := c.PutMetricAlarm(ctx, alarmOf("a", 10, 1)); err != nil {
			t.Fatal(err)
		}
		_, err := c.PutMetricData(ctx, &awscloudwatch.PutMetricDataInput{Namespace: ptr("App"), MetricData: []types.MetricDatum{
			{MetricName: ptr("Errors"), Values: []float64{1, 2}, Counts: []float64{3, 1}, StorageResolution: ptr(int32(1)), Unit: types.StandardUnitCount},
		}})
		if err != nil {
			t.Fatal(err)
		}
		w.pass(20 * time.Second)
		data, err := c.GetMetricData(ctx, &awscloudwatch.GetMetricDataInput{
			StartTime: &start, EndTime: ptr(start.Add(time.Minute)), MetricDataQueries: []types.MetricDataQuery{metricQuery("e", "Errors", "Sum", 60)},
		})
		if err != nil || len(data.MetricDataResults) != 1 || !data.MetricDataResults[0].Timestamps[0].Equal(start) {
			t.Fatalf("got %+v, %v", data, err)
		}
		if diff := cmp.Diff([]float64{5}, data.MetricDataResults[0].Values); diff != "" {
			t.Error(diff)
		}
		alarms, err := c.DescribeAlarms(ctx, &awscloudwatch.DescribeAlarmsInput{AlarmNames: []string{"a"}})
		if err != nil || len(alarms.MetricAlarms) != 1 {
			t.Fatalf("got %+v, %v", alarms, err)
		}
		if a := alarms.MetricAlarms[0]; a.StateValue != red || a.StateUpdatedTimestamp.Sub(start) != 11*time.Second || *a.Threshold != 1 {
			t.Errorf("got %+v", a)
		}
	})
}

func TestTheSDKSeesErrorsByTheirCodes(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		ctx, c := t.Context(), w.client()
		_, err := c.SetAlarmState(ctx, &awscloudwatch.SetAlarmStateInput{AlarmName: ptr("nobody"), StateValue: red, StateReason: ptr("")})
		if missing := new(types.ResourceNotFound); !errors.As(err, &missing) {
			t.Errorf("got %v, want ResourceNotFound", err)
		}
		in := alarmOf("a", 45, 1)
		_, err = c.PutMetricAlarm(ctx, in)
		if api := smithy.APIError(nil); !errors.As(err, &api) || api.ErrorCode() != "ValidationError" {
			t.Errorf("got %v, want ValidationError", err)
		}
		_, err = c.PutDashboard(ctx, &awscloudwatch.PutDashboardInput{DashboardName: ptr("d"), DashboardBody: ptr("{")})
		if invalid := new(types.DashboardInvalidInputError); !errors.As(err, &invalid) || len(invalid.DashboardValidationMessages) != 1 {
			t.Errorf("got %v, want DashboardInvalidInputError with a message", err)
		}
	})
}

func TestScopesNameWhatIAMMustAllow(t *testing.T) {
	const prefix = "arn:aws:cloudwatch:us-east-1:123456789012:"
	both := []types.AlarmType{types.AlarmTypeMetricAlarm, types.AlarmTypeCompositeAlarm}
	for _, c := range []struct {
		operation string
		input     any
		resources []string
	}{
		{"PutMetricData", &awscloudwatch.PutMetricDataInput{}, []string{"*"}},
		{"GetMetricData", &awscloudwatch.GetMetricDataInput{}, []string{"*"}},
		{"DescribeAlarms", &awscloudwatch.DescribeAlarmsInput{}, []string{prefix + "alarm:*"}},
		{"DescribeAlarms", &awscloudwatch.DescribeAlarmsInput{AlarmNames: []string{"a", "b"}}, []string{prefix + "alarm:a", prefix + "alarm:b"}},
		{"DescribeAlarms", &awscloudwatch.DescribeAlarmsInput{AlarmNames: []string{"a"}, AlarmTypes: both}, []string{"*"}},
		{"PutMetricAlarm", alarmOf("a", 60, 1), []string{prefix + "alarm:a"}},
		{"PutCompositeAlarm", &awscloudwatch.PutCompositeAlarmInput{AlarmName: ptr("a")}, []string{"*"}},
		{"PutAlarmMuteRule", &awscloudwatch.PutAlarmMuteRuleInput{Name: ptr("m"), MuteTargets: &types.MuteTargets{AlarmNames: []string{"a"}}}, []string{prefix + "alarm-mute-rule:m", prefix + "alarm:a"}},
		{"PutDashboard", &awscloudwatch.PutDashboardInput{DashboardName: ptr("d")}, []string{"arn:aws:cloudwatch::123456789012:dashboard/d"}},
	} {
		var want []wire.Grant
		for _, r := range c.resources {
			want = append(want, wire.Grant{Action: "cloudwatch:" + c.operation, Resource: r})
		}
		s := New(t.Context(), Options{})
		if diff := cmp.Diff(want, s.Wire().Scope(c.operation, c.input)); diff != "" {
			t.Error(c.operation, diff)
		}
	}
}
