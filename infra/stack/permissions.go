package stack

import (
	"fmt"
	"strings"

	"sluice/events"
	"sluice/infra/addition"
	"sluice/shared/rollout"
)

// A permission is something that a function may do, given its wiring. The sandbox refuses what a row does not allow, and a test lists
// what no run ever used. Package addition allows what definitions name.
type permission func(wiring) []grant

// readDefinitions allows reading the whole path and not just today's services: for an unknown service the answer must be
// "not found", which becomes a rejected release with a reason, and not "denied", which would be a failed function.
func readDefinitions(w wiring) []grant {
	return one(allow("ReadDefinitions", []string{w.ARN("ssm", "parameter"+addition.DefinitionPath(w.Environment)+"*")}, "ssm:GetParameter"))
}

// readSources allows reading the whole path: for a source from which nothing is released, the answer must be "not found".
func readSources(w wiring) []grant {
	return one(allow("ReadSources", []string{w.ARN("ssm", "parameter"+addition.SourcePath(w.Environment)+"*")}, "ssm:GetParameter"))
}

func listOpenReleases(w wiring) []grant {
	return one(allow("ListOpenReleases", []string{*w.table.TableArn() + "/index/" + openReleases}, "dynamodb:Query"))
}

func listReleases(w wiring) []grant {
	return one(allow("ListReleases", []string{*w.table.TableArn() + "/index/" + releasesOfService}, "dynamodb:Query"))
}

func listDefinitions(w wiring) []grant {
	return one(allow("ListDefinitions", []string{w.ARN("ssm", "parameter"+strings.TrimSuffix(addition.DefinitionPath(w.Environment), "/"))}, "ssm:GetParametersByPath"))
}

// readSecret allows reading one secret by its name. Secrets Manager adds a hyphen and six characters to the name. While there is no secret
// of that name, IAM is asked about the name alone; allowing that too makes the answer "not found", and not "denied"
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html).
func readSecret(sid string, name func(home) string) permission {
	return func(w wiring) []grant {
		arn := w.ARN("secretsmanager", "secret:"+name(w.home))
		return one(allow(sid, []string{arn, arn + "-??????"}, "secretsmanager:GetSecretValue"))
	}
}

// invoke allows handing work to another function of Sluice's, for every kind of target.
func invoke(name string) permission {
	return func(w wiring) []grant {
		var arns []string
		for _, f := range w.functions {
			if f.name == name || f.row == name {
				arns = append(arns, w.ARN("lambda", "function:"+w.Name(f.name)))
			}
		}
		return one(allow("HandTo"+title(name), arns, "lambda:InvokeFunction"))
	}
}

// speak allows handing words to decide through the speaker's own alias. It allows neither another alias nor the function's bare name
// (https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html).
func speak(speaker string) permission {
	return func(w wiring) []grant {
		return one(allow("HandToDecide", []string{w.ARN("lambda", "function:"+aliasFor(w.home, speaker))}, "lambda:InvokeFunction"))
	}
}

// emit allows putting these events on the bus, as Sluice, and no others. The keys have a value for each entry of a call
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html).
func emit(detailTypes ...string) permission { return put("TellTheBus", events.Source, detailTypes...) }

// request allows asking for releases by events of a source, as any job of CI may, and nothing else.
func request(source string) permission { return put("AskForReleases", source, events.ReleaseRequested) }

// put allows putting events of a source and of these types on the bus.
func put(sid, source string, detailTypes ...string) permission {
	return func(w wiring) []grant {
		g := allow(sid, []string{*w.bus.EventBusArn()}, "events:PutEvents")
		for key, values := range map[string][]string{"events:source": {source}, "events:detail-type": detailTypes} {
			g = g.only("ForAllValues:StringEquals", key, values).only("Null", key, "false")
		}
		return one(g)
	}
}

func answerJobs(wiring) []grant {
	return one(anywhere("AnswerJobs", "codepipeline:PutJobSuccessResult", "codepipeline:PutJobFailureResult"))
}

// ends are the events of all ends of a release.
func ends() []string {
	var all []string
	for _, end := range []rollout.End{rollout.Succeeded, rollout.RolledBack, rollout.Rejected, rollout.Superseded, rollout.Aborted, rollout.Stuck} {
		all = append(all, events.ReleaseEnded(string(end)))
	}
	return all
}

// wakeWatch allows enabling the schedule of watch.
func wakeWatch(w wiring) []grant {
	return one(allow("WakeWatch", []string{w.watchRule()}, "events:EnableRule"))
}

// restWatch allows disabling the schedule of watch, and enabling it again.
func restWatch(w wiring) []grant {
	return one(allow("RestWatch", []string{w.watchRule()}, "events:EnableRule", "events:DisableRule"))
}

func (w wiring) watchRule() string { return w.ARN("events", "rule/"+w.Name(watchSchedule)) }

func start(w wiring) []grant {
	return one(allow("StartMachine", []string{w.machine}, "states:StartExecution"))
}

func wake(wiring) []grant {
	return one(anywhere("WakeMachine", "states:SendTaskSuccess"))
}

func listExecutions(w wiring) []grant {
	runs := w.ARN("states", fmt.Sprintf("mapRun:%s/*:*", w.Name("release"))) // AWS's reference says that it asks for both; the machine has no map
	return one(allow("ListExecutions", []string{w.machine, runs}, "states:ListExecutions"))
}

func lookAtExecutions(w wiring) []grant {
	return one(allow("LookAtExecutions", []string{w.ARN("states", fmt.Sprintf("execution:%s:*", w.Name("release")))}, "states:DescribeExecution"))
}

func readAlarms(wiring) []grant { return one(anywhere("ReadGuardAlarms", "cloudwatch:DescribeAlarms")) }

func readMetrics(wiring) []grant { return one(anywhere("ReadMetrics", "cloudwatch:GetMetricData")) }

func readMutes(w wiring) (all []grant) {
	for _, g := range addition.Mutes(w.Home, "watch") {
		all = append(all, granted(g))
	}
	return all
}

func tellPeople(w wiring) []grant {
	return one(allow("TellPeople", []string{*w.topic.TopicArn()}, "sns:Publish"))
}

// findAddress allows a function to ask for its own address, which nobody knows while the function is made.
func findAddress(name string) permission {
	return func(w wiring) []grant {
		return one(allow("KnowOwnAddress", []string{w.ARN("lambda", "function:"+w.Name(name))}, "lambda:GetFunctionUrlConfig"))
	}
}
