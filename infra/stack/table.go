package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/jsii-runtime-go"
)

// openReleases is the index that sweep reads. Only releases that have not ended carry its keys.
const openReleases = "open-releases"

// releasesOfService is the index by which the console lists releases. It holds what a list shows, and no audit trails.
const releasesOfService = "releases-of-service"

// newTable makes the one table: releases, leases, evidence and audit. It is encrypted with the account's key for
// DynamoDB. CloudTrail records the use of that key, and the key costs nothing while nothing happens.
func newTable(h home) awsdynamodb.Table {
	table := awsdynamodb.NewTable(h.stack, jsii.String("Table"), &awsdynamodb.TableProps{
		TableName:           jsii.String(h.Name("")),
		PartitionKey:        text("pk"),
		SortKey:             text("sk"),
		TimeToLiveAttribute: jsii.String("ttl"),
		BillingMode:         awsdynamodb.BillingMode_PAY_PER_REQUEST,
		Encryption:          awsdynamodb.TableEncryption_AWS_MANAGED,
		DeletionProtection:  jsii.Bool(h.env.Production()),
		RemovalPolicy:       h.removal(),
		PointInTimeRecoverySpecification: &awsdynamodb.PointInTimeRecoverySpecification{
			PointInTimeRecoveryEnabled: jsii.Bool(true),
		},
	})
	table.AddGlobalSecondaryIndex(&awsdynamodb.GlobalSecondaryIndexProps{
		IndexName:      jsii.String(openReleases),
		PartitionKey:   text("open"),
		SortKey:        text("created"),
		ProjectionType: awsdynamodb.ProjectionType_ALL,
	})
	table.AddGlobalSecondaryIndex(&awsdynamodb.GlobalSecondaryIndexProps{
		IndexName:        jsii.String(releasesOfService),
		PartitionKey:     text("service"),
		SortKey:          text("created"),
		ProjectionType:   awsdynamodb.ProjectionType_INCLUDE,
		NonKeyAttributes: jsii.Strings("id", "revision", "state", "step", "steps", "stable", "started", "bakeUntil", "end", "ended", "reverted", "by", "asked", "cause", "rejection"),
	})
	return table
}

func text(name string) *awsdynamodb.Attribute {
	return &awsdynamodb.Attribute{Name: jsii.String(name), Type: awsdynamodb.AttributeType_STRING}
}
