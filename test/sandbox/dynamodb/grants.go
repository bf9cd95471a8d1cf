package dynamodb

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"sluice/test/sandbox/wire"
)

// scope says what IAM must allow for a call: the operation on the table, on the index for a query of one, and for a
// transaction the operation of every member; with the condition keys of the items that it is about.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
func (s *Service) scope(operation string, input any) []wire.Grant {
	switch in := input.(type) {
	case *awsdynamodb.QueryInput:
		return s.readGrant("dynamodb:Query", in.TableName, in.IndexName, s.queryKeys(in))
	case *awsdynamodb.ScanInput:
		return s.readGrant("dynamodb:Scan", in.TableName, in.IndexName, nil)
	case *awsdynamodb.TransactWriteItemsInput:
		var grants grants
		for _, member := range in.TransactItems {
			s.transactionGrant(&grants, member)
		}
		return grants
	case *awsdynamodb.TransactGetItemsInput:
		var grants grants
		for _, member := range in.TransactItems {
			if g := member.Get; g != nil {
				grants.add(s, "dynamodb:GetItem", g.TableName, keysOf(g.Key, g.ExpressionAttributeNames).projects(g.ProjectionExpression))
			}
		}
		return grants
	}
	if grants := s.batchGrants(input); grants != nil {
		return grants
	}
	return s.tableGrant(operation, input)
}

func (s *Service) tableGrant(operation string, input any) []wire.Grant {
	action := "dynamodb:" + operation
	if _, all := input.(*awsdynamodb.ListTablesInput); all {
		return []wire.Grant{{Action: action, Resource: "*"}}
	}
	var grants grants
	table, touched := tableOf(input)
	grants.add(s, action, table, touched)
	return grants
}

// tableOf is the TableName of the operations that work on one table, and what they do to an item of it.
func tableOf(input any) (*string, *touch) {
	switch in := input.(type) {
	case *awsdynamodb.GetItemInput:
		return in.TableName, keysOf(in.Key, in.ExpressionAttributeNames).projects(in.ProjectionExpression)
	case *awsdynamodb.PutItemInput:
		return in.TableName, whole(in.Item, in.ExpressionAttributeNames).when(in.ConditionExpression).returning(in.ReturnValues)
	case *awsdynamodb.UpdateItemInput:
		return in.TableName, keysOf(in.Key, in.ExpressionAttributeNames).changes(in.UpdateExpression).when(in.ConditionExpression).returning(in.ReturnValues)
	case *awsdynamodb.DeleteItemInput:
		return in.TableName, keysOf(in.Key, in.ExpressionAttributeNames).when(in.ConditionExpression).returning(in.ReturnValues)
	case *awsdynamodb.CreateTableInput:
		return in.TableName, nil
	case *awsdynamodb.DescribeTableInput:
		return in.TableName, nil
	case *awsdynamodb.DeleteTableInput:
		return in.TableName, nil
	case *awsdynamodb.UpdateTableInput:
		return in.TableName, nil
	case *awsdynamodb.UpdateTimeToLiveInput:
		return in.TableName, nil
	}
	return nil, nil
}

// grants are one line for each action on each table, with the keys of all the items that a call is about.
type grants []wire.Grant

func (g *grants) add(s *Service, action string, table *string, about *touch) {
	resource := s.tableARN(aws.ToString(table))
	for i, known := range *g {
		if known.Action == action && known.Resource == resource {
			about.into(known.Keys, s.hashOf(table, nil))
			(*g)[i] = known
			return
		}
	}
	grant := wire.Grant{Action: action, Resource: resource}
	if about != nil {
		grant.Keys = map[string][]string{}
		about.into(grant.Keys, s.hashOf(table, nil))
	}
	*g = append(*g, grant)
}

func (s *Service) readGrant(action string, name, indexName *string, keys map[string][]string) []wire.Grant {
	resource := s.tableARN(aws.ToString(name))
	if indexName != nil {
		resource += "/index/" + *indexName
	}
	return []wire.Grant{{Action: action, Resource: resource, Keys: keys}}
}

// batchGrants are those of a batch: one evaluation for each table, in which every item's key counts.
func (s *Service) batchGrants(input any) []wire.Grant {
	var grants grants
	switch in := input.(type) {
	case *awsdynamodb.BatchGetItemInput:
		for _, name := range sortedKeys(in.RequestItems) {
			grants.add(s, "dynamodb:BatchGetItem", &name, &touch{})
			for _, key := range in.RequestItems[name].Keys {
				grants.add(s, "dynamodb:BatchGetItem", &name, keysOf(key, in.RequestItems[name].ExpressionAttributeNames).projects(in.RequestItems[name].ProjectionExpression))
			}
		}
	case *awsdynamodb.BatchWriteItemInput:
		for _, name := range sortedKeys(in.RequestItems) {
			grants.add(s, "dynamodb:BatchWriteItem", &name, &touch{})
			for _, write := range in.RequestItems[name] {
				switch {
				case write.PutRequest != nil:
					grants.add(s, "dynamodb:BatchWriteItem", &name, whole(write.PutRequest.Item, nil))
				case write.DeleteRequest != nil:
					grants.add(s, "dynamodb:BatchWriteItem", &name, keysOf(write.DeleteRequest.Key, nil))
				}
			}
		}
	}
	return grants
}

func (s *Service) transactionGrant(grants *grants, m types.TransactWriteItem) {
	switch {
	case m.Put != nil:
		grants.add(s, "dynamodb:PutItem", m.Put.TableName, whole(m.Put.Item, m.Put.ExpressionAttributeNames).when(m.Put.ConditionExpression))
	case m.Update != nil:
		grants.add(s, "dynamodb:UpdateItem", m.Update.TableName, keysOf(m.Update.Key, m.Update.ExpressionAttributeNames).changes(m.Update.UpdateExpression).when(m.Update.ConditionExpression))
	case m.Delete != nil:
		grants.add(s, "dynamodb:DeleteItem", m.Delete.TableName, keysOf(m.Delete.Key, m.Delete.ExpressionAttributeNames).when(m.Delete.ConditionExpression))
	case m.ConditionCheck != nil:
		grants.add(s, "dynamodb:ConditionCheckItem", m.ConditionCheck.TableName, keysOf(m.ConditionCheck.Key, m.ConditionCheck.ExpressionAttributeNames).when(m.ConditionCheck.ConditionExpression))
	}
}
