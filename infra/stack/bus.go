package stack

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"sluice/events"
)

// archiveDays is for how many days events can be looked up or replayed. It is more than the longest revert window (7 days),
// so that every event of a release that can still be taken back is there. Handlers ignore what a replay brings late.
const archiveDays = 14

// newBus makes Sluice's own bus, by which requests come in and on which releases are told, and its archive. There is no
// bus log: what is not delivered lies in a dead-letter queue, and what was delivered lies in the archive.
func newBus(h home) awsevents.EventBus {
	bus := awsevents.NewEventBus(h.stack, jsii.String("Bus"), &awsevents.EventBusProps{
		EventBusName: jsii.String(h.Name("")),
		Description:  jsii.String("Release requests in, release events out"),
	})
	bus.Archive(jsii.String("Archive"), &awsevents.BaseArchiveProps{
		ArchiveName:  jsii.String(h.Name("")),
		Description:  jsii.String("Every event on Sluice's bus"),
		EventPattern: &awsevents.EventPattern{Version: jsii.Strings("0")}, // every event has it: archive all
		Retention:    awscdk.Duration_Days(jsii.Number(archiveDays)),
	})
	return bus
}

// onlySluiceSpeaksAsSluice refuses everybody else's events that claim to be Sluice's own, whatever their own policies allow: those of people,
// of CI and of the functions that tell the bus nothing. The statement only denies; it lets nobody put anything on the bus.
func onlySluiceSpeaksAsSluice(w wiring, made map[string]awslambda.Function) {
	const tell = "events:PutEvents"
	var roles []*string
	for _, f := range w.functions {
		if slices.ContainsFunc(w.grants(f), func(g grant) bool { return slices.Contains(g.actions, tell) }) {
			roles = append(roles, made[f.name].Role().RoleArn())
		}
	}
	awsevents.NewCfnEventBusPolicy(w.stack, jsii.String("BusPolicy"), &awsevents.CfnEventBusPolicyProps{
		EventBusName: w.bus.EventBusName(), StatementId: jsii.String("OnlySluiceSpeaksAsSluice"),
		Statement: map[string]any{
			"Effect": "Deny", "Principal": "*", "Action": tell, "Resource": w.bus.EventBusArn(),
			"Condition": map[string]any{
				"ForAnyValue:StringEquals": map[string]any{"events:source": events.Source},
				"ArnNotEquals":             map[string]any{"aws:PrincipalArn": roles},
			},
		},
	})
}
