package scenario

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/shared/rollout"
)

// inFactory is Run in a world whose pipeline builds.
func inFactory(t *testing.T, o Options, body func(w *World)) {
	t.Helper()
	o.Edit, o.Beside = WithPipeline, Building
	RunWith(t, o, func(w *World) {
		w.Given(PushedToPipeline)
		body(w)
	})
}

func TestPushIsBuiltByAPipelineAndReleased(t *testing.T) {
	inFactory(t, Options{}, func(w *World) {
		w.GivenFactory()
		w.Builds(Commit(1), 3*time.Minute, 2)
		r := w.Ended(w.Pushes(Commit(1)))
		w.Then(r, rollout.Succeeded, built+healthy, "2")
		made := w.FactoryRuns()
		if len(made) != 1 || made[0].Status != types.PipelineExecutionStatusSucceeded || len(made[0].SourceRevisions) != 1 || *made[0].SourceRevisions[0].RevisionId != Commit(1) {
			t.Errorf("it started %+v, want one execution of %s", made, Commit(1))
		}
		if n, most := w.Transitions(r), rollout.Transitions(len(r.Steps))+4; n > most {
			t.Errorf("%d transitions, want at most %d", n, most)
		}
		if told := w.Told(r.ID); told[0] != "building" {
			t.Errorf("it told %v", told)
		}
		if said := w.Trail(r.ID); !strings.Contains(said, "Pipeline factory builds commit c0ffee1") {
			t.Errorf("it says\n%s", said)
		}
		if r.Building == nil || !strings.HasPrefix(r.Building.Page, "https://us-east-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/factory/executions/") {
			t.Errorf("it was built by %+v", r.Building)
		}
	})
}

func TestPipelineThatDoesNotMakeARevisionIsRejected(t *testing.T) {
	for name, test := range map[string]struct {
		given  func(w *World)
		reason string
		status types.PipelineExecutionStatus
	}{
		"its build fails": {
			func(w *World) { w.GivenFactory(); w.Builds(Commit(1), time.Minute, 0) },
			"the build of commit c0ffee1 failed: action Build of stage Build: Build terminated with state: FAILED", types.PipelineExecutionStatusFailed,
		},
		"its build may not be started": {
			func(w *World) { w.GivenFactory(ofNobody) },
			"failed: action Build of stage Build: ", types.PipelineExecutionStatusFailed,
		},
		"it takes too long": {
			func(w *World) { w.GivenFactory(); w.Builds(Commit(1), 2*time.Hour, 2) },
			"the build of commit c0ffee1 took longer than 30m", types.PipelineExecutionStatusStopping,
		},
		"nothing comes out of it": {
			func(w *World) { w.GivenFactory(speechless); w.Builds(Commit(1), time.Minute, 2) },
			`the build of commit c0ffee1 exported "" as SLUICE_REVISION, which is no version`, types.PipelineExecutionStatusSucceeded,
		},
		"somebody stops it": {
			func(w *World) {
				w.GivenFactory()
				w.Builds(Commit(1), time.Minute, 2)
				time.AfterFunc(30*time.Second, w.stopsFactory)
			},
			"the build of commit c0ffee1 failed: CodePipeline says Stopped", types.PipelineExecutionStatusStopped,
		},
		"there is no pipeline": {
			func(*World) {}, "Account does not have a pipeline with name 'factory'", "",
		},
		"its source has another name": {
			func(w *World) { w.GivenFactory(ofCode) }, "Source action 'Source' does not exist in pipeline 'factory'", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			inFactory(t, Options{}, func(w *World) {
				test.given(w)
				r := w.Ended(w.Pushes(Commit(1)))
				if r.End != rollout.Rejected || r.Rejection == nil || !strings.Contains(r.Rejection.Reason, test.reason) || r.Rejection.Remedy == "" {
					t.Errorf("it ended %q, %+v; want it rejected because %q", r.End, r.Rejection, test.reason)
				}
				w.Pass(time.Second)
				if test.status != "" && w.FactoryRuns()[0].Status != test.status {
					t.Errorf("the execution is %s, want %s", w.FactoryRuns()[0].Status, test.status)
				}
				if w.Serves() != "1" {
					t.Errorf("the alias serves %s", w.Serves())
				}
			})
		})
	}
}

// Pipelines that are set up otherwise: another role, no namespace, another name of the source.
func ofNobody(p *types.PipelineDeclaration) {
	p.RoleArn = aws.String("arn:aws:iam::123456789012:role/nobody")
}
func speechless(p *types.PipelineDeclaration) { p.Stages[1].Actions[0].Namespace = nil }
func ofCode(p *types.PipelineDeclaration)     { p.Stages[0].Actions[0].Name = aws.String("Code") }

// stopsFactory is somebody who stops the newest execution.
func (w *World) stopsFactory() {
	_, err := w.Sandbox.CodePipeline.StopPipelineExecution(w.ctx, &codepipeline.StopPipelineExecutionInput{PipelineName: aws.String(Factory), PipelineExecutionId: w.FactoryRuns()[0].PipelineExecutionId})
	w.must(err)
}

func TestPersonStopsAReleaseThatAPipelineBuilds(t *testing.T) {
	inFactory(t, Options{}, func(w *World) {
		w.GivenFactory()
		w.Builds(Commit(1), 10*time.Minute, 2)
		id := w.Pushes(Commit(1))
		w.Pass(time.Minute)
		w.Aborted(id)
		w.Pass(time.Minute)
		if r, _ := w.Recorded(id); r.End != rollout.Aborted || w.FactoryRuns()[0].Status != types.PipelineExecutionStatusStopping {
			t.Errorf("a minute later it has ended %q, and the pipeline is %s; its story:\n%s", r.End, w.FactoryRuns()[0].Status, Story(r))
		}
		w.Pass(10 * time.Minute)
		if status := w.FactoryRuns()[0].Status; status != types.PipelineExecutionStatusStopped {
			t.Errorf("when its build has ended, the pipeline is %s", status)
		}
	})
}

// CodePipeline's events are best effort: the next look at the execution finds its end.
func TestPipelineWhoseEndNobodyToldIsFoundAllTheSame(t *testing.T) {
	inFactory(t, Options{Hop: neverTold}, func(w *World) {
		w.GivenFactory()
		w.Builds(Commit(1), 7*time.Minute, 2)
		if r := w.Ended(w.Pushes(Commit(1))); r.End != rollout.Succeeded {
			t.Errorf("it ended %q; its story:\n%s", r.End, Story(r))
		}
	})
}

// A pipeline in the mode SUPERSEDED gives up what waits for a newer one: the release of a push that is built behind another says so.
func TestPushWhoseExecutionIsSupersededIsRejected(t *testing.T) {
	inFactory(t, Options{}, func(w *World) {
		w.GivenFactory()
		w.Define(strings.Replace(PushedToPipeline, `"build"`, `"whenPushed":"every","build"`, 1))
		for i := 1; i <= 3; i++ {
			w.Builds(Commit(i), 10*time.Minute, i+1)
		}
		w.Pushes(Commit(1))
		w.Pass(time.Minute)
		second := w.Pushes(Commit(2))
		w.Pass(time.Minute)
		w.Pushes(Commit(3))
		r := w.Ended(second)
		if r.End != rollout.Rejected || !strings.Contains(r.Rejection.Reason, "CodePipeline says Superseded") {
			t.Errorf("it ended %q, %+v", r.End, r.Rejection)
		}
	})
}
