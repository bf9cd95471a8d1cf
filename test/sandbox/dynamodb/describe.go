package dynamodb

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func (t *table) describe(status types.TableStatus) *types.TableDescription {
	d := t.definedBy
	out := &types.TableDescription{
		TableName:                 aws.String(t.name),
		TableArn:                  aws.String(t.arn),
		TableId:                   aws.String(t.id),
		TableStatus:               status,
		CreationDateTime:          aws.Time(t.created),
		KeySchema:                 t.schema().elements(),
		AttributeDefinitions:      slices.Clone(d.attributes),
		DeletionProtectionEnabled: aws.Bool(t.protected),
		ItemCount:                 aws.Int64(int64(t.count)),
		TableSizeBytes:            aws.Int64(int64(t.bytes)),
		ProvisionedThroughput:     describeThroughput(d.throughput),
		OnDemandThroughput:        d.onDemand,
		SSEDescription:            describeEncryption(d.encryption),
	}
	if d.billing == types.BillingModePayPerRequest {
		out.BillingModeSummary = &types.BillingModeSummary{BillingMode: d.billing, LastUpdateToPayPerRequestDateTime: aws.Time(t.created)}
	}
	if d.class != "" {
		out.TableClassSummary = &types.TableClassSummary{TableClass: d.class}
	}
	for _, s := range t.secondary {
		out.GlobalSecondaryIndexes = append(out.GlobalSecondaryIndexes, s.describe(t, status))
	}
	return out
}

func (s *secondary) describe(t *table, status types.TableStatus) types.GlobalSecondaryIndexDescription {
	count := 0
	for _, p := range s.order {
		count += len(p.entries)
	}
	return types.GlobalSecondaryIndexDescription{
		IndexName:             aws.String(s.name),
		IndexArn:              aws.String(t.arn + "/index/" + s.name),
		IndexStatus:           types.IndexStatus(status),
		KeySchema:             s.elements(),
		Projection:            &types.Projection{ProjectionType: s.projection.ProjectionType, NonKeyAttributes: slices.Clone(s.projection.NonKeyAttributes)},
		ItemCount:             aws.Int64(int64(count)),
		ProvisionedThroughput: describeThroughput(s.throughput),
	}
}

func (k keySchema) elements() []types.KeySchemaElement {
	out := []types.KeySchemaElement{{AttributeName: aws.String(k.hash.name), KeyType: types.KeyTypeHash}}
	if k.sort.name != "" {
		out = append(out, types.KeySchemaElement{AttributeName: aws.String(k.sort.name), KeyType: types.KeyTypeRange})
	}
	return out
}

// describeThroughput is 0 and 0 for tables that are billed by request.
func describeThroughput(p *types.ProvisionedThroughput) *types.ProvisionedThroughputDescription {
	out := &types.ProvisionedThroughputDescription{
		ReadCapacityUnits: aws.Int64(0), WriteCapacityUnits: aws.Int64(0), NumberOfDecreasesToday: aws.Int64(0),
	}
	if p != nil {
		out.ReadCapacityUnits, out.WriteCapacityUnits = p.ReadCapacityUnits, p.WriteCapacityUnits
	}
	return out
}

// describeEncryption is nil for the key that AWS owns and nobody sees.
func describeEncryption(e *types.SSESpecification) *types.SSEDescription {
	if e == nil || !aws.ToBool(e.Enabled) {
		return nil
	}
	return &types.SSEDescription{Status: types.SSEStatusEnabled, SSEType: types.SSETypeKms, KMSMasterKeyArn: e.KMSMasterKeyId}
}

// tableID looks like a UUID and is another one for a table that is made again.
func tableID(t *table) string {
	sum := sha256.Sum256([]byte(t.arn + t.created.String()))
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
