package build_test

import (
	"archive/zip"
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codebuild"
	codebuildtypes "github.com/aws/aws-sdk-go-v2/service/codebuild/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// pushed leads a release of a commit to its build, which takes five seconds.
func pushed(w *byhand.World) rollout.Release {
	w.T.Helper()
	w.GivenProject()
	w.Builds(scenario.Commit(1), 5*time.Second, 2)
	return planned(w)
}

func planned(w *byhand.World) rollout.Release {
	w.T.Helper()
	r := w.CreatedOf(rollout.Revision{Commit: scenario.Commit(1)})
	if c := w.Leads("plan", byhand.Start(r)); c.Next != rollout.NextBuild {
		w.T.Fatalf("plan goes on with %+v, want the build", c)
	}
	return w.Release(r.ID)
}

// started lists the builds of the project.
func started(w *byhand.World) []string {
	w.T.Helper()
	out, err := w.Sandbox.CodeBuild.ListBuildsForProject(w.T.Context(), &codebuild.ListBuildsForProjectInput{ProjectName: aws.String(scenario.Project)})
	if err != nil {
		w.T.Fatal(err)
	}
	return out.Ids
}

// Two builds of one release would publish two versions, and the one that was paid for first would be forgotten.
func TestBuildIsStartedOnceWhereverTheFirstTryDied(t *testing.T) {
	byhand.Crashing(t, "build", scenario.Options{}, scenario.Pushed, func(w *byhand.World) {
		r := pushed(w)
		token := "first"
		if _, err := w.Call("build", byhand.Task(r, 0, token)); err != nil {
			token = "second" // of the state that is tried again
			w.Does("build", byhand.Task(r, 0, token))
		}
		r = w.Release(r.ID)
		if n := len(started(w)); n != 1 || r.Building == nil || r.Building.Page == "" {
			w.T.Fatalf("%d builds, and the record holds %+v", n, r.Building)
		}
		if of, err := w.Store.ReleaseOf(w.T.Context(), r.Building.Build); of != r.ID || err != nil || w.Waits(r.ID) != token {
			w.T.Errorf("the end of the build wakes %q of release %q (%v), want %q of %q", w.Waits(r.ID), of, err, token, r.ID)
		}
		if got := w.Woken(); len(got) != 0 {
			w.T.Errorf("woken %v while it is built", got)
		}
		if got := w.Told(r.ID); !slices.Contains(got, "building") {
			w.T.Errorf("people heard %v, and nothing of the build", got)
		}
	})
}

// The token of the first try names its execution.
func TestPipelineIsStartedOnceWhereverTheFirstTryDied(t *testing.T) {
	byhand.Crashing(t, "build", scenario.Options{Edit: scenario.WithPipeline, Beside: scenario.Building}, scenario.PushedToPipeline, func(w *byhand.World) {
		w.GivenFactory()
		w.Builds(scenario.Commit(1), 5*time.Second, 2)
		r := planned(w)
		if _, err := w.Call("build", byhand.Task(r, 0, "first")); err != nil {
			w.Does("build", byhand.Task(r, 0, "second"))
		}
		r = w.Release(r.ID)
		if made := w.FactoryRuns(); len(made) != 1 || r.Building == nil || r.Building.Build != scenario.Factory+"/"+*made[0].PipelineExecutionId {
			w.T.Fatalf("%d executions, and the record holds %+v", len(made), r.Building)
		}
	})
}

// Plan looks at a long build every five minutes and has it waited for again: people hear of it once.
func TestPeopleHearOnceOfABuildThatIsWaitedForAgain(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, scenario.Pushed, func(w *byhand.World) {
		r := pushed(w)
		for _, token := range []string{"first", "second", "third"} {
			w.Does("build", byhand.Task(r, 0, token))
			r = w.Release(r.ID)
		}
		if got := w.Told(r.ID); !slices.Equal(got, []string{"building"}) {
			t.Errorf("people heard %v", got)
		}
	})
}

// Nobody tells a release that did not wait yet: it would stand for five minutes, and an aborted one's build would run on.
func TestWhatHappensWhileTheBuildIsStartedIsNotWaitedOut(t *testing.T) {
	for name, happens := range map[string]func(w *byhand.World, r rollout.Release){
		"the build ends": func(w *byhand.World, _ rollout.Release) { w.Pass(6 * time.Second) },
		"a person stops it": func(w *byhand.World, r rollout.Release) {
			w.Does("decide", byhand.Event(events.AbortRequested, events.ControlRequest{Release: r.ID, By: "grace"}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			var w *byhand.World
			var r rollout.Release
			meanwhile := byhand.For("build", sandboxtest.After("codebuild:StartBuild", func() { happens(w, r) }))
			byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{meanwhile}}, scenario.Pushed, func(world *byhand.World) {
				w = world
				r = pushed(w)
				w.Does("build", byhand.Task(r, 0, "mine"))
				if got := w.Woken(); !slices.Equal(got, []string{"mine"}) {
					t.Errorf("woken %v, want Plan to look at once", got)
				}
			})
		})
	}
}

// The state is tried again when its answer was lost, whatever came of the release meanwhile.
func TestNothingIsBuiltForAReleaseThatNeedsNoBuild(t *testing.T) {
	for name, before := range map[string]func(w *byhand.World, r rollout.Release) error{
		"a person stopped it": func(w *byhand.World, r rollout.Release) error {
			w.Does("decide", byhand.Event(events.AbortRequested, events.ControlRequest{Release: r.ID, By: "grace"}))
			return nil
		},
		"it was rejected": func(w *byhand.World, r rollout.Release) error {
			return w.Store.Rejected(w.T.Context(), r.ID, *rollout.Because("no", "none"), rollout.Line{})
		},
		"it has its version": func(w *byhand.World, r rollout.Release) error {
			r.Revision.Version = "2"
			return w.Store.Built(w.T.Context(), r, rollout.Line{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{}, scenario.Pushed, func(w *byhand.World) {
				r := pushed(w)
				if err := before(w, r); err != nil {
					t.Fatal(err)
				}
				w.Does("build", byhand.Task(r, 0, "mine"))
				if n := len(started(w)); n != 0 || w.Made("build", "dynamodb:UpdateItem") != 0 {
					t.Errorf("%d builds, and %d writes", n, w.Made("build", "dynamodb:UpdateItem"))
				}
				if got := w.Woken(); !slices.Equal(got, []string{"mine"}) {
					t.Errorf("woken %v, want Plan to go on", got)
				}
			})
		})
	}
}

// Only what CodeBuild will never take is the author's to mend.
func TestReleaseIsNotRejectedForWhatPassesByItself(t *testing.T) {
	for name, test := range map[string]struct {
		answer error
		reason string // of the rejection; empty: it is an error, and tried again
	}{
		"CodeBuild throttles":               {wire.Throttled("Rate exceeded"), ""},
		"CodeBuild is out of order":         {wire.Internal("out of order"), ""},
		"as many builds run as may":         {&codebuildtypes.AccountLimitExceededException{Message: aws.String("Cannot have more than 60 builds")}, ""},
		"the project has no source":         {&codebuildtypes.InvalidInputException{Message: aws.String("Project has no source")}, "Project has no source"},
		"the project was deleted meanwhile": {&codebuildtypes.ResourceNotFoundException{Message: aws.String("Project cannot be found: checkout")}, "Project cannot be found: checkout"},
	} {
		t.Run(name, func(t *testing.T) {
			refused := sandboxtest.Fail("codebuild:StartBuild", sandboxtest.Always, test.answer)
			byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{refused}}, scenario.Pushed, func(w *byhand.World) {
				r := pushed(w)
				_, err := w.Call("build", byhand.Task(r, 0, "mine"))
				why := w.Release(r.ID).Rejection
				if (err == nil) != (test.reason != "") || (why == nil) != (err != nil) {
					t.Fatalf("it answers %v, and the release is rejected because of %+v", err, why)
				}
				if why != nil && (!strings.Contains(why.Reason, test.reason) || why.Remedy == "" || !slices.Equal(w.Woken(), []string{"mine"})) {
					t.Errorf("rejected because of %+v, woken %v", why, w.Woken())
				}
			})
		})
	}
}

// ofObjects is a definition whose releases are published from a bucket.
var ofObjects = strings.Replace(scenario.Canary, `"strategy"`, `"source":{"s3":{"bucket":"acme-artifacts","key":"checkout/*"}},"strategy"`, 1)

// bucket is a world with an object in the bucket, and what the stack grants for a definition that names one.
func bucket(t *testing.T, faults ...wire.Middleware) scenario.Options {
	t.Helper()
	return scenario.Options{
		Edit:    scenario.Allowing("Build", "*", "lambda:UpdateFunctionCode", "s3:GetObjectVersion"),
		Objects: map[string][]byte{"acme-artifacts/checkout/42.zip": archive(t)}, Middleware: faults,
	}
}

// object leads a release of the object to its build.
func object(w *byhand.World) rollout.Release {
	w.T.Helper()
	r := w.Planned("")
	r.ID = "checkout-000000000001"
	r.Building = &rollout.Building{S3: &rollout.Object{Bucket: "acme-artifacts", Key: "checkout/42.zip"}, ID: "v1", Since: time.Now()}
	if err := w.Store.Create(w.T.Context(), r); err != nil {
		w.T.Fatal(err)
	}
	return r
}

func archive(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	f, err := z.Create("bootstrap")
	if err == nil {
		_, err = f.Write([]byte("42"))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestObjectBecomesOneVersionWhereverTheFirstTryDied(t *testing.T) {
	byhand.Crashing(t, "build", bucket(t), ofObjects, func(w *byhand.World) {
		r := object(w)
		w.Again("build", byhand.Task(r, 0, "mine"))
		out, err := w.Lambda.ListVersionsByFunction(w.T.Context(), &lambda.ListVersionsByFunctionInput{FunctionName: aws.String(scenario.Service)})
		if err != nil {
			w.T.Fatal(err)
		}
		if got := w.Release(r.ID); got.Revision.Version != "4" || len(out.Versions) != 5 { // $LATEST is listed, too
			w.T.Errorf("it has version %q of %d, rejected %+v", got.Revision.Version, len(out.Versions)-1, got.Rejection)
		}
		if got := w.Woken(); len(got) == 0 || got[0] != "mine" {
			w.T.Errorf("woken %v, want Plan to go on", got)
		}
	})
}

// Somebody else changes the function in this moment: the state machine waits for what has this name.
func TestFunctionThatIsBeingChangedIsWaitedFor(t *testing.T) {
	busy := sandboxtest.Fail("lambda:UpdateFunctionCode", sandboxtest.Always, &lambdatypes.ResourceConflictException{Message: aws.String("An update is in progress")})
	byhand.RunWith(t, bucket(t, byhand.For("build", busy)), ofObjects, func(w *byhand.World) {
		r := object(w)
		w.Refuses("build", byhand.Task(r, 0, "mine"), rollout.NotReadyError+":")
		if got := w.Release(r.ID); got.Rejection != nil || len(w.Woken()) != 0 {
			t.Errorf("rejected %+v, woken %v", got.Rejection, w.Woken())
		}
	})
}
