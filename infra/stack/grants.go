package stack

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"

	"sluice/events"
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
	console *string // URL of the pages; nil while the function behind it is made
	machine string  // ARN, made from its name
	targets targets

	policies *policies      // of what definitions name
	reserved map[string]int // concurrency, by function
}

// grants is what a function may do, besides writing its own logs and traces. It mirrors what the handlers call:
// the sandbox refuses what is missing here, and a test lists what no run ever used.
func (w wiring) grants(h home, name string) []grant {
	switch name {
	case "trigger":
		return join(w.readDefinitions(h), readSources(h), w.records("GetItem", "PutItem", "UpdateItem"), w.start(), w.wake(), w.emit())
	case "plan":
		return join(w.readDefinitions(h), w.records("GetItem", "UpdateItem"), w.readAlias(h), w.inspectCandidate(h), w.wakeCandidate(h), w.lookAfterBuilds(h))
	case "build":
		return join(w.records("GetItem", "UpdateItem"), w.startBuilds(h), w.publishObjects(h), w.wake(), w.emit())
	case "progress":
		return join(w.records(w.targets.gates.rings("GetItem")...), w.wake())
	case "source":
		return w.emit()
	case "gate":
		return join(w.records("GetItem", "PutItem", "UpdateItem", "Query", "BatchWriteItem", "DeleteItem"), w.readAlias(h), one(anywhere("ReadGuardAlarms", "cloudwatch:DescribeAlarms")), w.wake(), w.emit(), schedule(h, "WakeWatch", "events:EnableRule"))
	case "inspect":
		return join(w.records("GetItem", "UpdateItem", "Query", "DeleteItem"), w.readGates(h), w.hearAlarms(h), w.findImages(h), w.runTests(h), w.askScan(h), w.wake(), w.emit())
	case "scan":
		return w.scanFindings(h)
	case "ask":
		return join(w.records("GetItem", "UpdateItem"), w.wake(), w.emit())
	case "answer":
		return join(w.records("GetItem", "UpdateItem"), one(anywhere("ReadGuardAlarms", "cloudwatch:DescribeAlarms")))
	case "wait":
		return join(w.records("GetItem", "UpdateItem"), w.wake())
	case "shift":
		return join(w.records("GetItem", "UpdateItem"), w.moveAlias(h), w.testCandidate(h), w.wake(), w.emit())
	case "judge":
		return join(w.records("GetItem", "UpdateItem"), w.listReleases(), one(anywhere("ReadGuardAlarms", "cloudwatch:DescribeAlarms")), one(anywhere("ReadMetrics", "cloudwatch:GetMetricData")))
	case "rollback":
		return join(w.records("GetItem", "UpdateItem"), w.moveAlias(h), w.emit())
	case "look":
		return join(w.listReleases(), w.records("GetItem", "UpdateItem"), one(anywhere("ReadGuardAlarms", "cloudwatch:DescribeAlarms")), one(anywhere("ReadMetrics", "cloudwatch:GetMetricData")),
			w.buySamples(h), w.wake())
	case "watch":
		return join(w.records("Query", "BatchGetItem", "DeleteItem"), readMutes(h), invoke(h, "guard"), invoke(h, "look"),
			schedule(h, "RestWatch", "events:EnableRule", "events:DisableRule"))
	case "settle":
		return join(w.records("GetItem", "UpdateItem", "Query", "DeleteItem"), w.moveAlias(h), w.wake(), w.emit())
	case "guard":
		return join(w.records("Query", "GetItem", "UpdateItem"), w.moveAlias(h), w.wake(), w.start())
	case "decide":
		return join(w.records("GetItem", "UpdateItem"), w.wake(), w.start(), w.emit(), invoke(h, "slack"))
	case "pipeline":
		return join(w.records("GetItem"), w.listReleases(), readSources(h), w.answerPipelines(h), invoke(h, "decide"))
	case "sweep":
		return join(w.listOpenReleases(), w.records("GetItem", "UpdateItem", "Query"), w.lookAtExecutions(h), w.listExecutions(h), w.start(), w.emit(), schedule(h, "WakeWatch", "events:EnableRule"))
	case "slack":
		return join(w.readDefinitions(h), w.records("GetItem", "UpdateItem"), readSecret(h, "ReadBotToken", slackSecret(h)), readSecret(h, "SignLinks", linksSecret(h)))
	case "github":
		return join(w.records("GetItem", "UpdateItem"), readSecret(h, "ReadToken", githubSecret(h)))
	case "webhook":
		return join(w.readDefinitions(h), readSources(h), w.records("GetItem", "PutItem"), w.emit(), readSecret(h, "KnowGitHub", webhookSecret(h, events.GitHub)),
			readSecret(h, "KnowGitLab", webhookSecret(h, events.GitLab)), readSecret(h, "KnowBitbucket", webhookSecret(h, events.Bitbucket)),
			repositorySecrets(h, events.GitHub, events.GitLab, events.Bitbucket))
	case "button":
		return join(w.records("GetItem"), readSecret(h, "KnowSlack", signingSecret(h)), readSecret(h, "SignLinks", linksSecret(h)), invoke(h, "decide"))
	case "console":
		return join(w.records("GetItem", "PutItem", "Query"), w.listReleases(), w.listDefinitions(h), readSecret(h, "SignLinks", linksSecret(h)), invoke(h, "decide"),
			one(allow("KnowOwnAddress", []string{h.arn("lambda", "function:"+h.name("console"))}, "lambda:GetFunctionUrlConfig")))
	case "notify":
		return join(w.readReleases(), one(allow("TellPeople", []string{*w.topic.TopicArn()}, "sns:Publish")), readSecret(h, "SignLinks", linksSecret(h)))
	}
	panic("no grants are written for function " + name)
}

// readDefinitions allows the whole path and not just today's services: for an unknown service the answer must be
// "not found", which becomes a rejected release with a reason, and not "denied", which would be a failed function.
func (w wiring) readDefinitions(h home) []grant {
	return one(allow("ReadDefinitions", []string{h.arn("ssm", "parameter"+parameterPath(h)+"*")}, "ssm:GetParameter"))
}

func (w wiring) records(operations ...string) []grant {
	actions := make([]string, len(operations))
	for i, o := range operations {
		actions[i] = "dynamodb:" + o
	}
	return one(allow("KeepRecords", []string{*w.table.TableArn()}, actions...))
}

// readReleases allows to read the records of releases, and nothing else that lies in the table. AWS asks for ForAllValues with
// LeadingKeys, which holds of a request without any; Null refuses that
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html).
func (w wiring) readReleases() []grant {
	return one(allow("ReadReleases", []string{*w.table.TableArn()}, "dynamodb:GetItem").
		only("ForAllValues:StringLike", "dynamodb:LeadingKeys", []string{"release#*"}).only("Null", "dynamodb:LeadingKeys", "false"))
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

func (w wiring) emit() []grant {
	return one(allow("TellTheBus", []string{*w.bus.EventBusArn()}, "events:PutEvents"))
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
