package stack

import (
	"encoding/json"
	"fmt"
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
	sleeps   bool // functions enable and disable it: its state is none of the template's
	after    bool // takes on what the rule before it in the list has no room for
}

// patternSize is how many characters an event pattern may have
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html).
const patternSize = 2048

// naming makes a rule for names that definitions give, or several where one pattern has no room for all; none for no names.
func naming(r rule, names []string, pattern func([]string) events.Pattern) (all []rule) {
	names = sorted(names)
	for first := r.name; len(names) > 0; {
		n := 1
		for n < len(names) && patternLength(pattern(names[:n+1])) <= patternSize {
			n++
		}
		r.pattern, names = pattern(names[:n]), names[n:]
		all = append(all, r)
		r.name, r.after = fmt.Sprintf("%s-%d", first, len(all)+1), true
	}
	return all
}

func patternLength(p events.Pattern) int {
	text, _ := json.Marshal(p) // of texts it cannot fail
	return len(text)
}

// watch is the name of the schedule that is at work only while something is held or armed.
const watch = "watch"

func rules(machine string, t targets) []rule {
	all := []rule{
		{name: "trigger", function: "trigger", ownBus: true, pattern: events.ReleaseRequestPattern(), about: "Somebody asks for a release"},
		{name: "trigger-pushes", function: "trigger", ownBus: true, pattern: events.PushPattern(), about: "A commit was pushed, or an artifact published"},
		{name: "decide", function: "decide", ownBus: true, pattern: events.ControlRequestPattern(), about: "Somebody answers a release that is running"},
		{name: "notify", function: "notify", ownBus: true, pattern: events.NotifyPattern(), about: "A release began or ended: people want to know"},
		{name: "slack", function: "slack", ownBus: true, pattern: events.ProgressPattern(), about: "Something happened to a release: its message in Slack changes"},
		{name: "github", function: "github", ownBus: true, pattern: events.GitHubPattern(), about: "Something happened to a release of a commit of GitHub: GitHub is told"},
		{name: "guard", function: "guard", pattern: events.AlarmPattern(), about: "An alarm went red, or lost its data"},
		{name: "sweep-executions", function: "sweep", pattern: events.ExecutionPattern(machine), about: "A release's execution died: somebody must finish it"},
		{name: "sweep-schedule", function: "sweep", every: awscdk.Duration_Minutes(jsii.Number(5)), about: "Looks after releases whose events never came"},
		{name: watch, function: "watch", every: awscdk.Duration_Minutes(jsii.Number(1)), sleeps: true, about: "Looks after what is held or armed; gate enables it, watch puts it to rest"},
		{name: "source-codecommit", function: "source", pattern: events.CodeCommitPattern(), about: "A branch or a tag was made or moved"},
		{name: "source-ecr", function: "source", pattern: events.ECRPattern(), about: "An image was pushed"},
		{name: "source-codepipeline", function: "source", pattern: events.CodePipelinePattern(), about: "A pipeline or one of its stages succeeded"},
		{name: "source-lambda", function: "source", pattern: events.LambdaPublishedPattern(), about: "Somebody published a version"},
	}
	return slices.Concat(all,
		naming(rule{name: "progress", function: "progress", about: "A build has ended: a release may wait for it"}, slices.Concat(t.projects, t.gates.projects), events.BuildPattern),
		naming(rule{name: "progress-automation", function: "progress", about: "An execution of a document has ended: a release may wait for it"}, t.gates.documents, events.AutomationPattern),
		// Buckets may be busy: only those that something is released from.
		naming(rule{name: "source-s3", function: "source", about: "An object was written"}, t.buckets(), events.S3Pattern),
		pipelineRules(t))
}

// newRules connects events to functions. EventBridge tries for an hour, then the event goes to the dead-letter queue,
// whose alarm tells people while the event still matters; AWS's default is to try for a day.
func newRules(h home, bus awsevents.EventBus, machine string, t targets, functions map[string]awslambda.Function, queues map[string]awssqs.Queue) {
	var before awsevents.Rule
	for _, r := range rules(machine, t) {
		made := newRule(h, r, bus)
		made.AddTarget(awseventstargets.NewLambdaFunction(functions[r.function], &awseventstargets.LambdaFunctionProps{
			DeadLetterQueue: queues[r.function],
			MaxEventAge:     awscdk.Duration_Hours(jsii.Number(1)),
			RetryAttempts:   jsii.Number(60),
		}))
		if r.after { // a name that a new definition pushes over is matched by this rule before it is not by the one before
			cfnRule(before).AddResourceDependency(cfnRule(made), nil)
		}
		before = made
	}
}

func cfnRule(r awsevents.Rule) awsevents.CfnRule { return r.Node().DefaultChild().(awsevents.CfnRule) }

// newRule gives the pattern of package events to CloudFormation as it is: the construct would want it in its own types.
func newRule(h home, r rule, bus awsevents.EventBus) awsevents.Rule {
	props := &awsevents.RuleProps{RuleName: jsii.String(h.name(r.name)), Description: jsii.String(r.about)}
	if r.ownBus {
		props.EventBus = bus
	}
	if r.every != nil {
		props.Schedule = awsevents.Schedule_Rate(r.every)
		made := awsevents.NewRule(h.stack, jsii.String(pascal(r.name)+"Rule"), props)
		if r.sleeps {
			withoutState(made)
		}
		return made
	}
	props.EventPattern = &awsevents.EventPattern{DetailType: jsii.Strings(r.name)} // replaced whole in the next line but one
	made := awsevents.NewRule(h.stack, jsii.String(pascal(r.name)+"Rule"), props)
	cfnRule(made).SetEventPattern(map[string]any(r.pattern))
	return made
}

// withoutState leaves the state of a rule out of the template. Whenever CloudFormation writes the rule it is enabled then: PutRule replaces
// the whole rule, and a rule without a state is enabled (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html). So an
// update of the stack never puts a schedule to rest that something needs; one that nobody needs is put to rest by its next turn.
func withoutState(made awsevents.Rule) {
	cfnRule(made).AddPropertyDeletionOverride(jsii.String("State"))
}
