package definition

import (
	"strings"

	"sluice/shared/kind"
)

// samples are a target of each kind, as a definition in JSON names it; checkout stands for the service. Documentation shows them, golden templates
// are made with them, and stories are told on them.
var samples = map[kind.ID]string{
	kind.LambdaAliasID:  `{"lambdaAlias":{"function":"checkout","alias":"live"}}`,
	kind.ALBRuleID:      `{"albRule":{"rule":"arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/shop/fc5fb473f7974b20/a783e3dbe43c5289/2135c30b7bea3c8f","blue":{"targetGroup":"arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/checkout-blue/6053b0f8cc4c35d0","ecs":{"cluster":"shop","service":"checkout-blue"}},"green":{"targetGroup":"arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/checkout-green/5e49956bfc8fc50c","ecs":{"cluster":"shop","service":"checkout-green"}},"images":{"repository":"acme/checkout","family":"checkout","roles":["arn:aws:iam::123456789012:role/checkout-task"]},"whenIdle":"scaleToZero"}}`,
	kind.MemoryID:       `{"memory":{"name":"checkout"}}`,
	kind.FleetID:        `{"fleet":{"name":"checkout"}}`,
	kind.DistributionID: `{"distribution":{"primary":"E1PRIMARY00001","staging":"E2STAGING00001","draft":"E3DRAFT0000001","previous":"E4PREVIOUS0001","policy":"1a2b3c4d-0000-4000-9000-000000000001"}}`,
	kind.KeyValueStoreID: `{"keyValueStore":{"distribution":"E1EDGE00000001","function":"checkout-split","store":"arn:aws:cloudfront::123456789012:key-value-store/1a2b3c4d-0000-4000-9000-000000000002","pools":{"blue":"checkout-blue","green":"checkout-green"},` +
		samplePools + `}}`,
	kind.ConfigurationID: `{"configuration":{"application":"shop001","environment":"prod001","profile":"cart001","strategy":"growth1","back":"atonce1",` +
		`"metrics":{"requests":{"namespace":"checkout","name":"Requests"},"errors":{"namespace":"checkout","name":"Errors"},"duration":{"namespace":"checkout","name":"Duration"}}}}`,
	kind.FeatureFlagID: `{"featureFlag":{"application":"shop001","environment":"prod001","profile":"flags01","flag":"checkout","by":"userId","strategy":"atonce1",` +
		`"metrics":{"requests":{"namespace":"checkout","name":"Requests"},"errors":{"namespace":"checkout","name":"Errors"},"duration":{"namespace":"checkout","name":"Duration"},"variantDimension":"Variant"}}}`,
	kind.ECSServiceID: `{"ecsService":{"cluster":"shop","service":"checkout","loadBalancer":{"rule":"arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/shop/fc5fb473f7974b20/a783e3dbe43c5289/2135c30b7bea3c8f","targetGroup":"arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/checkout-blue/6053b0f8cc4c35d0","alternate":"arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/checkout-green/5e49956bfc8fc50c"},"images":{"repository":"acme/checkout","family":"checkout","roles":["arn:aws:iam::123456789012:role/checkout-task"]}}}`,
	kind.APIStageID:   `{"apiStage":{"api":"a1b2c3d4e5","stage":"checkout","accessLog":"/apis/checkout"}}`,
	kind.StackID: `{"stack":{"name":"checkout","templates":"s3://acme-templates/checkout","role":"arn:aws:iam::123456789012:role/checkout-cloudformation",` +
		`"metrics":{"requests":{"namespace":"AWS/Lambda","name":"Invocations","dimensions":{"FunctionName":"checkout","Resource":"checkout:front"}},"errors":{"namespace":"AWS/Lambda","name":"Errors","dimensions":{"FunctionName":"checkout","Resource":"checkout:front"}}}}}`,
	kind.RecordSetID: `{"recordSet":{"zone":"Z0000000000001","records":[{"name":"checkout.example.com","type":"A","to":{"blue":{"value":"192.0.2.10"},"green":{"value":"192.0.2.20"}}}],` +
		samplePools + `}}`,
}

// samplePools are metrics of two pools.
const samplePools = `"metrics":{"blue":{"requests":{"namespace":"checkout","name":"Requests","dimensions":{"Pool":"blue"}},"errors":{"namespace":"checkout","name":"Errors","dimensions":{"Pool":"blue"}},"duration":{"namespace":"checkout","name":"Duration","dimensions":{"Pool":"blue"}}},` +
	`"green":{"requests":{"namespace":"checkout","name":"Requests","dimensions":{"Pool":"green"}},"errors":{"namespace":"checkout","name":"Errors","dimensions":{"Pool":"green"}},"duration":{"namespace":"checkout","name":"Duration","dimensions":{"Pool":"green"}}}}`

// Sample is a target of a kind for a service, in JSON; empty for a kind that there is not.
func Sample(id kind.ID, service string) string {
	return strings.ReplaceAll(samples[id], "checkout", service)
}
