package sandbox

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/test/sandbox/cfn"
)

func (s *Sandbox) dataCreators() map[string]cfn.Creator {
	return map[string]cfn.Creator{
		"AWS::DynamoDB::Table": creator(tableUnread, s.createTable),
		"AWS::DynamoDB::GlobalTable": creator(map[string]string{
			"SSESpecification": notEncrypted, "WriteProvisionedThroughputSettings": notPaid,
			"WriteOnDemandThroughputSettings": notPaid, "Replicas": "there is one region here",
		}, s.createTable),
		"AWS::SSM::Parameter": creator(nil, s.createParameter),
	}
}

var tableUnread = map[string]string{
	"SSESpecification": notEncrypted, "Tags": nobodyAsks, "PointInTimeRecoverySpecification": alwaysInPlace,
	"DeletionProtectionEnabled": "the stack is never deleted", "TableClass": notPaid,
	"ContributorInsightsSpecification": "a picture for people", "ProvisionedThroughput": notPaid, "OnDemandThroughput": notPaid,
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
type tableProperties struct {
	TableName               string
	BillingMode             types.BillingMode
	AttributeDefinitions    []types.AttributeDefinition
	KeySchema               []types.KeySchemaElement
	GlobalSecondaryIndexes  []types.GlobalSecondaryIndex
	LocalSecondaryIndexes   []types.LocalSecondaryIndex
	StreamSpecification     *types.StreamSpecification
	TimeToLiveSpecification *types.TimeToLiveSpecification
}

func (s *Sandbox) createTable(ctx context.Context, id string, p tableProperties) (resource, error) {
	name := s.named(p.TableName, id)
	out, err := s.DynamoDB.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: p.AttributeDefinitions, KeySchema: p.KeySchema,
		GlobalSecondaryIndexes: p.GlobalSecondaryIndexes, LocalSecondaryIndexes: p.LocalSecondaryIndexes,
		StreamSpecification: p.StreamSpecification,
	})
	if err != nil {
		return resource{}, err
	}
	made := resource{name, map[string]string{"Arn": *out.TableDescription.TableArn}}
	if p.TimeToLiveSpecification != nil {
		_, err = s.DynamoDB.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
			TableName: &name, TimeToLiveSpecification: p.TimeToLiveSpecification,
		})
	}
	return made, err
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html
type parameterProperties struct {
	Name, Value, Description, AllowedPattern, DataType, Policies string
	Type                                                         ssmtypes.ParameterType
	Tier                                                         ssmtypes.ParameterTier
	Tags                                                         map[string]string
}

func (s *Sandbox) createParameter(ctx context.Context, id string, p parameterProperties) (resource, error) {
	name := s.named(p.Name, id)
	in := &ssm.PutParameterInput{
		Name: &name, Value: &p.Value, Type: p.Type, Tier: p.Tier, Description: optional(p.Description),
		AllowedPattern: optional(p.AllowedPattern), DataType: optional(p.DataType), Policies: optional(p.Policies),
	}
	for key, value := range p.Tags {
		in.Tags = append(in.Tags, ssmtypes.Tag{Key: &key, Value: &value})
	}
	_, err := s.SSM.PutParameter(ctx, in)
	return resource{name, map[string]string{"Type": string(p.Type), "Value": p.Value}}, err
}
