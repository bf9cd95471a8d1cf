package scenario

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cptypes "github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"

	"sluice/events"
	"sluice/test/sandbox/iam"
	"sluice/test/sandbox/wire"
)

// unneeded is every grant that no story uses, with the reason why it is there all the same. A name without a function is
// every function's.
var unneeded = map[string]string{
	"logs:CreateLogStream":     "the Lambda service writes a function's logs on its role, outside of the AWS API that the sandbox serves",
	"logs:PutLogEvents":        "as above",
	"xray:PutTraceSegments":    "the Lambda service sends a function's traces on its role",
	"xray:PutTelemetryRecords": "as above",

	"sweep states:ListExecutions": "AWS's reference names map runs as well, which Sluice's machine has none of; the machine's own is used by every sweep",

	"rollback dynamodb:UpdateItem UpdateWait": "an alias is back at once: where the way back takes minutes, it is waited for by token (TestWayBackOfAStackIsOverWhenCloudFormationSaysSo)",

	"Release logs:CreateLogDelivery":        "Step Functions sets up its log delivery on the machine's role when the machine is made (https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html)",
	"Release logs:DeleteLogDelivery":        "as above",
	"Release logs:DescribeLogGroups":        "as above",
	"Release logs:DescribeResourcePolicies": "as above",
	"Release logs:GetLogDelivery":           "as above",
	"Release logs:ListLogDeliveries":        "as above",
	"Release logs:PutResourcePolicy":        "as above",
	"Release logs:UpdateLogDelivery":        "as above",
	"Release xray:GetSamplingRules":         "Step Functions samples traces on the machine's role (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html)",
	"Release xray:GetSamplingTargets":       "as above",
	"Release xray:PutTelemetryRecords":      "as above",
	"Release xray:PutTraceSegments":         "as above",

	"StageMachine logs:CreateLogDelivery":        "as above",
	"StageMachine logs:DeleteLogDelivery":        "as above",
	"StageMachine logs:DescribeLogGroups":        "as above",
	"StageMachine logs:DescribeResourcePolicies": "as above",
	"StageMachine logs:GetLogDelivery":           "as above",
	"StageMachine logs:ListLogDeliveries":        "as above",
	"StageMachine logs:PutResourcePolicy":        "as above",
	"StageMachine logs:UpdateLogDelivery":        "as above",
	"StageMachine xray:GetSamplingRules":         "as above",
	"StageMachine xray:GetSamplingTargets":       "as above",
	"StageMachine xray:PutTelemetryRecords":      "as above",
	"StageMachine xray:PutTraceSegments":         "as above",
}

// withHooks is the story whose template has the rights that hooks bring.
const withHooks = "with hooks, of which one fails and one comes after the end"

// withParameters is another.
const withParameters = "with parameters and a stage that go back"

// withPipeline is the story whose pipeline builds.
const withPipeline = "built by a pipeline, which takes too long another time"

// everyCall is stories that between them make every call that Sluice ever makes.
var everyCall = map[string]func(w *World){
	"promoted, judged by counts": func(w *World) {
		w.Given(with(Canary, `"guard":{"alarms":["checkout-errors"]}`, `"guard":{"alarms":["checkout-errors"]},"checks":{"ceilings":[{"percent":50,"errors":3,"requests":1}]}`))
		w.Traffic(60)
		w.Ended(w.Requested("2"))
	},
	"of a version that was idle for long": func(w *World) {
		w.Given(Canary)
		w.Becomes("2", idle)
		w.Ended(w.Requested("2"))
	},
	"waiting for people, of whom some answer": func(w *World) {
		w.Given(Asking)
		id := w.Requested("2")
		w.Asks(id, 3)
		next := w.Requested("3")
		w.Answered(id, "ada", events.Approve)
		w.Pass(time.Minute)
		w.Answered(id, "grace", events.Approve)
		w.Ended(id)
		w.AtStep(next, 0)
		w.Aborted(next)
		w.Ended(next)
	},
	"asked for and promoted at the command line": func(w *World) {
		w.Hires()
		w.Given(signing)
		request := events.ReleaseRequest{Service: Service, Revision: "2", Key: "job-7"}
		w.Commands("ada", events.Order{Do: events.Ask, Request: &request})
		w.AtStep(request.ID(""), 0)
		if out, _ := w.Commands("linus", events.Order{Do: events.Promote, Release: request.ID("")}); !out.Done {
			w.T.Errorf("a promotion by the command line: %+v", out)
		}
		w.Asks(request.ID(""), 3)
		w.Answered(request.ID(""), "grace", events.Approve)
		w.Ended(request.ID(""))
	},
	"frozen between two steps, let go on, looked at, and undone after its window": func(w *World) {
		w.Hires()
		w.Given(Canary)
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.freezes(freeze(""))
		w.Pass(30 * time.Minute)
		w.freezes(unfreeze(""))
		w.Ended(id)
		w.freezes(events.Order{Do: events.Open, Release: id})
		w.Pass(2 * time.Hour)
		w.freezes(events.Order{Do: events.Undo, Release: id})
		w.Pass(time.Hour)
	},
	withHooks: func(w *World) {
		w.Given(Hooking(Canary, `{"name":"warm","beforeStep":2,"whenFailed":"goOn",`+byBuild+`},{"name":"tell","after":"promotion",`+byLambda+`},{"name":"announce","after":"promotion",`+ByEndpoint+`}`))
		w.GivesEndpointKey()
		w.Acceptance(4*time.Minute, "exit status 1")
		w.Tester("checkout-smoke", time.Second, "{}", nil)
		w.Ended(w.Requested("2"))
		w.Pass(time.Minute)
	},
	withPipeline: func(w *World) {
		w.Given(PushedToPipeline)
		w.GivenFactory()
		w.Builds(Commit(1), 2*time.Minute, 2)
		w.Builds(Commit(2), 2*time.Hour, 3)
		w.Ended(w.Pushes(Commit(1)))
		w.Ended(w.Pushes(Commit(2)))
	},
	withParameters: func(w *World) {
		w.Given(Hooking(Canary, `{"name":"limits","before":"first","carry":[{"parameter":"/checkout/production/limit","from":"/checkout/staging/limit"},{"parameter":"/checkout/production/new","from":"/checkout/staging/limit"}]},{"name":"stage","after":"rollback","rollBackStage":{"pipeline":"shop","stage":"Release"}}`))
		w.GivenShop(manual())
		w.bringsTo("1", "2")
		w.Flag(staged, "20")
		w.Flag(produced, "10")
		id := w.Request(events.ReleaseRequest{Service: Service, Revision: "2", Commit: "2"})
		w.AtStep(id, 0)
		w.AlarmRed(Alarm)
		w.Ended(id)
		w.Pass(time.Minute)
		w.Signs()
		w.Pass(10 * time.Minute)
	},
	"queued, aborted, promoted now": func(w *World) {
		w.Given(Canary)
		first := w.Requested("2")
		w.AtStep(first, 0)
		second, third := w.Requested("3"), w.Requested("3")
		w.Pass(time.Minute)
		w.Aborted(second)
		w.PromotedNow(first)
		w.AtStep(third, 0)
		w.Aborted(third)
		w.Ended(third)
	},
	"reverted by alarm, and another by a person": func(w *World) {
		w.Given(Canary)
		w.Ended(w.Requested("2"))
		w.AlarmRed(Alarm)
		w.Pass(10 * time.Minute)
		id := w.Requested("3")
		w.Ended(id)
		w.Aborted(id)
		w.Pass(10 * time.Minute)
	},
	"out of the queue when its gates shut, and let through": func(w *World) {
		w.Given(Gated(`"windows":[{"from":"00:00","until":"00:20","zone":"UTC"}],"override":["grace"]`))
		first := w.Requested("2")
		w.AtStep(first, 0)
		second := w.Requested("3")
		w.Pass(time.Second) // it is the older one
		third := w.Requested("3")
		w.Ended(first)
		w.Overrides(second, "grace", "a story", "")
		w.Ended(second)
		w.Aborted(third)
		w.Ended(third)
	},
	"muted alarm, and another, whose events are lost": func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.Muted(Alarm, time.Now().Add(3*time.Minute))
		w.silently(Alarm)
		w.Ended(id)
	},
	"muted alarm": func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.Muted(Alarm, time.Now().Add(3*time.Minute))
		w.AlarmRed(Alarm)
		w.Ended(id)
	},
	"somebody else moves the traffic": func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.Split("1", "3", 0.5)
		w.AlarmRed(Alarm)
		w.Ended(id)
	},
	"without any secret":             notSetUp,
	"without a key that signs links": withoutLinks,
	"taken back by sweep": func(w *World) {
		w.Given(Canary)
		id := w.Requested("2")
		w.AtStep(id, 0)
		w.Killed(id)
		w.Ended(id)
	},
	"superseded": func(w *World) {
		w.Given(Canary)
		w.AtStep(w.Requested("2"), 0)
		w.Requested("3")
		w.Pass(time.Second) // it stands in the queue
		w.Define(with(Canary, `"revertWindow"`, `"whenRunning":"supersede","revertWindow"`))
		w.Ended(w.Requested("3"))
	},
	"compared with stable": func(w *World) {
		w.Given(guarded(comparing))
		w.AlarmRed(Alarm)
		id := w.Request(events.ReleaseRequest{Service: Service, Revision: "2", Author: "ada", Fixes: "INC-42"})
		w.AtStep(id, 0)
		w.Pass(2 * time.Minute)
		w.Aborted(id)
		w.Ended(id)
		w.Define(checked(comparing))
		w.Breaks("3", 0.5)
		w.Traffic(120)
		w.Ended(w.Requested("3"))
		w.Pass(5 * time.Minute)
	},
	"judged before the first look": func(w *World) {
		w.Given(strings.ReplaceAll(checked(comparing), `"bake":"30m"`, `"bake":"20s"`))
		w.Ended(w.Requested("2"))
	},
	"told in Slack": func(w *World) {
		w.Given(chatting(Canary))
		w.Ended(w.Requested("2"))
	},
	"answered in Slack and on the page": func(w *World) {
		w.Given(inSlack)
		id := w.Requested("2")
		w.Asks(id, 3)
		w.Pass(time.Minute)
		m, _ := w.chat()
		w.must(w.Slack.Press(m.TS, "approve", "U0ADA")) // the author: it does not count, and the buttons stay
		w.Browser().Opens(w.linkFor(m, "U0GRACE")).Continues().Presses("approve", "").Goes("/").Goes("/releases/" + id + "/evidence.json")
		w.Invited(id)
		w.Ended(id)
	},
	"answered in CodePipeline, and for it": func(w *World) {
		id := w.piped()
		w.Puts(IAM("eve"), cptypes.ApprovalStatusApproved, "")
		w.Pass(time.Minute)
		w.Carries("c0ffee")
		w.Answered(id, "grace", events.Approve)
		w.Ended(id)
	},
	"waited for by a pipeline, and by one that asks for nothing": func(w *World) {
		w.Given(Canary)
		for _, parameters := range []string{`{"service":"checkout","revision":"2"}`, `{}`} {
			w.Redeliver("stage", jobOf(parameters))
			w.Pass(time.Minute)
		}
		w.Aborted(w.begun().ID)
		w.Ended(w.Last())
		_, err := w.Machine.StartExecution(w.ctx, &sfn.StartExecutionInput{StateMachineArn: aws.String(StageMachine), Input: aws.String(`{"service":"checkout","commit":"c0ffee"}`)})
		w.must(err)
		w.Pass(15 * time.Minute) // it gives up
	},
	"answered by a member of a Slack group": func(w *World) {
		w.Slack.Group("S0OPS", "U0EVE")
		w.Given(grouped)
		id := w.Requested("2")
		w.Asks(id, 3)
		w.Pass(time.Minute)
		m, _ := w.chat()
		w.must(w.Slack.Press(m.TS, "approve", "U0EVE"))
		w.Ended(id)
	},
	"pushed": func(w *World) {
		w.Given(Canary)
		for _, host := range []string{events.GitHub, events.GitLab, events.Bitbucket} {
			w.webhookSecret(host)
			w.pushed(host, hostEvent(w.T, host+"-push"), webhookKey)
		}
	},
	"built": func(w *World) {
		w.givenBuilds(Pushed)
		w.Builds(Commit(1), 10*time.Minute, 2)
		w.Builds(Commit(2), time.Minute, 0, "exit status 1")
		w.Pushes(Commit(1))
		w.Pass(time.Minute)
		w.Ended(w.Pushes(Commit(2)))
		w.publishedElsewhere("2")
	},
	"cannot be built": func(w *World) {
		w.Given(Pushed)
		w.Ended(w.Pushes(Commit(1)))
	},
	"rejected": func(w *World) {
		w.Given(Canary)
		w.Ended(w.Requested("77"))
		w.Ended(w.Request(events.ReleaseRequest{Service: "basket", Revision: "2"}))
	},
}

// brokenCalls is the same of stories in which a call fails, or somebody acts right before one.
var brokenCalls = map[string]struct {
	faults func(w **World) []wire.Middleware
	story  func(w *World)
}{
	"an alarm that only judge reads": {
		func(**World) []wire.Middleware {
			return append(fail("guard", "*", always), fail("look", "*", always)...)
		},
		func(w *World) {
			w.Given(Canary)
			w.Breaks("2", 1)
			w.Traffic(120)
			w.Ended(w.Requested("2"))
			w.GivesUp("guard")
			w.GivesUp("look")
		},
	},
	"events that nobody can handle": {
		func(**World) []wire.Middleware {
			return slices.Concat(fail("trigger", "*", always), fail("decide", "*", always), fail("guard", "*", always),
				fail("sweep", "*", always), fail("notify", "*", always), fail("slack", "*", always), fail("github", "*", always), fail("look", "*", always), fail("watch", "*", always), fail("progress", "*", always), fail("source", "*", always), fail("pipeline", "*", always))
		},
		func(w *World) {
			w.Given(Canary)
			w.Requested("2")
			w.Aborted("checkout-000000000000")
			w.AlarmRed(Alarm)
			nowhere := events.Release{
				Release: "checkout-000000000000", Service: Service, Repository: "github/acme/checkout", Pipelines: []string{"codepipeline/checkout/Release/Approve"},
			}
			w.Announce(events.ReleaseStarted, nowhere)
			w.Announce(events.ReleaseShifted, nowhere)
			w.builtElsewhere()
			w.publishedElsewhere("2")
			w.watchWorks()
			w.Redeliver("look", []byte(`{"releases":["checkout-000000000000"]}`))
			for _, f := range []string{"trigger", "decide", "guard", "sweep", "notify", "slack", "progress", "source", "github", "look", "watch", "pipeline"} {
				w.GivesUp(f)
			}
			w.Pass(20 * time.Minute)
		},
	},
	"released right before watch rests": {
		func(w **World) []wire.Middleware {
			var once sync.Once
			return on("watch", "events:DisableRule", func() {
				once.Do(func() {
					(*w).Requested("2")
					(*w).Pass(2 * time.Second)
				})
			})
		},
		func(w *World) {
			w.Given(guarded(comparing))
			w.watchWorks()
			w.Pass(2 * time.Minute)
			w.Aborted(w.Last())
			w.Ended(w.Last())
		},
	},
	"taken back five times in vain": {
		func(**World) []wire.Middleware { return fail("rollback", "lambda:*", always) },
		func(w *World) {
			w.Given(Canary)
			id := w.Requested("2")
			w.AtStep(id, 0)
			for range 6 {
				w.Stopped(id)
				w.Pass(6 * time.Minute)
			}
		},
	},
	"moved by somebody else right before the end": {
		func(w **World) []wire.Middleware {
			var once sync.Once
			return on("settle", "lambda:GetAlias", func() { once.Do(func() { (*w).Split("1", "2", 0.5) }) })
		},
		func(w *World) {
			w.Given(Canary)
			w.Ended(w.Requested("2"))
		},
	},
	"answered right before it waits": {
		func(w **World) []wire.Middleware {
			var once sync.Once
			return on("ask", "events:PutEvents", func() {
				once.Do(func() {
					(*w).Answered((*w).Last(), "grace", events.Reject)
					(*w).Pass(time.Second) // decide found a token that nobody waits with yet
				})
			})
		},
		func(w *World) {
			w.Given(Asking)
			w.Ended(w.Requested("2"))
		},
	},
	"aborted right before it waits": {
		func(w **World) []wire.Middleware {
			return on("wait", "dynamodb:UpdateItem", func() {
				(*w).Aborted((*w).Last())
				(*w).Pass(time.Second) // decide is done before wait stores its token
			})
		},
		func(w *World) {
			w.Given(Canary)
			first := w.Requested("2")
			w.AtStep(first, 0)
			w.Requested("3")
			w.Ended(first)
		},
	},
}

func TestEveryGrantIsUsedOrHasAReason(t *testing.T) {
	unused := map[string]int{}
	worlds := 0
	count := func(w *World) {
		worlds++
		seen := map[string]bool{}
		for _, g := range w.Sandbox.UnusedGrants() {
			seen[shortly(g)] = true
		}
		for grant := range seen {
			unused[grant]++
		}
	}
	for name, story := range everyCall {
		t.Run(name, func(t *testing.T) {
			o := Options{Direct: true}
			if name == withHooks || name == withParameters {
				o.Edit = WithHooks
			}
			if name == withPipeline {
				o.Edit, o.Beside = WithPipeline, Building
			}
			RunWith(t, o, func(w *World) {
				story(w)
				w.quiet()
				count(w)
			})
		})
	}
	for name, broken := range brokenCalls {
		t.Run(name, func(t *testing.T) {
			var world *World
			RunWith(t, Options{Direct: true, Middleware: broken.faults(&world)}, func(w *World) {
				world = w
				broken.story(w)
				count(w)
			})
		})
	}
	for grant, n := range unused {
		_, action, _ := strings.Cut(grant, " ")
		if n == worlds && unneeded[grant] == "" && unneeded[action] == "" {
			t.Errorf("no story uses the grant %q: use it, remove it, or say in unneeded why it is there", grant)
		}
	}
	for grant := range unneeded {
		if n, listed := unused[grant]; strings.Contains(grant, " ") && (!listed || n < worlds) {
			t.Errorf("unneeded says why %q is there unused, and it is used or gone", grant)
		}
	}
}

// shortly is a grant by its function, "guard lambda:UpdateAlias", or by the name of another role.
func shortly(g iam.Grant) string {
	role := FunctionOf(g.Role)
	role = strings.TrimPrefix(role, "Sluice-sandbox-")
	if i := strings.Index(role, "Role"); i > 0 {
		role = role[:i]
	}
	if g.Action == "lambda:InvokeFunction" || g.Action == "secretsmanager:GetSecretValue" { // each story invokes and reads some
		return role + " " + g.Action + " of " + g.Resource
	}
	if strings.HasPrefix(g.Action, "dynamodb:") { // by the items, which the statement is named after
		return role + " " + g.Action + " " + g.Sid
	}
	return role + " " + g.Action
}

// A function is refused what it does not need, whoever gets hold of it.
func TestFunctionsAreRefusedWhatTheyDoNotNeed(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		for _, function := range functionNames {
			cfg, err := w.Sandbox.ConfigFor(stackName + "-" + function)
			w.must(err)
			moves := slices.Contains([]string{"shift", "guard", "rollback", "settle"}, function)
			_, err = lambda.NewFromConfig(cfg).UpdateAlias(w.ctx, &lambda.UpdateAliasInput{FunctionName: aws.String(Service), Name: aws.String(Alias), FunctionVersion: aws.String("1")})
			if denied(err) == moves {
				t.Errorf("%s moves the traffic: %v, want that only for those that bring it forward or back", function, err)
			}
			for what, err := range map[string]error{
				"moves the traffic of another service":  second(lambda.NewFromConfig(cfg).UpdateAlias(w.ctx, &lambda.UpdateAliasInput{FunctionName: aws.String("other"), Name: aws.String("live"), FunctionVersion: aws.String("1")})),
				"changes a function":                    second(lambda.NewFromConfig(cfg).UpdateFunctionConfiguration(w.ctx, &lambda.UpdateFunctionConfigurationInput{FunctionName: aws.String(Service)})),
				"silences an alarm":                     second(cloudwatch.NewFromConfig(cfg).SetAlarmState(w.ctx, &cloudwatch.SetAlarmStateInput{AlarmName: aws.String(Alarm), StateValue: "OK", StateReason: aws.String("hush")})),
				"changes how the service is released":   second(ssm.NewFromConfig(cfg).PutParameter(w.ctx, &ssm.PutParameterInput{Name: aws.String("/sluice/sandbox/services/checkout"), Value: aws.String("{}"), Overwrite: aws.Bool(true)})),
				"reads everything that the table holds": second(dynamodb.NewFromConfig(cfg).Scan(w.ctx, &dynamodb.ScanInput{TableName: aws.String(tableName)})),
				"begins an execution for a pipeline":    second(sfn.NewFromConfig(cfg).StartExecution(w.ctx, &sfn.StartExecutionInput{StateMachineArn: aws.String(StageMachine)})),
				"stops an execution":                    second(sfn.NewFromConfig(cfg).StopExecution(w.ctx, &sfn.StopExecutionInput{ExecutionArn: aws.String("arn:aws:states:us-east-1:123456789012:execution:" + stackName + "-release:x")})),
			} {
				if !denied(err) {
					t.Errorf("%s %s: %v, want AccessDenied", function, what, err)
				}
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func denied(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && strings.HasPrefix(api.ErrorCode(), "AccessDenied")
}
