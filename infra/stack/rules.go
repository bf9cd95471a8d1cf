package stack

import (
	"encoding/json"
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"sluice/events"
	"sluice/shared/kind"
)

// A rule feeds one function. Its name is the function's, with a suffix when there are several.
type rule struct {
	name    string
	about   string
	ownBus  bool           // on Sluice's bus; otherwise on the default bus, which AWS services tell their events on
	pattern events.Pattern // what is matched; the patterns that start something exclude Sluice's own events
	minutes float64        // of a schedule, which has no pattern
	sleeps  bool           // functions enable and disable it: its state is none of the template's
	after   bool           // takes on what the rule before it in the list has no room for
}

// patternSize is how many characters an event pattern may have
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html).
const patternSize = 2048

// naming makes a rule for names that definitions give, or several rules where one pattern has no room for all; none for no names.
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
	text, _ := json.Marshal(p) // it cannot fail on texts
	return len(text)
}

// watchSchedule is the name of the schedule that is at work only while something is held or armed.
const watchSchedule = "watch"

// always are the rules of a function that the same events wake, whatever the definitions say.
func always(rules ...rule) func(wiring) []rule {
	return func(wiring) []rule { return rules }
}

// newRules connects events to functions. EventBridge tries for an hour, then the event goes to the dead-letter queue,
// whose alarm tells people while the event still matters. AWS's default is to try for a day.
func newRules(w wiring, made map[string]awslambda.Function, queues map[string]awssqs.Queue) {
	for _, f := range w.functions {
		connect(w, f, made[f.name], queues[f.name])
	}
}

func connect(w wiring, f function, to awslambda.Function, queue awssqs.Queue) {
	rules := w.targets.rules(f.name)
	if f.rules != nil {
		rules = append(f.rules(w), rules...)
	}
	var before awsevents.Rule
	for _, r := range rules {
		r.name += kind.Of(f.kind).Suffix
		made := newRule(w, r)
		made.AddTarget(awseventstargets.NewLambdaFunction(to, &awseventstargets.LambdaFunctionProps{
			DeadLetterQueue: queue,
			MaxEventAge:     awscdk.Duration_Hours(jsii.Number(1)),
			RetryAttempts:   jsii.Number(60),
		}))
		if r.after { // when a new definition pushes a name over, this rule matches it before the rule before stops to
			cfnRule(before).AddResourceDependency(cfnRule(made), nil)
		}
		before = made
	}
}

func cfnRule(r awsevents.Rule) awsevents.CfnRule { return r.Node().DefaultChild().(awsevents.CfnRule) }

// newRule gives the pattern of package events to CloudFormation unchanged. The construct would want it in its own types.
func newRule(w wiring, r rule) awsevents.Rule {
	props := &awsevents.RuleProps{RuleName: jsii.String(w.Name(r.name)), Description: jsii.String(r.about)}
	if r.ownBus {
		props.EventBus = w.bus
	}
	if r.minutes > 0 {
		props.Schedule = awsevents.Schedule_Rate(awscdk.Duration_Minutes(jsii.Number(r.minutes)))
		made := awsevents.NewRule(w.stack, jsii.String(pascal(r.name)+"Rule"), props)
		if r.sleeps {
			withoutState(made)
		}
		return made
	}
	props.EventPattern = &awsevents.EventPattern{DetailType: jsii.Strings(r.name)} // replaced whole in the next line but one
	made := awsevents.NewRule(w.stack, jsii.String(pascal(r.name)+"Rule"), props)
	cfnRule(made).SetEventPattern(map[string]any(r.pattern))
	return made
}

// withoutState leaves the state of a rule out of the template. Then CloudFormation enables the rule whenever it writes it: PutRule replaces
// the whole rule, and a rule without a state is enabled (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html). So an
// update of the stack never disables a schedule that something needs; the next run of a schedule that nobody needs disables it.
func withoutState(made awsevents.Rule) {
	cfnRule(made).AddPropertyDeletionOverride(jsii.String("State"))
}
