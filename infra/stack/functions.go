package stack

import (
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"
)

// A function is one folder of functions/: one Lambda with its own role, log group and environment.
type function struct {
	name    string
	seconds float64 // time-out
	memory  float64 // MB; the share of a CPU, and so the speed of a cold start, grows with it
	event   bool    // fed through Lambda's own queue, by EventBridge or another function, not by the state machine
	about   string
	web     bool // has an address on the internet
	inner   bool // invoked by another function alone

	reserved int // executions at a time that are kept for it, and beyond which it is not run; 0: it shares the account's rest
}

// functions is every Lambda of Sluice. A pre-traffic test runs inside shift and inspect, so those may take longest.
// The console is first: the others learn its address. What the internet can call may run ten times at once and no more, so
// that a flood starves nobody; guard has room of its own (concurrency.go).
var functions = []function{
	{name: "console", seconds: 10, memory: 512, web: true, reserved: 10, about: "Shows releases in a browser, and takes what people say there"},
	{name: "trigger", seconds: 30, memory: 256, event: true, about: "Starts a release for each request, push and artifact, once"},
	{name: "plan", seconds: 30, memory: 256, about: "Looks at the target and lays out the steps"},
	{name: "build", seconds: 60, memory: 256, about: "Has the revision of a pushed commit made, and waits for it"},
	{name: "gate", seconds: 30, memory: 256, about: "Takes the lease and says what comes next"},
	{name: "inspect", seconds: 150, memory: 256, about: "Looks at the gates of a release and has its tests run"},
	{name: "scan", seconds: 60, memory: 256, inner: true, about: "Asks AWS Config, ECR and Inspector about what is released"},
	{name: "ask", seconds: 30, memory: 256, about: "Asks people before a step and waits for their answers"},
	{name: "answer", seconds: 30, memory: 256, about: "Counts the answers and says what follows"},
	{name: "wait", seconds: 30, memory: 256, about: "Parks a release until something happens or time is up"},
	{name: "shift", seconds: 180, memory: 256, about: "Moves the weight, reads it back, then lets it bake"},
	{name: "judge", seconds: 60, memory: 256, about: "Reads alarms and error counts of a step, and gives the verdict"},
	{name: "watch", seconds: 60, memory: 256, event: true, about: "Looks after what is held or armed, each minute"},
	{name: "look", seconds: 60, memory: 256, event: true, about: "Judges releases while they bake, each minute"},
	{name: "settle", seconds: 60, memory: 256, about: "Ends a release: end state, lease, events"},
	{name: "rollback", seconds: 60, memory: 256, about: "Puts all traffic back on the stable revision"},
	{name: "guard", seconds: 30, memory: 512, event: true, reserved: 20, about: "Brings traffic back at once when a guard alarm goes red"},
	{name: "decide", seconds: 30, memory: 256, event: true, about: "Carries a person's abort or promote to the release"},
	{name: "sweep", seconds: 120, memory: 256, event: true, about: "Finds releases whose machine is dead and finishes them"},
	{name: "progress", seconds: 30, memory: 256, event: true, about: "Wakes a release whose build has ended"},
	{name: "source", seconds: 30, memory: 256, event: true, about: "Tells the bus of commits and artifacts that AWS knows of"},
	{name: "notify", seconds: 30, memory: 256, event: true, about: "Tells people how releases went"},
	{name: "slack", seconds: 30, memory: 256, event: true, about: "Keeps one message about each release in Slack"},
	{name: "github", seconds: 30, memory: 256, event: true, about: "Tells GitHub how the release of a commit goes"},
	{name: "pipeline", seconds: 30, memory: 256, event: true, about: "Takes what people say in CodePipeline, and says there what was decided"},
	{name: "webhook", seconds: 10, memory: 256, web: true, reserved: 10, about: "Takes the webhooks of GitHub, GitLab and Bitbucket"},
	{name: "button", seconds: 10, memory: 512, web: true, reserved: 10, about: "Takes the buttons that people press in Slack"},
}

// How often Lambda tries an event, and how long it keeps one that is throttled. Its default is six hours: people hear of it after one.
const (
	eventTries   = 3
	eventSeconds = 3600
)

// newFunctions makes them all, by name, and the addresses of those that have one.
func newFunctions(h home, code Code, queues map[string]awssqs.Queue, w wiring) (made map[string]awslambda.Function, urls map[string]*string) {
	made, urls = map[string]awslambda.Function{}, map[string]*string{}
	for _, f := range functions {
		if url := urls["console"]; url != nil {
			w.console = either(w.where.addresses, url, awscdk.Aws_NO_VALUE())
		}
		made[f.name] = newFunction(h, f, code(h.stack, f.name), queues[f.name], w)
		if f.web {
			urls[f.name] = newURL(h, f, made[f.name], w.where)
		}
	}
	newSpeakers(h, made)
	return made, urls
}

func newFunction(h home, f function, code awslambda.Code, queue awssqs.Queue, w wiring) awslambda.Function {
	logs := newLogGroup(h, title(f.name)+"Logs", "/aws/lambda/"+h.name(f.name))
	props := &awslambda.FunctionProps{
		FunctionName:          jsii.String(h.name(f.name)),
		Description:           jsii.String(f.about),
		Runtime:               awslambda.Runtime_PROVIDED_AL2023(),
		Architecture:          awslambda.Architecture_ARM_64(),
		Handler:               jsii.String("bootstrap"),
		Code:                  code,
		Timeout:               awscdk.Duration_Seconds(jsii.Number(f.seconds)),
		MemorySize:            jsii.Number(f.memory),
		Role:                  newRole(h, f, logs, queue, w),
		Environment:           w.variables(h, f.name),
		LogGroup:              logs,
		LoggingFormat:         awslambda.LoggingFormat_JSON,
		ApplicationLogLevelV2: awslambda.ApplicationLogLevel_INFO,
		Tracing:               awslambda.Tracing_ACTIVE,
	}
	if reserved := w.reserved[f.name]; reserved > 0 {
		props.ReservedConcurrentExecutions = jsii.Number(float64(reserved))
	}
	if queue != nil {
		props.DeadLetterQueue, props.RetryAttempts = queue, jsii.Number(eventTries-1)
		props.MaxEventAge = awscdk.Duration_Seconds(jsii.Number(eventSeconds))
	}
	made := awslambda.NewFunction(h.stack, jsii.String(title(f.name)), props)
	made.Node().DefaultChild().(awslambda.CfnFunction).AddPropertyOverride(jsii.String("TracingConfig.Mode"), either(w.where.traces, "Active", "PassThrough"))
	return made
}

// newRole holds everything a function may do: in one inline policy what never grows, and in managed ones what definitions
// name. Constructs add nothing to it by themselves (WithoutPolicyUpdates), so grants.go is the whole truth.
func newRole(h home, f function, logs awslogs.LogGroup, queue awssqs.Queue, w wiring) awsiam.IRole {
	grants := append(w.grants(h, f.name),
		allow("WriteLogs", []string{*logs.LogGroupArn()}, "logs:CreateLogStream", "logs:PutLogEvents"),
		anywhere("Trace", "xray:PutTraceSegments", "xray:PutTelemetryRecords"))
	if queue != nil {
		grants = append(grants, allow("KeepWhatFailed", []string{*queue.QueueArn()}, "sqs:SendMessage"))
	}
	fixed := slices.DeleteFunc(slices.Clone(grants), func(g grant) bool { return g.grows })
	role := awsiam.NewRole(h.stack, jsii.String(title(f.name)+"Role"), &awsiam.RoleProps{
		AssumedBy:      h.service("lambda.amazonaws.com"),
		Description:    jsii.String("What " + h.name(f.name) + " may do"),
		InlinePolicies: &map[string]awsiam.PolicyDocument{f.name: document(fixed)},
	})
	role.Node().DefaultChild().(awsiam.CfnRole).SetManagedPolicyArns(w.policies.of(f.name, grants))
	return role.WithoutPolicyUpdates(nil)
}

// newLogGroup keeps half a year in production, for the audit, and a month elsewhere.
func newLogGroup(h home, id, name string) awslogs.LogGroup {
	retention := awslogs.RetentionDays_ONE_MONTH
	if h.env.Production() {
		retention = awslogs.RetentionDays_SIX_MONTHS
	}
	return awslogs.NewLogGroup(h.stack, jsii.String(id), &awslogs.LogGroupProps{
		LogGroupName: jsii.String(name), Retention: retention, RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
}

// title makes a construct id: "trigger" becomes "Trigger".
func title(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// pascal makes a construct id of several words: "sweep-schedule" becomes "SweepSchedule".
func pascal(name string) string {
	var id strings.Builder
	for word := range strings.SplitSeq(name, "-") {
		id.WriteString(title(word))
	}
	return id.String()
}
