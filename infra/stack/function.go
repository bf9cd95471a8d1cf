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

	"sluice/shared/kind"
)

// A function is one folder of functions/: one Lambda function with its own role, log group and environment. Its row says everything that the
// stack knows of it.
type function struct {
	name    string
	about   string
	seconds float64 // time-out
	memory  float64 // MB; the share of a CPU, and so the speed of a cold start, grows with it

	reserved int // executions at a time that are kept for it, and that it may not exceed; 0: it shares the account's rest

	woken     waker
	rules     func(wiring) []rule // the events and schedules that wake it, besides events about what definitions name
	kind      kind.ID             // of the targets that it touches, once it is made for a kind; the kind says what it may do there
	row       string              // the name of its row, then
	variables string              // of its environment, which its Config reads; a test compares the two
	may       []permission        // besides what definitions name (package addition), its own logs and traces
}

// A waker is what invokes a function.
type waker int

const (
	byMachine  waker = iota // the state machine, which waits for what the function returns
	byEvent                 // EventBridge or another function, through Lambda's own queue: what fails goes to a dead-letter queue
	byFunction              // another function, which waits for what it returns
	byService               // a service of AWS that carries out a deployment, which waits for what it returns
	byPipeline              // CodePipeline, through Lambda's own queue: CodePipeline itself gives up what has no answer
	byVisitor               // the internet: it has an address
	bySigner                // people and jobs of this account: it has an address that wants a signature of AWS
)

// How often Lambda tries an event, and how long it keeps a throttled one. Lambda's default is six hours; here people hear of it after one.
const (
	eventTries   = 3
	eventSeconds = 3600
)

// jobSeconds is how long CodePipeline waits for the answer to a job (https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html). A job that
// nobody answered is kept nowhere: the pipeline says that it failed, and the event holds credentials for the pipeline's artifacts.
const jobSeconds = 1200

// newFunctions makes all functions, by name, and the addresses of those that have one.
func newFunctions(w wiring, code Code, queues map[string]awssqs.Queue) (made map[string]awslambda.Function, urls map[string]*string) {
	made, urls = map[string]awslambda.Function{}, map[string]*string{}
	for _, f := range w.functions {
		if url := urls[console.name]; url != nil {
			w.console = either(w.where.addresses, url, awscdk.Aws_NO_VALUE())
		}
		made[f.name] = newFunction(w, f, code(w.stack, f.name), queues[f.name])
		if f.woken == byVisitor || f.woken == bySigner {
			urls[f.name] = newURL(w.home, f, made[f.name], w.where)
		}
	}
	newSpeakers(w.home, made)
	return made, urls
}

func newFunction(w wiring, f function, code awslambda.Code, queue awssqs.Queue) awslambda.Function {
	h := w.home
	logs := newLogGroup(h, pascal(f.name)+"Logs", "/aws/lambda/"+h.Name(f.name))
	props := &awslambda.FunctionProps{
		FunctionName:          jsii.String(h.Name(f.name)),
		Description:           jsii.String(f.about),
		Runtime:               awslambda.Runtime_PROVIDED_AL2023(),
		Architecture:          awslambda.Architecture_ARM_64(),
		Handler:               jsii.String("bootstrap"),
		Code:                  code,
		Timeout:               awscdk.Duration_Seconds(jsii.Number(f.seconds)),
		MemorySize:            jsii.Number(f.memory),
		Role:                  newRole(w, f, logs, queue),
		Environment:           w.variables(f),
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
	if f.woken == byPipeline {
		props.RetryAttempts, props.MaxEventAge = jsii.Number(eventTries-1), awscdk.Duration_Seconds(jsii.Number(jobSeconds))
	}
	made := awslambda.NewFunction(h.stack, jsii.String(pascal(f.name)), props)
	made.Node().DefaultChild().(awslambda.CfnFunction).AddPropertyOverride(jsii.String("TracingConfig.Mode"), either(w.where.traces, "Active", "PassThrough"))
	return made
}

// newRole makes the role that holds everything a function may do: what never grows in one inline policy, what definitions name in managed
// policies. Constructs add nothing to it by themselves (WithoutPolicyUpdates), so the function's row and the needs of its targets are all.
func newRole(w wiring, f function, logs awslogs.LogGroup, queue awssqs.Queue) awsiam.IRole {
	h := w.home
	grants := append(w.grants(f),
		allow("WriteLogs", []string{*logs.LogGroupArn()}, "logs:CreateLogStream", "logs:PutLogEvents"),
		anywhere("Trace", "xray:PutTraceSegments", "xray:PutTelemetryRecords"))
	if queue != nil {
		grants = append(grants, allow("KeepWhatFailed", []string{*queue.QueueArn()}, "sqs:SendMessage"))
	}
	fixed := slices.DeleteFunc(slices.Clone(grants), func(g grant) bool { return g.grows })
	role := awsiam.NewRole(h.stack, jsii.String(pascal(f.name)+"Role"), &awsiam.RoleProps{
		AssumedBy:      h.service("lambda.amazonaws.com"),
		Description:    jsii.String("What " + h.Name(f.name) + " may do"),
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
