package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sluice/infra/addition"
	"sluice/infra/definition"
)

// Props is what a stack is made of besides this code.
type Props struct {
	Environment Environment
	Region      string               // empty: the region of the credentials that deploy
	Services    []definition.Service // the definitions, with the environment's overlays applied
	Machine     string               // text of release.asl.json
	Stage       string               // text of stage.asl.json
	Concurrency Concurrency
}

// New adds the stack "Sluice-<environment>" to an app, and beside it the stacks of what grows with the definitions
// (ADR 0025). Code says where the compiled handlers are.
func New(scope constructs.Construct, p Props, code Code) awscdk.Stack {
	stack := awscdk.NewStack(scope, jsii.String("Sluice-"+string(p.Environment)), stackProps(p))
	h := newHome(stack, p.Environment)
	h.functions = functionsFor(definition.Kinds(p.Services))

	table := newTable(h)
	bus := newBus(h)
	topic := newTopic(h)
	queues := newQueues(h)
	machine := h.ARN("states", "stateMachine:"+h.Name("release"))

	where := newConditions(h)
	w := wiring{
		home: h, table: table, bus: bus, topic: topic, slack: newSlackAPI(h), github: newGitHubAPI(h), where: where, machine: machine, targets: targetsOf(p.Services),
		policies: &policies{h: h, made: map[string][]*string{}}, reserved: reserve(h, p.Concurrency),
	}
	functions, urls := newFunctions(w, code, queues)
	onlySluiceSpeaksAsSluice(w, functions)
	newMachine(h, p.Machine, functions)
	newStageMachine(h, p.Stage, functions[stage.name])
	newRules(w, functions, queues)
	definitions := h.beside(scope, "definitions")
	newParameters(definitions, "Definition", addition.Definitions(h.Environment, p.Services))
	newFilters(definitions, p.Services)
	newTicks(w, definitions, p.Services, functions[tick.name])
	newParameters(h.beside(scope, "sources"), "Source", addition.Sources(h.Environment, p.Services))
	newAlarms(h, functions, queues, topic)
	newDashboard(h, functions, queues)
	newOutputs(h, p.Services, bus, topic, machine, urls, newOperator(w), where)
	return stack
}

// beside is a stack for one sort of parameter: each definition takes one parameter, and a stack may have 500 resources. It is
// deployed after the engine, so that whoever reads a definition is allowed to do what it says. It is not protected from
// deletion: `make deploy` makes it anew from the repository.
func (h home) beside(scope constructs.Construct, what string) home {
	name := *h.stack.StackName() + "-" + what
	made := awscdk.NewStack(scope, jsii.String(name), &awscdk.StackProps{
		StackName:                   jsii.String(name),
		Description:                 jsii.String("Sluice (" + string(h.env) + "): the " + what + " that its functions read"),
		AnalyticsReporting:          jsii.Bool(false),
		SuppressTemplateIndentation: jsii.Bool(true),
		Tags:                        &map[string]*string{"sluice:environment": jsii.String(string(h.env))},
		Env:                         &awscdk.Environment{Region: h.stack.Region()},
	})
	made.AddStackDependency(h.stack, nil)
	return newHome(made, h.env)
}

func stackProps(p Props) *awscdk.StackProps {
	props := &awscdk.StackProps{
		StackName:             jsii.String("Sluice-" + string(p.Environment)),
		Description:           jsii.String("Sluice (" + string(p.Environment) + "): releases software a little at a time and takes it back by itself"),
		TerminationProtection: jsii.Bool(p.Environment.Production()),
		AnalyticsReporting:    jsii.Bool(false), // the template is the same wherever it is made

		SuppressTemplateIndentation: jsii.Bool(true), // blanks would count in its size, which has a limit
		Tags:                        &map[string]*string{"sluice:environment": jsii.String(string(p.Environment))},
	}
	if p.Region != "" {
		props.Env = &awscdk.Environment{Region: jsii.String(p.Region)}
	}
	return props
}
