package dynamodb

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A definition is what CreateTable was told and DescribeTable repeats.
type definition struct {
	attributes []types.AttributeDefinition
	billing    types.BillingMode
	throughput *types.ProvisionedThroughput
	onDemand   *types.OnDemandThroughput
	class      types.TableClass
	encryption *types.SSESpecification
}

// define checks a CreateTable request and makes its empty table.
func define(in *awsdynamodb.CreateTableInput) (*table, error) {
	if err := refuseUnknownDefinition(in); err != nil {
		return nil, err
	}
	if err := checkBilling(in); err != nil {
		return nil, err
	}
	d := definition{
		attributes: slices.Clone(in.AttributeDefinitions), billing: in.BillingMode, throughput: in.ProvisionedThroughput,
		onDemand: in.OnDemandThroughput, class: in.TableClass, encryption: in.SSESpecification,
	}
	schema, err := d.schema(in.KeySchema)
	if err != nil {
		return nil, err
	}
	t := &table{
		name: tableName(*in.TableName), definedBy: d, primary: newIndex(schema), protected: aws.ToBool(in.DeletionProtectionEnabled),
	}
	for _, g := range in.GlobalSecondaryIndexes {
		s, err := d.secondary(in, g)
		if err != nil {
			return nil, err
		}
		t.secondary = append(t.secondary, s)
	}
	return t, t.checkDefinition()
}

func refuseUnknownDefinition(in *awsdynamodb.CreateTableInput) error {
	return unsupported("CreateTable",
		member{"LocalSecondaryIndexes", len(in.LocalSecondaryIndexes) > 0},
		member{"StreamSpecification", in.StreamSpecification != nil && aws.ToBool(in.StreamSpecification.StreamEnabled)},
		member{"ResourcePolicy", in.ResourcePolicy != nil},
		member{"VectorIndexes", len(in.VectorIndexes) > 0},
		member{"GlobalTableSourceArn", in.GlobalTableSourceArn != nil})
}

func checkBilling(in *awsdynamodb.CreateTableInput) error {
	onDemand := in.BillingMode == types.BillingModePayPerRequest
	switch {
	case onDemand && in.ProvisionedThroughput != nil:
		return invalidParameter("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
	case !onDemand && in.ProvisionedThroughput == nil:
		return invalidParameter("ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED")
	}
	return nil
}

// schema reads a key schema: one HASH and at most one RANGE key, in this order.
func (d definition) schema(elements []types.KeySchemaElement) (keySchema, error) {
	if len(elements) == 0 || len(elements) > 2 {
		return keySchema{}, invalid("the sandbox wants a KeySchema of one HASH key and at most one RANGE key, got %d elements", len(elements))
	}
	var k keySchema
	for i, e := range elements {
		a, err := d.keyAttribute(e)
		if err != nil {
			return k, err
		}
		switch {
		case i == 0 && e.KeyType != types.KeyTypeHash:
			return k, invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
		case i == 1 && e.KeyType != types.KeyTypeRange:
			return k, invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
		case i == 1 && a.name == k.hash.name:
			return k, invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name")
		case i == 0:
			k.hash = a
		default:
			k.sort = a
		}
	}
	return k, nil
}

// keyAttribute finds the definition of an attribute that a key names.
func (d definition) keyAttribute(e types.KeySchemaElement) (keyAttribute, error) {
	name := aws.ToString(e.AttributeName)
	for _, a := range d.attributes {
		if aws.ToString(a.AttributeName) != name {
			continue
		}
		if !slices.Contains(a.AttributeType.Values(), a.AttributeType) {
			return keyAttribute{}, invalid("1 validation error detected: Value '%s' at 'attributeDefinitions.attributeType' failed to satisfy "+
				"constraint: Member must satisfy enum value set: [B, N, S]", a.AttributeType)
		}
		return keyAttribute{name, string(a.AttributeType)}, nil
	}
	return keyAttribute{}, invalidParameter("Some index key attributes are not defined in AttributeDefinitions. Keys: [%s], AttributeDefinitions: [%s]",
		name, strings.Join(d.names(), ", "))
}

func (d definition) names() []string {
	names := make([]string, len(d.attributes))
	for i, a := range d.attributes {
		names[i] = aws.ToString(a.AttributeName)
	}
	return names
}

func (d definition) secondary(in *awsdynamodb.CreateTableInput, g types.GlobalSecondaryIndex) (*secondary, error) {
	name := aws.ToString(g.IndexName)
	if len(name) < 3 || len(name) > 255 || spanOf(name, isTableNamePart) != len(name) {
		return nil, invalid("Value '%s' at 'globalSecondaryIndexes.indexName' failed to satisfy constraint: "+
			"3 to 255 characters of the pattern [a-zA-Z0-9_.-]+", name)
	}
	schema, err := d.schema(g.KeySchema)
	if err != nil {
		return nil, err
	}
	if err := checkProjection(g.Projection); err != nil {
		return nil, err
	}
	if in.BillingMode == types.BillingModePayPerRequest && g.ProvisionedThroughput != nil {
		return nil, invalidParameter("ProvisionedThroughput should not be specified for index: %s when BillingMode is PAY_PER_REQUEST", name)
	}
	projection := types.Projection{ProjectionType: g.Projection.ProjectionType, NonKeyAttributes: slices.Clone(g.Projection.NonKeyAttributes)}
	return &secondary{index: newIndex(schema), name: name, projection: projection, throughput: g.ProvisionedThroughput}, nil
}

func checkProjection(p *types.Projection) error {
	if p == nil {
		return invalidParameter("Projection of a GlobalSecondaryIndex is missing")
	}
	switch p.ProjectionType {
	case types.ProjectionTypeAll, types.ProjectionTypeKeysOnly:
		if len(p.NonKeyAttributes) > 0 {
			return invalidParameter("ProjectionType is %s, but NonKeyAttributes is specified", p.ProjectionType)
		}
		return nil
	case types.ProjectionTypeInclude:
		if len(p.NonKeyAttributes) == 0 {
			return invalidParameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
		}
		return nil
	}
	return invalidParameter("Unknown ProjectionType: %s", p.ProjectionType)
}

// checkDefinition looks at what only shows in the whole: unused attributes and indexes of the same name.
func (t *table) checkDefinition() error {
	used := map[string]bool{}
	for _, a := range t.schema().attributes() {
		used[a.name] = true
	}
	seen := map[string]bool{}
	for _, s := range t.secondary {
		if seen[s.name] {
			return invalidParameter("Duplicate index name: %s", s.name)
		}
		seen[s.name] = true
		for _, a := range s.attributes() {
			used[a.name] = true
		}
	}
	if names := t.definedBy.names(); len(names) != len(used) {
		return invalidParameter("Some AttributeDefinitions are not used. AttributeDefinitions: [%s], keys used: [%s]",
			strings.Join(names, ", "), strings.Join(sortedKeys(used), ", "))
	}
	if len(t.secondary) > 20 {
		return invalidParameter("GlobalSecondaryIndex count exceeds the per-table limit of 20")
	}
	return nil
}
