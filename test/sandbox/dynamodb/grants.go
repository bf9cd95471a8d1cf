package dynamodb

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"sluice/test/sandbox/wire"
)

// scope says what IAM must allow for a call: the operation on the table, on the index for a query of one, and for a
// transaction the operation of every member.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
func (s *Service) scope(operation string, input any) []wire.Grant {
	switch in := input.(type) {
	case *awsdynamodb.QueryInput:
		return s.readGrant("dynamodb:Query", in.TableName, in.IndexName)
	case *awsdynamodb.ScanInput:
		return s.readGrant("dynamodb:Scan", in.TableName, in.IndexName)
	case *awsdynamodb.BatchGetItemInput:
		return batchGrants(s, "dynamodb:BatchGetItem", in.RequestItems)
	case *awsdynamodb.BatchWriteItemInput:
		return batchGrants(s, "dynamodb:BatchWriteItem", in.RequestItems)
	case *awsdynamodb.TransactWriteItemsInput:
		return s.transactionGrants(in.TransactItems)
	case *awsdynamodb.TransactGetItemsInput:
		var tables []*string
		for _, member := range in.TransactItems {
			if member.Get != nil {
				tables = append(tables, member.Get.TableName)
			}
		}
		return s.grants("dynamodb:GetItem", tables...)
	}
	return s.tableGrant(operation, input)
}

func (s *Service) tableGrant(operation string, input any) []wire.Grant {
	action := "dynamodb:" + operation
	switch in := input.(type) {
	case *awsdynamodb.ListTablesInput:
		return []wire.Grant{{Action: action, Resource: "*"}}
	case *awsdynamodb.TagResourceInput:
		return []wire.Grant{{Action: action, Resource: aws.ToString(in.ResourceArn)}}
	case *awsdynamodb.UntagResourceInput:
		return []wire.Grant{{Action: action, Resource: aws.ToString(in.ResourceArn)}}
	case *awsdynamodb.ListTagsOfResourceInput:
		return []wire.Grant{{Action: action, Resource: aws.ToString(in.ResourceArn)}}
	}
	return s.grants(action, tableOf(input))
}

// tableOf is the TableName of the operations that work on one table.
func tableOf(input any) *string {
	switch in := input.(type) {
	case *awsdynamodb.GetItemInput:
		return in.TableName
	case *awsdynamodb.PutItemInput:
		return in.TableName
	case *awsdynamodb.UpdateItemInput:
		return in.TableName
	case *awsdynamodb.DeleteItemInput:
		return in.TableName
	case *awsdynamodb.CreateTableInput:
		return in.TableName
	case *awsdynamodb.DescribeTableInput:
		return in.TableName
	case *awsdynamodb.DeleteTableInput:
		return in.TableName
	case *awsdynamodb.UpdateTableInput:
		return in.TableName
	case *awsdynamodb.UpdateTimeToLiveInput:
		return in.TableName
	case *awsdynamodb.DescribeTimeToLiveInput:
		return in.TableName
	case *awsdynamodb.UpdateContinuousBackupsInput:
		return in.TableName
	case *awsdynamodb.DescribeContinuousBackupsInput:
		return in.TableName
	}
	return nil
}

// grants is one action on several tables, each named once.
func (s *Service) grants(action string, tables ...*string) []wire.Grant {
	var grants []wire.Grant
	for _, name := range tables {
		grants = addGrant(grants, wire.Grant{Action: action, Resource: s.tableARN(aws.ToString(name))})
	}
	return grants
}

func addGrant(grants []wire.Grant, grant wire.Grant) []wire.Grant {
	for _, known := range grants {
		if known == grant {
			return grants
		}
	}
	return append(grants, grant)
}

func (s *Service) readGrant(action string, name, indexName *string) []wire.Grant {
	resource := s.tableARN(aws.ToString(name))
	if indexName != nil {
		resource += "/index/" + *indexName
	}
	return []wire.Grant{{Action: action, Resource: resource}}
}

func batchGrants[V any](s *Service, action string, requests map[string]V) []wire.Grant {
	var tables []*string
	for _, name := range sortedKeys(requests) {
		tables = append(tables, &name)
	}
	return s.grants(action, tables...)
}

func (s *Service) transactionGrants(members []types.TransactWriteItem) []wire.Grant {
	var grants []wire.Grant
	add := func(action string, name *string) {
		grants = addGrant(grants, wire.Grant{Action: action, Resource: s.tableARN(aws.ToString(name))})
	}
	for _, m := range members {
		switch {
		case m.Put != nil:
			add("dynamodb:PutItem", m.Put.TableName)
		case m.Update != nil:
			add("dynamodb:UpdateItem", m.Update.TableName)
		case m.Delete != nil:
			add("dynamodb:DeleteItem", m.Delete.TableName)
		case m.ConditionCheck != nil:
			add("dynamodb:ConditionCheckItem", m.ConditionCheck.TableName)
		}
	}
	return grants
}
