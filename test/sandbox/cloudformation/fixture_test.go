package cloudformation_test

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscfn "github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	awsssm "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"

	"sluice/test/sandbox"
	"sluice/test/sandbox/cloudformation"
	"sluice/test/sandbox/eventbridge"
)

const name = "shop"

// shop has a setting, and a table and a queue beside it.
const shop = `{
	"Parameters": {"Level": {"Type": "String", "Default": "info"}, "Key": {"Type": "String", "Default": "id"}, "Secret": {"Type": "String", "Default": "x", "NoEcho": true}},
	"Resources": {
		"Setting": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/shop/level", "Type": "String", "Value": {"Ref": "Level"}}},
		"Orders": {"Type": "AWS::DynamoDB::Table", "Properties": {"AttributeDefinitions": [{"AttributeName": {"Ref": "Key"}, "AttributeType": "S"}], "KeySchema": [{"AttributeName": {"Ref": "Key"}, "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}},
		"Where": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/shop/table", "Type": "String", "Value": {"Ref": "Orders"}}}
	}
}`

// a world is a sandbox with the stack shop.
type world struct {
	*testing.T
	*awscfn.Client
	box  *sandbox.Sandbox
	mu   sync.Mutex
	told []string // statuses that the default bus heard
}

func run(t *testing.T, story func(w *world)) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{T: t}
		box, err := sandbox.Boot(t.Context(), sandbox.Options{Parts: cloudformation.Parts(), Heard: func(_ string, e eventbridge.Event, _ int) {
			w.mu.Lock()
			defer w.mu.Unlock()
			if e.Source == "aws.cloudformation" {
				w.told = append(w.told, string(e.Detail))
			}
		}})
		w.must(err)
		defer box.Close()
		w.box, w.Client = box, awscfn.NewFromConfig(box.Config(""))
		_, err = w.CreateStack(t.Context(), &awscfn.CreateStackInput{StackName: aws.String(name), TemplateBody: aws.String(shop)})
		w.must(err)
		time.Sleep(2 * time.Minute)
		w.is(types.StackStatusCreateComplete)
		story(w)
	})
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) stack() types.Stack {
	w.Helper()
	out, err := w.DescribeStacks(w.Context(), &awscfn.DescribeStacksInput{StackName: aws.String(name)})
	w.must(err)
	return out.Stacks[0]
}

func (w *world) is(status types.StackStatus) {
	w.Helper()
	if st := w.stack(); st.StackStatus != status {
		w.Errorf("the stack is %s (%s), want %s", st.StackStatus, aws.ToString(st.StackStatusReason), status)
	}
}

// value is what a parameter of Systems Manager really holds; empty when there is none.
func (w *world) value(name string) string {
	out, err := awsssm.NewFromConfig(w.box.Config("")).GetParameter(w.Context(), &awsssm.GetParameterInput{Name: &name})
	if err != nil {
		return ""
	}
	return *out.Parameter.Value
}

// set makes a change set of the template with parameters, and waits until it is made.
func (w *world) set(set string, triggers *types.RollbackConfiguration, parameters ...string) *awscfn.DescribeChangeSetOutput {
	w.Helper()
	_, err := w.CreateChangeSet(w.Context(), &awscfn.CreateChangeSetInput{StackName: aws.String(name), ChangeSetName: &set, ClientToken: &set, TemplateBody: aws.String(shop), Parameters: given(parameters), RollbackConfiguration: triggers})
	w.must(err)
	time.Sleep(10 * time.Second)
	out, err := w.DescribeChangeSet(w.Context(), &awscfn.DescribeChangeSetInput{StackName: aws.String(name), ChangeSetName: &set})
	w.must(err)
	return out
}

func given(pairs []string) (all []types.Parameter) {
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, types.Parameter{ParameterKey: &pairs[i], ParameterValue: &pairs[i+1]})
	}
	return all
}

func (w *world) execute(set string) {
	w.Helper()
	_, err := w.ExecuteChangeSet(w.Context(), &awscfn.ExecuteChangeSetInput{StackName: aws.String(name), ChangeSetName: &set, ClientRequestToken: aws.String("token-" + set)})
	w.must(err)
}

// update is somebody's hand.
func (w *world) update(parameters ...string) error {
	_, err := w.UpdateStack(w.Context(), &awscfn.UpdateStackInput{StackName: aws.String(name), UsePreviousTemplate: aws.Bool(true), Parameters: given(parameters)})
	return err
}

// refuses fails unless an error has this code.
func (w *world) refuses(code string, err error) {
	w.Helper()
	if api := smithy.APIError(nil); !errors.As(err, &api) || api.ErrorCode() != code {
		w.Errorf("the answer is %v, want %s", err, code)
	}
}

func (w *world) alarm(value cloudwatchtypes.StateValue) {
	w.Helper()
	client := cloudwatch.NewFromConfig(w.box.Config(""))
	_, err := client.PutMetricAlarm(w.Context(), &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String("errors"), Namespace: aws.String("Shop"), MetricName: aws.String("Errors"), Statistic: cloudwatchtypes.StatisticSum, Period: aws.Int32(86400),
		EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(3), ComparisonOperator: cloudwatchtypes.ComparisonOperatorGreaterThanThreshold, TreatMissingData: aws.String("ignore"),
	})
	w.must(err)
	_, err = client.SetAlarmState(w.Context(), &cloudwatch.SetAlarmStateInput{AlarmName: aws.String("errors"), StateValue: value, StateReason: aws.String("a test")})
	w.must(err)
}

func guarded(minutes int32) *types.RollbackConfiguration {
	return &types.RollbackConfiguration{MonitoringTimeInMinutes: &minutes, RollbackTriggers: []types.RollbackTrigger{
		{Arn: aws.String("arn:aws:cloudwatch:us-east-1:123456789012:alarm:errors"), Type: aws.String("AWS::CloudWatch::Alarm")},
	}}
}
