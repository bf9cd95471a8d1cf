package pipeline_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

func TestDecisionIsPutInWhereverTheFirstTryDied(t *testing.T) {
	for name, event := range map[string]func(w *byhand.World, r rollout.Release) any{
		"that came while the action waits":  func(_ *byhand.World, r rollout.Release) any { return happened(r) },
		"that came before the action waits": func(w *byhand.World, _ rollout.Release) any { return waits(inStage(w)) },
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Crashing(t, "pipeline", scenario.Options{}, first, func(w *byhand.World) {
				r := asked(w)
				w.Carries(commit)
				rejects(w, r)
				w.Again("pipeline", event(w, r))
				if at := w.InPipeline(); at.Status != types.ActionExecutionStatusFailed || !strings.Contains(aws.ToString(at.Summary), "wrong price") {
					w.T.Errorf("the action is %s and says %q", at.Status, aws.ToString(at.Summary))
				}
			})
		})
	}
}

// Whoever was a moment earlier decides in the pipeline: that is no error to try again, and nothing to overrule.
func TestSomebodyWhoAnswersInTheSameMomentIsNotOverruled(t *testing.T) {
	var w *byhand.World
	meanwhile := byhand.For("pipeline", sandboxtest.After("codepipeline:GetPipelineExecution", func() { w.Puts(scenario.IAM("eve"), approved, "by eve") }))
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{meanwhile}}, first, func(world *byhand.World) {
		w = world
		r := asked(w)
		w.Carries(commit)
		rejects(w, r)
		w.Does("pipeline", happened(r))
		if at := w.InPipeline(); at.Status != types.ActionExecutionStatusSucceeded || aws.ToString(at.Summary) != "by eve" {
			t.Errorf("the action is %s and says %q", at.Status, aws.ToString(at.Summary))
		}
	})
}

// An action of other people, or of another commit, goes on by nobody's word but theirs.
func TestNothingIsPutIntoAnActionThatIsNotTheReleases(t *testing.T) {
	for name, test := range map[string]struct {
		carries []string // one after the other
		event   func(w *byhand.World, r rollout.Release, executions []string) any
		decided bool
	}{
		"an execution of another commit": {[]string{other}, func(_ *byhand.World, r rollout.Release, _ []string) any { return happened(r) }, true},
		"the news of one that is gone":   {[]string{commit, other}, func(_ *byhand.World, _ rollout.Release, e []string) any { return waits(e[0]) }, true},
		"a commit that nobody releases":  {[]string{other}, func(_ *byhand.World, _ rollout.Release, e []string) any { return waits(e[0]) }, true},
		"nothing is decided yet":         {[]string{commit}, func(_ *byhand.World, r rollout.Release, _ []string) any { return happened(r) }, false},
		"nothing is decided, it waits":   {[]string{commit}, func(_ *byhand.World, _ rollout.Release, e []string) any { return waits(e[0]) }, false},
		"the action of a build": {[]string{commit}, func(_ *byhand.World, _ rollout.Release, e []string) any {
			return waits(e[0], `"category":"Approval"`, `"category":"Build"`)
		}, true},
		"an action without a name": {[]string{commit}, func(_ *byhand.World, _ rollout.Release, e []string) any { return waits(e[0], `"Approve"`, `""`) }, true},
		"history": {[]string{commit}, func(_ *byhand.World, _ rollout.Release, e []string) any {
			return waits(e[0], `"id":"1"`, `"id":"1","replay-name":"look-at-yesterday"`)
		}, true},
		"a release without a record": {[]string{commit}, func(_ *byhand.World, _ rollout.Release, _ []string) any {
			return happened(rollout.Release{ID: "checkout-000000000000"})
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{}, first, func(w *byhand.World) {
				r := asked(w)
				var executions []string
				for i, c := range test.carries {
					if i > 0 {
						w.Puts(scenario.IAM("eve"), rejected, "")
					}
					w.Carries(c)
					executions = append(executions, inStage(w))
				}
				if test.decided {
					rejects(w, r)
				}
				w.Does("pipeline", test.event(w, r, executions))
				if n := w.Made("pipeline", "codepipeline:PutApprovalResult"); n != 0 || w.InPipeline().Status != types.ActionExecutionStatusInProgress {
					t.Errorf("it answered %d times, and the action is %s", n, w.InPipeline().Status)
				}
			})
		})
	}
}

// Four functions hear of each step of each release: one that no pipeline waits for must cost no call of CodePipeline.
func TestReleaseWithoutAPipelineAsksNoPipeline(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, strings.Replace(scenario.Asking, `"before":"last"`, `"before":"first"`, 1), func(w *byhand.World) {
		w.Does("pipeline", happened(w.Asking("2")))
		for _, c := range w.Calls("pipeline") {
			if c.Operation != "dynamodb:GetItem" {
				t.Errorf("it called %s", c.Operation)
			}
		}
	})
}

// The first question's action cannot be read, or was never there: the second one's people wait all the same.
func TestActionThatCannotBeReadKeepsNoOtherFromItsAnswer(t *testing.T) {
	two := strings.Replace(first, `"approvals":[`, `"approvals":[{"before":"last","from":["grace"],"within":"4h","pipeline":{"name":"checkout","stage":"Release","action":"Sign"}},`, 1)
	for name, fault := range map[string]wire.Middleware{
		"is not there":   nil,
		"cannot be read": byhand.For("pipeline", sandboxtest.Fail("codepipeline:GetPipelineState", 1, wire.AccessDenied("not now"))),
	} {
		t.Run(name, func(t *testing.T) {
			o := scenario.Options{}
			if fault != nil {
				o.Middleware = []wire.Middleware{fault}
			}
			byhand.RunWith(t, o, two, func(w *byhand.World) {
				r := asked(w)
				w.Carries(commit)
				rejects(w, r)
				if _, err := w.Call("pipeline", happened(r)); (err != nil) != (fault != nil) {
					t.Errorf("it answers %v", err)
				}
				if at := w.InPipeline(); at.Status != types.ActionExecutionStatusFailed {
					t.Errorf("the action is %s", at.Status)
				}
			})
		})
	}
}

// Two services of one repository ask through the pipeline that builds both: it must not go on while one of them is still asked about.
func TestActionThatTwoServicesShareWaitsForBoth(t *testing.T) {
	for name, event := range map[string]func(w *byhand.World, r rollout.Release) any{
		"that came while the action waits":  func(_ *byhand.World, r rollout.Release) any { return happened(r) },
		"that came before the action waits": func(w *byhand.World, _ rollout.Release) any { return waits(inStage(w)) },
	} {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{Services: true}, first, func(w *byhand.World) {
				_, err := w.Parameters.PutParameter(w.T.Context(), &ssm.PutParameterInput{
					Name: aws.String("/sluice/sandbox/sources/" + rollout.SourceKey(action.Source())), Value: aws.String(`["checkout","payments"]`), Type: ssmtypes.ParameterTypeString, Overwrite: aws.Bool(true),
				})
				if err != nil {
					t.Fatal(err)
				}
				checkout := asked(w)
				payments := asks(w.Of("payments", strings.Replace(first, `"name":"checkout"`, `"name":"\u0063heckout"`, 1))) // the pipeline's name stays
				w.Carries(commit)
				for _, step := range []struct {
					approves rollout.Release
					want     types.ActionExecutionStatus
				}{{payments, types.ActionExecutionStatusInProgress}, {checkout, types.ActionExecutionStatusSucceeded}} {
					approves(w, step.approves)
					w.Does("pipeline", event(w, step.approves))
					if at := w.InPipeline(); at.Status != step.want {
						t.Errorf("after the approval of %s the action is %s, want %s", step.approves.Service, at.Status, step.want)
					}
				}
			})
		})
	}
}

var action = rollout.Pipeline{Name: "checkout", Stage: "Release", Action: "Approve"}

// approves has the release's question approved by another way.
func approves(w *byhand.World, r rollout.Release) {
	w.T.Helper()
	w.Does("decide", byhand.Event(events.AnswerGiven, events.AnswerRequest{Release: r.ID, By: "grace", Answer: events.Approve}))
	w.Leads("count", byhand.Start(r))
}
