package dynamodb

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// CreateTable makes a table. As on AWS the answer says CREATING; unlike there it is ACTIVE by the next call.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
func (s *Service) CreateTable(_ context.Context, in *awsdynamodb.CreateTableInput) (*awsdynamodb.CreateTableOutput, error) {
	if err := checkTableName(in.TableName); err != nil {
		return nil, err
	}
	t, err := define(in)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, exists := s.tables[t.name]; exists {
		return nil, inUse("Table already exists: %s", t.name)
	}
	t.arn, t.created, t.memory = s.tableARN(t.name), time.Now(), s.memory
	t.id = tableID(t)
	s.tables[t.name] = t
	return &awsdynamodb.CreateTableOutput{TableDescription: t.describe(types.TableStatusCreating)}, nil
}

// DescribeTable tells what CreateTable was told, and counts the items as they are now (AWS: every six hours).
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html
func (s *Service) DescribeTable(_ context.Context, in *awsdynamodb.DescribeTableInput) (*awsdynamodb.DescribeTableOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.named(in.TableName)
	if err != nil {
		return nil, err
	}
	return &awsdynamodb.DescribeTableOutput{Table: t.describe(types.TableStatusActive)}, nil
}

// named finds a table for the operations on tables, whose errors name it. The caller holds the lock.
func (s *Service) named(name *string) (*table, error) {
	if err := checkTableName(name); err != nil {
		return nil, err
	}
	t, err := s.table(*name)
	if err != nil {
		return nil, tableNamedMissing(tableName(*name))
	}
	return t, nil
}

// DeleteTable deletes a table that is not protected.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html
func (s *Service) DeleteTable(_ context.Context, in *awsdynamodb.DeleteTableInput) (*awsdynamodb.DeleteTableOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.named(in.TableName)
	if err != nil {
		return nil, err
	}
	if t.protected {
		return nil, invalid("Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.")
	}
	delete(s.tables, t.name)
	return &awsdynamodb.DeleteTableOutput{TableDescription: t.describe(types.TableStatusDeleting)}, nil
}

// UpdateTable changes deletion protection, which is what a stack must do before it can go. Other changes are refused.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
func (s *Service) UpdateTable(_ context.Context, in *awsdynamodb.UpdateTableInput) (*awsdynamodb.UpdateTableOutput, error) {
	err := unsupported("UpdateTable",
		member{"AttributeDefinitions", in.AttributeDefinitions != nil}, member{"BillingMode", in.BillingMode != ""},
		member{"GlobalSecondaryIndexUpdates", in.GlobalSecondaryIndexUpdates != nil}, member{"ReplicaUpdates", in.ReplicaUpdates != nil},
		member{"ProvisionedThroughput", in.ProvisionedThroughput != nil}, member{"SSESpecification", in.SSESpecification != nil},
		member{"StreamSpecification", in.StreamSpecification != nil}, member{"TableClass", in.TableClass != ""},
		member{"OnDemandThroughput", in.OnDemandThroughput != nil}, member{"WarmThroughput", in.WarmThroughput != nil})
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.named(in.TableName)
	if err != nil {
		return nil, err
	}
	if in.DeletionProtectionEnabled == nil {
		return nil, invalid("At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or " +
			"SSESpecification or ReplicaUpdates is required")
	}
	t.protected = *in.DeletionProtectionEnabled
	return &awsdynamodb.UpdateTableOutput{TableDescription: t.describe(types.TableStatusUpdating)}, nil
}

// ListTables lists the tables' names in order, a hundred a page unless Limit says less.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html
func (s *Service) ListTables(_ context.Context, in *awsdynamodb.ListTablesInput) (*awsdynamodb.ListTablesOutput, error) {
	limit := 100
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	if limit < 1 || limit > 100 {
		return nil, invalid("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: "+
			"Member must have value between 1 and 100", limit)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &awsdynamodb.ListTablesOutput{TableNames: []string{}}
	for _, name := range sortedKeys(s.tables) {
		if name <= aws.ToString(in.ExclusiveStartTableName) {
			continue
		}
		if len(out.TableNames) == limit {
			out.LastEvaluatedTableName = aws.String(out.TableNames[limit-1])
			break
		}
		out.TableNames = append(out.TableNames, name)
	}
	return out, nil
}
