package stack

import (
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
	event   bool    // fed by EventBridge through Lambda's own queue, not by the state machine
	about   string
}

// functions is every Lambda of Sluice. A pre-traffic test runs inside shift, so that one may take longest.
var functions = []function{
	{"trigger", 30, 256, true, "Starts a release for each release.requested, once"},
	{"plan", 30, 256, false, "Looks at the target and lays out the steps"},
	{"gate", 30, 256, false, "Takes the lease and says what comes next"},
	{"ask", 30, 256, false, "Asks people before a step and waits for their answers"},
	{"answer", 30, 256, false, "Counts the answers and says what follows"},
	{"wait", 30, 256, false, "Parks a release until something happens or time is up"},
	{"shift", 180, 256, false, "Moves the weight, reads it back, then lets it bake"},
	{"judge", 60, 256, false, "Reads alarms and error counts of a step, and gives the verdict"},
	{"settle", 60, 256, false, "Ends a release: end state, lease, events"},
	{"rollback", 60, 256, false, "Puts all traffic back on the stable revision"},
	{"guard", 30, 512, true, "Brings traffic back at once when a guard alarm goes red"},
	{"decide", 30, 256, true, "Carries a person's abort or promote to the release"},
	{"sweep", 120, 256, true, "Finds releases whose machine is dead and finishes them"},
	{"notify", 30, 256, true, "Tells people how releases went"},
	{"slack", 30, 256, true, "Keeps one message about each release in Slack"},
}

// newFunctions makes them all, by name.
func newFunctions(h home, code Code, queues map[string]awssqs.Queue, w wiring) map[string]awslambda.Function {
	made := map[string]awslambda.Function{}
	for _, f := range functions {
		made[f.name] = newFunction(h, f, code(h.stack, f.name), queues[f.name], w)
	}
	return made
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
	if queue != nil {
		// A throttled event would wait for six hours by default: people hear of it after one.
		props.DeadLetterQueue, props.RetryAttempts = queue, jsii.Number(2)
		props.MaxEventAge = awscdk.Duration_Hours(jsii.Number(1))
	}
	return awslambda.NewFunction(h.stack, jsii.String(title(f.name)), props)
}

// newRole holds everything a function may do in one inline policy. Constructs add nothing to it by themselves
// (WithoutPolicyUpdates), so grants.go is the whole truth.
func newRole(h home, f function, logs awslogs.LogGroup, queue awssqs.Queue, w wiring) awsiam.IRole {
	statements := append(w.grants(h, f.name),
		allow("WriteLogs", []string{*logs.LogGroupArn()}, "logs:CreateLogStream", "logs:PutLogEvents"),
		anywhere("Trace", "xray:PutTraceSegments", "xray:PutTelemetryRecords"))
	if queue != nil {
		statements = append(statements, allow("KeepWhatFailed", []string{*queue.QueueArn()}, "sqs:SendMessage"))
	}
	role := awsiam.NewRole(h.stack, jsii.String(title(f.name)+"Role"), &awsiam.RoleProps{
		AssumedBy:      awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
		Description:    jsii.String("What " + h.name(f.name) + " may do"),
		InlinePolicies: &map[string]awsiam.PolicyDocument{f.name: document(statements)},
	})
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
