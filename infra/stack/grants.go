package stack

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"

	"sluice/events"
	"sluice/shared/rollout"
)

// Everywhere lists the actions that may be allowed on all resources, each with the reason. A test holds the template
// to it; resource types are those of https://docs.aws.amazon.com/service-authorization/latest/reference/.
var Everywhere = map[string]string{
	"xray:PutTraceSegments":                 "X-Ray has no resource to name for writing traces",
	"xray:PutTelemetryRecords":              "X-Ray has no resource to name for writing traces",
	"xray:GetSamplingRules":                 "X-Ray has no resource to name for sampling; Step Functions needs it to trace",
	"xray:GetSamplingTargets":               "X-Ray has no resource to name for sampling; Step Functions needs it to trace",
	"cloudwatch:GetMetricData":              "CloudWatch has no resource to name for reading metrics",
	"cloudwatch:ListAlarmMuteRules":         "a list has no resource to name",
	"cloudwatch:DescribeAlarms":             "a guard alarm may be a composite one, and AWS asks for all alarms to read those (API_DescribeAlarms)",
	"config:GetComplianceDetailsByResource": "AWS Config has no resource to name for reading what its rules say of one",
	"inspector2:ListFindings":               "a list has no resource to name",
	"inspector2:ListCoverage":               "a list has no resource to name",
	"states:SendTaskSuccess":                "an answer to a task has no resource to name: its token says which task it is, and only Sluice's table has it",
	"logs:CreateLogDelivery":                "log deliveries have no resource to name; Step Functions needs it to log",
	"logs:GetLogDelivery":                   "log deliveries have no resource to name; Step Functions needs it to log",
	"logs:UpdateLogDelivery":                "log deliveries have no resource to name; Step Functions needs it to log",
	"logs:DeleteLogDelivery":                "log deliveries have no resource to name; Step Functions needs it to log",
	"logs:ListLogDeliveries":                "log deliveries have no resource to name; Step Functions needs it to log",
	"logs:PutResourcePolicy":                "resource policies belong to the account; Step Functions needs it to log",
	"logs:DescribeResourcePolicies":         "resource policies belong to the account; Step Functions needs it to log",
	"logs:DescribeLogGroups":                "a list has no resource to name; Step Functions needs it to log",
}

// wiring is what functions are connected to.
type wiring struct {
	table   awsdynamodb.Table
	bus     awsevents.EventBus
	topic   awssns.Topic
	slack   string  // URL of Slack's methods
	github  string  // URL of GitHub's REST API
	console *string // URL of the pages, if functions have any; nil while the function behind it is made
	where   conditions
	machine string // ARN, made from its name
	targets targets

	policies *policies      // of what definitions name
	reserved map[string]int // concurrency, by function
}

// grants is what a function may do, besides writing its own logs and traces. It mirrors what the handlers call:
// the sandbox refuses what is missing here, and a test lists what no run ever used.
func (w wiring) grants(h home, name string) []grant {
	switch name {
	case "trigger":
		return join(w.readDefinitions(h), readSources(h), w.keep("trigger"), w.start(), w.wake(), w.emit(events.ReleaseRejected))
	case "plan":
		return join(w.readDefinitions(h), w.keep("plan"), w.readAlias(h), w.inspectCandidate(h), w.wakeCandidate(h), w.lookAfterBuilds(h))
	case "build":
		return join(w.keep("build"), w.startBuilds(h), w.publishObjects(h), w.wake(), w.emit(events.ReleaseBuilding))
	case "progress":
		return join(w.keep("progress", w.targets.gates.rings()...), w.wake())
	case "source":
		return w.emit(events.CommitPushed, events.ArtifactPublished)
	case "gate":
		return join(w.keep("gate"), w.readAlias(h), one(anywhere("ReadGuardAlarms", "cloudwatch:DescribeAlarms")), w.wake(), w.emit(events.ReleaseStarted, events.ReleaseQueued), schedule(h, "WakeWatch", "events:EnableRule"))
	case "inspect":
		return join(w.keep("inspect", w.targets.gates.remembers()...), w.readGates(h), w.hearAlarms(h), w.findImages(h), w.runTests(h), w.askScan(h), w.wake(), w.emit(events.ReleaseHeld))
	case "scan":
		return w.scanFindings(h)
	case "ask":
		return join(w.keep("ask"), w.wake(), w.emit(events.ReleaseWaiting))
	case "answer":
		return join(w.keep("answer"), one(anywhere("ReadGuardAlarms", "cloudwatch:DescribeAlarms")))
	case "wait":
		return join(w.keep("wait"), w.wake())
	case "shift":
		return join(w.keep("shift"), w.moveAlias(h), w.testCandidate(h), w.wake(), w.emit(events.ReleaseShifted))
	case "judge":
		return join(w.keep("judge"), w.listReleases(), one(anywhere("ReadGuardAlarms", "cloudwatch:DescribeAlarms")), one(anywhere("ReadMetrics", "cloudwatch:GetMetricData")))
	case "rollback":
		return join(w.keep("rollback"), w.moveAlias(h), w.emit(events.ReleaseRollingBack))
	case "look":
		return join(w.listReleases(), w.keep("look"), one(anywhere("ReadGuardAlarms", "cloudwatch:DescribeAlarms")), one(anywhere("ReadMetrics", "cloudwatch:GetMetricData")),
			w.buySamples(h), w.wake())
	case "watch":
		return join(w.keep("watch"), readMutes(h), invoke(h, "guard"), invoke(h, "look"),
			schedule(h, "RestWatch", "events:EnableRule", "events:DisableRule"))
	case "settle":
		return join(w.keep("settle"), w.moveAlias(h), w.wake(), w.emit(ends()...))
	case "guard":
		return join(w.keep("guard"), w.moveAlias(h), w.wake(), w.start())
	case "decide":
		return join(w.keep("decide"), w.wake(), w.start(), w.emit(events.ReleaseAnswered), invoke(h, "slack"))
	case "pipeline":
		return join(w.keep("pipeline"), w.listReleases(), readSources(h), w.answerPipelines(h), speak(h, "pipeline"))
	case "sweep":
		return join(w.listOpenReleases(), w.keep("sweep"), w.lookAtExecutions(h), w.listExecutions(h), w.start(), w.emit(events.ReleaseStuck), schedule(h, "WakeWatch", "events:EnableRule"))
	case "slack":
		return join(w.readDefinitions(h), w.keep("slack"), readSecret(h, "ReadBotToken", slackSecret(h)), readSecret(h, "SignLinks", linksSecret(h)))
	case "github":
		return join(w.keep("github"), readSecret(h, "ReadToken", githubSecret(h)))
	case "webhook":
		return join(w.readDefinitions(h), readSources(h), w.keep("webhook"), w.emit(events.CommitPushed), readSecret(h, "KnowGitHub", webhookSecret(h, events.GitHub)),
			readSecret(h, "KnowGitLab", webhookSecret(h, events.GitLab)), readSecret(h, "KnowBitbucket", webhookSecret(h, events.Bitbucket)),
			repositorySecrets(h, events.GitHub, events.GitLab, events.Bitbucket))
	case "button":
		return join(w.keep("button"), readSecret(h, "KnowSlack", signingSecret(h)), readSecret(h, "NamePeople", peopleSecret(h)), speak(h, "button"))
	case "console":
		return join(w.keep("console"), w.listReleases(), w.listDefinitions(h), readSecret(h, "SignLinks", linksSecret(h)), readSecret(h, "NamePeople", peopleSecret(h)), speak(h, "console"),
			one(allow("KnowOwnAddress", []string{h.arn("lambda", "function:"+h.name("console"))}, "lambda:GetFunctionUrlConfig")))
	case "notify":
		return join(w.keep("notify"), one(allow("TellPeople", []string{*w.topic.TopicArn()}, "sns:Publish")), readSecret(h, "SignLinks", linksSecret(h)))
	}
	panic("no grants are written for function " + name)
}

// readDefinitions allows the whole path and not just today's services: for an unknown service the answer must be
// "not found", which becomes a rejected release with a reason, and not "denied", which would be a failed function.
func (w wiring) readDefinitions(h home) []grant {
	return one(allow("ReadDefinitions", []string{h.arn("ssm", "parameter"+parameterPath(h)+"*")}, "ssm:GetParameter"))
}

func (w wiring) listOpenReleases() []grant {
	return one(allow("ListOpenReleases", []string{*w.table.TableArn() + "/index/" + openReleases}, "dynamodb:Query"))
}

func (w wiring) listReleases() []grant {
	return one(allow("ListReleases", []string{*w.table.TableArn() + "/index/" + releasesOfService}, "dynamodb:Query"))
}

func (w wiring) listDefinitions(h home) []grant {
	return one(allow("ListDefinitions", []string{h.arn("ssm", "parameter"+strings.TrimSuffix(parameterPath(h), "/"))}, "ssm:GetParametersByPath"))
}

// readSecret allows one secret by its name: Secrets Manager adds a hyphen and six characters to it. While there is no secret of that
// name IAM is asked about the name alone; allowing that too makes the answer "not found", and not "denied"
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html).
func readSecret(h home, sid, name string) []grant {
	return one(allow(sid, []string{h.arn("secretsmanager", "secret:"+name), h.arn("secretsmanager", "secret:"+name+"-??????")}, "secretsmanager:GetSecretValue"))
}

// invoke allows to hand work to another function of Sluice's.
func invoke(h home, name string) []grant {
	return one(allow("HandTo"+title(name), []string{h.arn("lambda", "function:"+h.name(name))}, "lambda:InvokeFunction"))
}

// speak allows to hand words to decide through the speaker's own alias. It allows neither another alias nor the function's bare name
// (https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html).
func speak(h home, speaker string) []grant {
	return one(allow("HandToDecide", []string{h.arn("lambda", "function:"+aliasFor(h, speaker))}, "lambda:InvokeFunction"))
}

// emit allows to put these events on the bus, as Sluice, and no others: the keys have a value for each entry of a call
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html).
func (w wiring) emit(detailTypes ...string) []grant {
	g := allow("TellTheBus", []string{*w.bus.EventBusArn()}, "events:PutEvents")
	for key, values := range map[string][]string{"events:source": {events.Source}, "events:detail-type": detailTypes} {
		g = g.only("ForAllValues:StringEquals", key, values).only("Null", key, "false")
	}
	return one(g)
}

// ends are the events of all ends of a release.
func ends() []string {
	var all []string
	for _, end := range []rollout.End{rollout.Succeeded, rollout.RolledBack, rollout.Rejected, rollout.Superseded, rollout.Aborted, rollout.Stuck} {
		all = append(all, events.ReleaseEnded(string(end)))
	}
	return all
}

// schedule allows to put the schedule of watch to work, or to rest.
func schedule(h home, sid string, actions ...string) []grant {
	return one(allow(sid, []string{h.arn("events", "rule/"+h.name(watch))}, actions...))
}

func (w wiring) start() []grant {
	return one(allow("StartMachine", []string{w.machine}, "states:StartExecution"))
}

func (w wiring) wake() []grant {
	return one(anywhere("WakeMachine", "states:SendTaskSuccess"))
}

func (w wiring) listExecutions(h home) []grant {
	runs := h.arn("states", fmt.Sprintf("mapRun:%s/*:*", h.name("release"))) // AWS's reference says that it asks for both; the machine has no map
	return one(allow("ListExecutions", []string{w.machine, runs}, "states:ListExecutions"))
}

func (w wiring) lookAtExecutions(h home) []grant {
	return one(allow("LookAtExecutions", []string{h.arn("states", fmt.Sprintf("execution:%s:*", h.name("release")))}, "states:DescribeExecution"))
}
