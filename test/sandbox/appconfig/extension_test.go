package appconfig_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"sluice/test/sandbox/cfn"
)

// template has a function, a role that AppConfig may take on to invoke it and to read alarms, and one that it may not.
const template = `{"Resources":{
	"Code":{"Type":"AWS::IAM::Role","Properties":{"RoleName":"tick","AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}}},
	"Tick":{"Type":"AWS::Lambda::Function","Properties":{"FunctionName":"tick","Runtime":"provided.al2023","Handler":"bootstrap","Timeout":30,"Role":{"Fn::GetAtt":["Code","Arn"]},"Code":{"S3Bucket":"code","S3Key":"tick.zip"}}},
	"May":{"Type":"AWS::IAM::Role","Properties":{"RoleName":"may","AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"appconfig.amazonaws.com"},"Action":"sts:AssumeRole"}]},
		"Policies":[{"PolicyName":"may","PolicyDocument":{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":{"Fn::GetAtt":["Tick","Arn"]}},{"Effect":"Allow","Action":"cloudwatch:DescribeAlarms","Resource":"*"}]}}]}},
	"MayNot":{"Type":"AWS::IAM::Role","Properties":{"RoleName":"maynot","AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"appconfig.amazonaws.com"},"Action":"sts:AssumeRole"}]}}}
}}`

func parsed(t *testing.T) *cfn.Template {
	t.Helper()
	parsed, err := cfn.Parse([]byte(template))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// tick is what the function does in the test at hand.
var tick struct {
	sync.Mutex
	does func(ctx context.Context, payload []byte) ([]byte, error)
}

func answered(function, _ string) func(ctx context.Context, payload []byte) ([]byte, error) {
	if function != "tick" {
		return nil
	}
	return func(ctx context.Context, payload []byte) ([]byte, error) {
		tick.Lock()
		does := tick.does
		tick.Unlock()
		return does(ctx, payload)
	}
}

// ticks associates the function with the environment.
func (r *rig) ticks(role string, does func(ctx context.Context, payload []byte) ([]byte, error)) {
	r.t.Helper()
	tick.Lock()
	tick.does = does
	tick.Unlock()
	out, err := r.CreateExtension(r.ctx, &api.CreateExtensionInput{Name: aws.String("judge"), Actions: map[string][]types.Action{"AT_DEPLOYMENT_TICK": {{
		Name: aws.String("judge"), Uri: aws.String("arn:aws:lambda:us-east-1:123456789012:function:tick"), RoleArn: aws.String("arn:aws:iam::123456789012:role/" + role),
	}}}})
	r.must(err)
	r.associate(*out.Id)
}

func (r *rig) associate(extension string) {
	r.t.Helper()
	_, err := r.CreateExtensionAssociation(r.ctx, &api.CreateExtensionAssociationInput{
		ExtensionIdentifier: &extension, ResourceIdentifier: aws.String("arn:aws:appconfig:us-east-1:123456789012:application/" + r.app + "/environment/" + r.env),
	})
	r.must(err)
}

func TestTickTurnsADeploymentRound(t *testing.T) {
	for name, test := range map[string]struct {
		role string
		does func(ctx context.Context, payload []byte) ([]byte, error)
		why  string // empty: it goes on
	}{
		"it answers nothing": {"may", func(context.Context, []byte) ([]byte, error) { return nil, nil }, ""},
		"it says to go on":   {"may", func(context.Context, []byte) ([]byte, error) { return []byte(`{"Directive":"CONTINUE"}`), nil }, ""},
		"it says to go back": {"may", func(context.Context, []byte) ([]byte, error) {
			return []byte(`{"Directive":"ROLL_BACK","Description":"too many errors"}`), nil
		}, "too many errors"},
		"it fails":                {"may", func(context.Context, []byte) ([]byte, error) { return nil, errors.New("no table") }, "no table"},
		"it takes too long":       {"may", func(context.Context, []byte) ([]byte, error) { time.Sleep(4 * time.Second); return nil, nil }, "in time"},
		"AppConfig may not do so": {"maynot", func(context.Context, []byte) ([]byte, error) { return nil, nil }, "not authorized"},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, parsed(t), nil, func(r *rig) {
				r.ticks(test.role, test.does)
				n := r.started("2", "AppConfig.AllAtOnce")
				time.Sleep(15 * time.Minute)
				if test.why == "" {
					r.is(n, types.DeploymentStateComplete, 100)
					return
				}
				r.is(n, types.DeploymentStateRolledBack, 1)
				if said := *r.deployment(n).EventLog[1].Description; !strings.Contains(said, test.why) {
					t.Errorf("it says %q, want %q", said, test.why)
				}
			})
		})
	}
}

func TestTickIsToldOfTheDeployment(t *testing.T) {
	run(t, parsed(t), nil, func(r *rig) {
		var told []map[string]any
		r.ticks("may", func(_ context.Context, payload []byte) ([]byte, error) {
			var one map[string]any
			err := json.Unmarshal(payload, &one)
			told = append(told, one)
			return nil, err
		})
		n := r.started("2", "AppConfig.Canary10Percent20Minutes")
		time.Sleep(30*time.Minute + time.Second)
		synctest.Wait()
		if len(told) != 30 {
			t.Fatalf("%d ticks in half an hour", len(told))
		}
		at := told[5]
		if at["Type"] != "AtDeploymentTick" || at["DeploymentNumber"] != float64(n) || at["ConfigurationVersion"] != "2" || at["DeploymentState"] != "DEPLOYING" || at["PercentageComplete"] != "10.0" ||
			at["Environment"].(map[string]any)["Id"] != r.env || at["Description"] != "release 7" {
			t.Errorf("after six minutes it is told %v", at)
		}
		if state := told[25]["DeploymentState"]; state != "BAKING" {
			t.Errorf("in the bake it is told %v", state)
		}
	})
}

// Alarms that are red or know nothing turn it round, unless their actions are disabled.
func TestAlarmsOfTheEnvironmentAreWatched(t *testing.T) {
	for name, test := range map[string]struct {
		state  string
		role   string
		silent bool
		back   bool
	}{
		"red":                      {"ALARM", "may", false, true},
		"green":                    {"OK", "may", false, false},
		"without data":             {"INSUFFICIENT_DATA", "may", false, true},
		"red, its actions are off": {"ALARM", "may", true, false},
		"green, not to be read":    {"OK", "maynot", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			watched := []types.Monitor{{AlarmArn: aws.String("arn:aws:cloudwatch:us-east-1:123456789012:alarm:errors"), AlarmRoleArn: aws.String("arn:aws:iam::123456789012:role/" + test.role)}}
			run(t, parsed(t), watched, func(r *rig) {
				_, err := r.box.CloudWatch.PutMetricAlarm(r.ctx, &cloudwatch.PutMetricAlarmInput{
					AlarmName: aws.String("errors"), Namespace: aws.String("shop"), MetricName: aws.String("Errors"), Statistic: cloudwatchtypes.StatisticSum, Period: aws.Int32(60), EvaluationPeriods: aws.Int32(60),
					Threshold: aws.Float64(1), ComparisonOperator: cloudwatchtypes.ComparisonOperatorGreaterThanThreshold, ActionsEnabled: aws.Bool(!test.silent), TreatMissingData: aws.String("ignore"),
				})
				r.must(err)
				_, err = r.box.CloudWatch.SetAlarmState(r.ctx, &cloudwatch.SetAlarmStateInput{AlarmName: aws.String("errors"), StateValue: cloudwatchtypes.StateValue(test.state), StateReason: aws.String("test")})
				r.must(err)
				n := r.started("2", "AppConfig.AllAtOnce")
				time.Sleep(2 * time.Minute)
				want, percent := types.DeploymentStateBaking, float32(100)
				if test.back {
					want, percent = types.DeploymentStateRolledBack, 1
				}
				r.is(n, want, percent)
			})
		})
	}
}

func TestEventsAreToldWithTheExtensionOnly(t *testing.T) {
	run(t, nil, nil, func(r *rig) {
		r.started("2", "AppConfig.AllAtOnce")
		time.Sleep(15 * time.Minute)
		synctest.Wait()
		if len(*r.events) > 0 {
			t.Errorf("without the extension: %v", *r.events)
		}
		r.associate("AWS.AppConfig.DeploymentNotificationsToEventBridge")
		n := r.started("3", "AppConfig.AllAtOnce")
		time.Sleep(time.Minute)
		r.must(r.stop(n, false))
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := *r.events; len(got) != 2 || got[0].DetailType != "On Deployment Start" || got[1].DetailType != "On Deployment Rollback" || !strings.Contains(string(got[1].Detail), `"Type":"OnDeploymentRolledBack"`) {
			t.Errorf("with it: %v", got)
		}
	})
}
