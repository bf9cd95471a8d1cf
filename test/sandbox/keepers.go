package sandbox

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/test/sandbox/cfn"
)

// Keepers are the types that stacks of CloudFormation can change. Which properties replace a resource stands as "Update requires" on the page of each
// type in https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/. How long a change takes is not documented.
func (s *Sandbox) Keepers() map[string]cfn.Keeper {
	create := s.creators()
	return map[string]cfn.Keeper{
		// aws-resource-lambda-alias.html
		"AWS::Lambda::Alias": {
			Create: create["AWS::Lambda::Alias"], Update: s.updateAlias, Delete: s.deleteAlias, Read: s.readAlias,
			Replaces: []string{"FunctionName", "Name"}, Takes: 10 * time.Second,
		},
		// aws-resource-ssm-parameter.html
		"AWS::SSM::Parameter": {
			Create: create["AWS::SSM::Parameter"], Update: s.updateParameter, Delete: s.deleteParameter, Read: s.readParameter,
			Named: "Name", Replaces: []string{"Name"}, Takes: 5 * time.Second,
		},
		// aws-resource-sqs-queue.html
		"AWS::SQS::Queue": {
			Create: create["AWS::SQS::Queue"], Update: s.updateQueue, Delete: s.deleteQueue, Read: s.readQueue,
			Named: "QueueName", Replaces: []string{"QueueName", "FifoQueue"}, Takes: time.Minute,
		},
		// aws-resource-dynamodb-table.html
		"AWS::DynamoDB::Table": {
			Create: create["AWS::DynamoDB::Table"], Update: s.updateTable, Delete: s.deleteTable,
			Named: "TableName", Replaces: []string{"TableName", "KeySchema", "LocalSecondaryIndexes"}, Perhaps: []string{"AttributeDefinitions"}, Takes: 30 * time.Second,
		},
	}
}

// alarmLevel is the state of an alarm by its name; empty when there is none.
func (s *Sandbox) alarmLevel(name string) string {
	out, err := s.CloudWatch.DescribeAlarms(context.Background(), &cloudwatch.DescribeAlarmsInput{
		AlarmNames: []string{name}, AlarmTypes: []cloudwatchtypes.AlarmType{cloudwatchtypes.AlarmTypeMetricAlarm, cloudwatchtypes.AlarmTypeCompositeAlarm},
	})
	switch {
	case err != nil:
		return ""
	case len(out.MetricAlarms) > 0:
		return string(out.MetricAlarms[0].StateValue)
	case len(out.CompositeAlarms) > 0:
		return string(out.CompositeAlarms[0].StateValue)
	}
	return ""
}

// aliasIn finds the alias that Ref answers the ARN of.
func aliasIn(ref string) (function, name *string) {
	parts := strings.Split(ref, ":")
	if len(parts) != 8 {
		return nil, nil
	}
	return &parts[6], &parts[7]
}

func (s *Sandbox) updateAlias(ctx context.Context, ref string, properties map[string]any) (map[string]string, error) {
	var p aliasProperties
	if err := cfn.Decode(properties, &p, nil); err != nil {
		return nil, err
	}
	if len(p.RoutingConfig.AdditionalVersionWeights) > 0 || p.ProvisionedConcurrencyConfig != nil {
		return nil, errors.New("sandbox: an alias with weights or provisioned concurrency is not updated by a stack")
	}
	function, name := aliasIn(ref)
	out, err := s.Lambda.UpdateAlias(ctx, &lambda.UpdateAliasInput{FunctionName: function, Name: name, FunctionVersion: &p.FunctionVersion, Description: &p.Description})
	if err != nil {
		return nil, err
	}
	return map[string]string{"AliasArn": *out.AliasArn}, nil
}

func (s *Sandbox) deleteAlias(ctx context.Context, ref string) error {
	function, name := aliasIn(ref)
	_, err := s.Lambda.DeleteAlias(ctx, &lambda.DeleteAliasInput{FunctionName: function, Name: name})
	return err
}

func (s *Sandbox) readAlias(ctx context.Context, ref string) (map[string]any, error) {
	function, name := aliasIn(ref)
	out, err := s.Lambda.GetAlias(ctx, &lambda.GetAliasInput{FunctionName: function, Name: name})
	if missing := new(lambdatypes.ResourceNotFoundException); errors.As(err, &missing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return map[string]any{"FunctionVersion": *out.FunctionVersion, "Name": *out.Name}, nil
}

func (s *Sandbox) updateParameter(ctx context.Context, ref string, properties map[string]any) (map[string]string, error) {
	var p parameterProperties
	if err := cfn.Decode(properties, &p, nil); err != nil {
		return nil, err
	}
	if _, err := s.SSM.GetParameter(ctx, &ssm.GetParameterInput{Name: &ref}); err != nil { // PutParameter would make it anew
		return nil, err
	}
	yes := true
	_, err := s.SSM.PutParameter(ctx, &ssm.PutParameterInput{Name: &ref, Value: &p.Value, Type: p.Type, Description: optional(p.Description), Overwrite: &yes})
	return map[string]string{"Type": string(p.Type), "Value": p.Value}, err
}

func (s *Sandbox) deleteParameter(ctx context.Context, ref string) error {
	_, err := s.SSM.DeleteParameter(ctx, &ssm.DeleteParameterInput{Name: &ref})
	return err
}

func (s *Sandbox) readParameter(ctx context.Context, ref string) (map[string]any, error) {
	out, err := s.SSM.GetParameter(ctx, &ssm.GetParameterInput{Name: &ref})
	if missing := new(ssmtypes.ParameterNotFound); errors.As(err, &missing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return map[string]any{"Name": ref, "Value": *out.Parameter.Value, "Type": string(out.Parameter.Type)}, nil
}

func (s *Sandbox) updateQueue(ctx context.Context, ref string, properties map[string]any) (map[string]string, error) {
	var p queueProperties
	if err := cfn.Decode(properties, &p, nil); err != nil {
		return nil, err
	}
	attributes, err := p.attributes()
	if err != nil {
		return nil, err
	}
	if _, err = s.SQS.SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{QueueUrl: &ref, Attributes: attributes}); err != nil {
		return nil, err
	}
	name := ref[strings.LastIndex(ref, "/")+1:]
	return map[string]string{"Arn": s.options.Home.ARN("sqs", name), "QueueName": name, "QueueUrl": ref}, nil
}

func (s *Sandbox) deleteQueue(ctx context.Context, ref string) error {
	_, err := s.SQS.DeleteQueue(ctx, &sqs.DeleteQueueInput{QueueUrl: &ref})
	return err
}

func (s *Sandbox) readQueue(ctx context.Context, ref string) (map[string]any, error) {
	out, err := s.SQS.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &ref, AttributeNames: []sqstypes.QueueAttributeName{sqstypes.QueueAttributeNameAll}})
	if missing := new(sqstypes.QueueDoesNotExist); errors.As(err, &missing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	actual := map[string]any{}
	for name, value := range out.Attributes {
		actual[name] = value
	}
	return actual, nil
}

func (s *Sandbox) updateTable(ctx context.Context, ref string, properties map[string]any) (map[string]string, error) {
	unread := maps.Clone(tableUnread)
	for _, name := range []string{"BillingMode", "AttributeDefinitions", "KeySchema"} {
		unread[name] = "it is as it was: a change of it replaces the table, or has no effect here"
	}
	var p tableProperties
	if err := cfn.Decode(properties, &p, unread); err != nil {
		return nil, err
	}
	if len(p.GlobalSecondaryIndexes)+len(p.LocalSecondaryIndexes) > 0 || p.StreamSpecification != nil {
		return nil, errors.New("sandbox: indexes and streams of a table are not updated by a stack")
	}
	if p.TimeToLiveSpecification != nil {
		if _, err := s.DynamoDB.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{TableName: &ref, TimeToLiveSpecification: p.TimeToLiveSpecification}); err != nil {
			return nil, err
		}
	}
	return map[string]string{"Arn": s.options.Home.ARN("dynamodb", "table/"+ref)}, nil
}

func (s *Sandbox) deleteTable(ctx context.Context, ref string) error {
	_, err := s.DynamoDB.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &ref})
	if missing := new(dynamodbtypes.ResourceNotFoundException); errors.As(err, &missing) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("deleting table %s: %w", ref, err)
	}
	return nil
}
