package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/jsii-runtime-go"
)

// archiveDays is how far back events can be looked up or replayed: longer than the longest revert window (7 days),
// so that every event of a release that can still be taken back is there. Handlers ignore what a replay brings late.
const archiveDays = 14

// newBus makes Sluice's own bus, which requests come in by and releases are told on, and its archive. There is no
// bus log: what is not delivered lies in a dead-letter queue, and what was delivered lies in the archive.
func newBus(h home) awsevents.EventBus {
	bus := awsevents.NewEventBus(h.stack, jsii.String("Bus"), &awsevents.EventBusProps{
		EventBusName: jsii.String(h.name("")),
		Description:  jsii.String("Release requests in, release events out"),
	})
	bus.Archive(jsii.String("Archive"), &awsevents.BaseArchiveProps{
		ArchiveName:  jsii.String(h.name("")),
		Description:  jsii.String("Every event on Sluice's bus"),
		EventPattern: &awsevents.EventPattern{Version: jsii.Strings("0")}, // every event has it: archive all
		Retention:    awscdk.Duration_Days(jsii.Number(archiveDays)),
	})
	return bus
}
