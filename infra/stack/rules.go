package stack

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"sluice/events"
)

// A rule feeds one function. Its name is the function's, with a suffix when there are several.
type rule struct {
	name     string
	function string
	about    string
	ownBus   bool           // on Sluice's bus; otherwise on the default bus, which AWS services tell their events on
	pattern  events.Pattern // what is matched; the patterns that start something exclude Sluice's own events
	every    awscdk.Duration
	asleep   bool // disabled until a function enables it
}

// looks is the name of the schedule of looks, which is at work only while a release bakes.
const looks = "look"

func rules(machine string, t targets) []rule {
	all := []rule{
		{name: "trigger", function: "trigger", ownBus: true, pattern: events.ReleaseRequestPattern(), about: "Somebody asks for a release"},
		{name: "trigger-pushes", function: "trigger", ownBus: true, pattern: events.PushPattern(), about: "A commit was pushed, or an artifact published"},
		{name: "decide", function: "decide", ownBus: true, pattern: events.ControlRequestPattern(), about: "Somebody answers a release that is running"},
		{name: "notify", function: "notify", ownBus: true, pattern: events.NotifyPattern(), about: "A release began or ended: people want to know"},
		{name: "slack", function: "slack", ownBus: true, pattern: events.ProgressPattern(), about: "Something happened to a release: its message in Slack changes"},
		{name: "github", function: "github", ownBus: true, pattern: events.ProgressPattern(), about: "Something happened to a release: GitHub is told of its commit"},
		{name: "guard", function: "guard", pattern: events.AlarmPattern(), about: "An alarm went red, or lost its data"},
		{name: "sweep-executions", function: "sweep", pattern: events.ExecutionPattern(machine), about: "A release's execution died: somebody must finish it"},
		{name: "sweep-schedule", function: "sweep", every: awscdk.Duration_Minutes(jsii.Number(5)), about: "Looks after releases whose events never came"},
		{name: looks, function: "look", every: awscdk.Duration_Minutes(jsii.Number(1)), asleep: true, about: "Looks at releases while they bake; gate enables it, look puts it to rest"},
		{name: "source-codecommit", function: "source", pattern: events.CodeCommitPattern(), about: "A branch or a tag was made or moved"},
		{name: "source-ecr", function: "source", pattern: events.ECRPattern(), about: "An image was pushed"},
		{name: "source-codepipeline", function: "source", pattern: events.CodePipelinePattern(), about: "A pipeline or one of its stages succeeded"},
		{name: "source-lambda", function: "source", pattern: events.LambdaPublishedPattern(), about: "Somebody published a version"},
	}
	if projects := append(slices.Clone(t.projects), t.gates.projects...); len(projects) > 0 {
		all = append(all, rule{name: "progress", function: "progress", pattern: events.BuildPattern(sorted(projects)), about: "A build has ended: a release may wait for it"})
	}
	if len(t.gates.documents) > 0 {
		all = append(all, rule{name: "progress-automation", function: "progress", pattern: events.AutomationPattern(sorted(t.gates.documents)), about: "An execution of a document has ended: a release may wait for it"})
	}
	if len(t.objects) > 0 { // buckets may be busy: only those that something is released from
		all = append(all, rule{name: "source-s3", function: "source", pattern: events.S3Pattern(t.buckets()), about: "An object was written"})
	}
	return append(all, pipelineRules(t)...)
}

// newRules connects events to functions. EventBridge tries for an hour, then the event goes to the dead-letter queue,
// whose alarm tells people while the event still matters; AWS's default is to try for a day.
func newRules(h home, bus awsevents.EventBus, machine string, t targets, functions map[string]awslambda.Function, queues map[string]awssqs.Queue) {
	for _, r := range rules(machine, t) {
		newRule(h, r, bus).AddTarget(awseventstargets.NewLambdaFunction(functions[r.function], &awseventstargets.LambdaFunctionProps{
			DeadLetterQueue: queues[r.function],
			MaxEventAge:     awscdk.Duration_Hours(jsii.Number(1)),
			RetryAttempts:   jsii.Number(60),
		}))
	}
}

// newRule gives the pattern of package events to CloudFormation as it is: the construct would want it in its own types.
func newRule(h home, r rule, bus awsevents.EventBus) awsevents.Rule {
	props := &awsevents.RuleProps{RuleName: jsii.String(h.name(r.name)), Description: jsii.String(r.about)}
	props.Enabled = jsii.Bool(!r.asleep)
	if r.ownBus {
		props.EventBus = bus
	}
	if r.every != nil {
		props.Schedule = awsevents.Schedule_Rate(r.every)
		return awsevents.NewRule(h.stack, jsii.String(pascal(r.name)+"Rule"), props)
	}
	props.EventPattern = &awsevents.EventPattern{DetailType: jsii.Strings(r.name)} // replaced whole in the next line but one
	made := awsevents.NewRule(h.stack, jsii.String(pascal(r.name)+"Rule"), props)
	made.Node().DefaultChild().(awsevents.CfnRule).SetEventPattern(map[string]any(r.pattern))
	return made
}
