package stack

import (
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"sluice/shared/rollout"
)

// aliasFor is the name under which a speaker invokes decide.
func aliasFor(h home, speaker string) string { return h.Name("decide") + ":" + speaker }

// newSpeakers makes an alias of decide for each function that hands words to it. All aliases name the code that is there now: an alias
// may name $LATEST as long as it names nothing else (https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html).
// What is sent through an alias follows the alias's own settings and not the function's
// (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html); the dead-letter queue is that of the code.
// A speaker is updated only when its alias exists.
func newSpeakers(h home, made map[string]awslambda.Function) {
	for _, speaker := range slices.Sorted(maps.Keys(rollout.Speakers)) {
		alias := awslambda.NewCfnAlias(h.stack, jsii.String("DecideFor"+title(speaker)), &awslambda.CfnAliasProps{
			FunctionName: made["decide"].FunctionName(), FunctionVersion: jsii.String("$LATEST"), Name: jsii.String(speaker),
			Description: jsii.String("What " + h.Name(speaker) + " hands over"),
		})
		awslambda.NewCfnEventInvokeConfig(h.stack, jsii.String("DecideFor"+title(speaker)+"Tries"), &awslambda.CfnEventInvokeConfigProps{
			FunctionName: made["decide"].FunctionName(), Qualifier: jsii.String(speaker),
			MaximumRetryAttempts: jsii.Number(eventTries - 1), MaximumEventAgeInSeconds: jsii.Number(eventSeconds),
		}).AddResourceDependency(alias, nil)
		made[speaker].Node().AddDependency(alias)
	}
}
