package scenario

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/events"
	"sluice/shared/rollout"
)

// manual is a stage that deploys when somebody has signed.
func manual() types.StageDeclaration {
	return types.StageDeclaration{Actions: []types.ActionDeclaration{{Name: aws.String("Sign"), ActionTypeId: typeOf(types.ActionCategoryApproval, "Manual")}}}
}

// The stage that deployed the release's commit goes back with it, to the execution before, and nothing else does.
func TestStageGoesBackWithItsRelease(t *testing.T) {
	for name, test := range map[string]struct {
		before  func(w *World)
		after   func(w *World) // while the release goes back
		verdict rollout.GateVerdict
		why     string
		stage   types.ExecutionType
	}{
		"to the execution before": {
			func(w *World) { w.bringsTo("1", "2") }, func(w *World) { w.Signs() }, rollout.GatePass, "It passed in", types.ExecutionTypeRollback,
		},
		"when it does not run any more": {
			func(w *World) { w.bringsTo("1"); w.Runs("2") }, func(w *World) { w.Signs(); w.Pass(5 * time.Minute); w.Signs() }, rollout.GatePass, "It passed in", types.ExecutionTypeRollback,
		},
		"unless it has a newer execution": {
			func(w *World) { w.bringsTo("1", "2", "3") }, func(*World) {}, rollout.GatePass, "is not of commit 2: it is left as it is.", types.ExecutionTypeStandard,
		},
		"unless there is none before": {
			func(w *World) { w.bringsTo("2") }, func(*World) {}, rollout.GateFail, "no earlier execution with another commit has succeeded in stage shop/Release", types.ExecutionTypeStandard,
		},
		"and says that the way back failed": {
			func(w *World) { w.bringsTo("1", "2") }, func(*World) {}, rollout.GateFail, "the stage has not gone back within 30m, and goes on", types.ExecutionTypeRollback,
		},
	} {
		t.Run(name, func(t *testing.T) {
			RunWith(t, Options{Edit: WithHooks}, func(w *World) {
				w.GivenShop(manual())
				test.before(w)
				w.Given(Hooking(Canary, `{"name":"stage","after":"rollback","rollBackStage":{"pipeline":"shop","stage":"Release"}}`))
				id := w.Request(events.ReleaseRequest{Service: Service, Revision: "2", Commit: "2"})
				w.AtStep(id, 0)
				w.AlarmRed(Alarm)
				r := w.Ended(id)
				w.Pass(time.Minute)
				test.after(w)
				w.Pass(45 * time.Minute)
				w.wantRan(id, "stage", test.verdict, test.why)
				if at := w.InShop().LatestExecution; r.End != rollout.RolledBack || at.Type != test.stage {
					t.Errorf("%s, and the stage has %+v\n%s", r.End, at, Story(w.asItIs(id)))
				}
				if told := slices.Contains(w.Told(id), "hook-failed"); told != (test.verdict == rollout.GateFail) {
					t.Errorf("people heard %v", w.Told(id))
				}
				if begun := strings.Count(Story(w.asItIs(id)), "stage shop/Release runs."); begun > 1 {
					t.Errorf("it went back %d times", begun)
				}
			})
		})
	}
}

// bringsTo has commits pass the stage, one after the other.
func (w *World) bringsTo(commits ...string) {
	w.T.Helper()
	for _, commit := range commits {
		w.Pass(time.Second)
		w.Runs(commit)
		w.Signs()
	}
}
