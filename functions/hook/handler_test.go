package hook_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codebuild"
	"github.com/aws/aws-sdk-go-v2/service/codebuild/types"

	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// migrating runs a build before its second step.
func migrating(more string) string {
	return scenario.Hooking(scenario.Canary, `{"name":"migrate","beforeStep":2,"codeBuild":"acceptance","within":"20m"`+more+`}`)
}

// builds are what became of the builds of the hook.
func builds(w *byhand.World) []types.StatusType {
	w.T.Helper()
	list, err := w.Sandbox.CodeBuild.ListBuildsForProject(w.T.Context(), &codebuild.ListBuildsForProjectInput{ProjectName: aws.String("acceptance")})
	if err != nil {
		w.T.Fatal(err)
	}
	var found []types.StatusType
	for _, id := range list.Ids {
		out, err := w.Sandbox.CodeBuild.BatchGetBuilds(w.T.Context(), &codebuild.BatchGetBuildsInput{Ids: []string{id}})
		if err != nil {
			w.T.Fatal(err)
		}
		found = append(found, out.Builds[0].BuildStatus)
	}
	return found
}

func task(r rollout.Release, token string) any {
	t := byhand.Task(r, 1, token)
	t.Seconds = 300
	return t
}

var hooked = scenario.Options{Edit: scenario.WithHooks}

// A hook may be anything, such as a migration: it runs once, whatever its function dies at, and the lease outlasts the wait.
func TestHookRunsOnceWhereverTheFirstTryDied(t *testing.T) {
	byhand.Crashing(t, "hook", hooked, migrating(""), func(w *byhand.World) {
		w.Acceptance(10*time.Minute, "")
		r := w.Baking("2")
		w.Pass(10 * time.Minute)
		w.Again("hook", task(r, "mine"))
		r = w.Release(r.ID)
		if got := builds(w); len(got) != 1 || !r.Ran("migrate").Runs() || w.Waits(r.ID) != "mine" || len(w.Woken()) != 0 || w.Lease().Expires.Before(time.Now().Add(4*time.Minute)) {
			w.T.Errorf("builds %v, hooks %+v, token %q, woken %v, the lease expires in %v", got, r.Hooks, w.Waits(r.ID), w.Woken(), time.Until(w.Lease().Expires))
		}
		lines := 0
		for _, l := range r.Audit {
			if strings.Contains(l.What, "Hook migrate, before step 2: build acceptance runs.") {
				lines++
			}
		}
		if lines != 1 {
			w.T.Errorf("the record says it %d times", lines)
		}
	})
}

func TestPeopleHearOfAHookThatFailedWhereverTheFirstTryDied(t *testing.T) {
	byhand.Crashing(t, "hook", hooked, migrating(`,"whenFailed":"goOn"`), func(w *byhand.World) {
		w.Acceptance(time.Minute, "exit status 1")
		r := w.Baking("2")
		for range 2 {
			w.Again("hook", task(r, "mine"))
			w.Pass(2 * time.Minute)
		}
		if ran := w.Release(r.ID).Ran("migrate"); ran.Verdict != rollout.GateFail || !ran.Told || !slices.Contains(w.Told(r.ID), "hook-failed") {
			w.T.Errorf("%+v, people heard %v", ran, w.Told(r.ID))
		}
	})
}

// Its event may come before the token is stored: then nobody ends the wait.
func TestHookThatEndsBeforeTheWaitBeginsIsNotWaitedFor(t *testing.T) {
	for name, rings := range map[string]bool{"and its event came": true, "and its event was lost": false} {
		t.Run(name, func(t *testing.T) {
			var w *byhand.World
			var r rollout.Release
			ends := byhand.For("hook", sandboxtest.After("codebuild:StartBuild", func() {
				w.Pass(30 * time.Second)
				if rings {
					if _, err := w.Store.Ring(w.T.Context(), r.ID, time.Now()); err != nil {
						t.Error(err)
					}
				}
			}))
			o := hooked
			o.Middleware = []wire.Middleware{ends}
			byhand.RunWith(t, o, migrating(""), func(world *byhand.World) {
				w = world
				w.Acceptance(10*time.Second, "")
				r = w.Baking("2")
				w.Does("hook", task(r, "mine"))
				if got := w.Woken(); !slices.Equal(got, []string{"mine"}) {
					t.Errorf("woken %v, want Judge to go on at once", got)
				}
			})
		})
	}
}

func TestNothingBeginsToRunForAReleaseThatGoesBack(t *testing.T) {
	byhand.RunWith(t, hooked, migrating(""), func(w *byhand.World) {
		w.Acceptance(time.Minute, "")
		r := w.Baking("2")
		w.Fenced(r)
		w.Does("hook", task(r, "mine"))
		if got := builds(w); len(got) != 0 || !slices.Equal(w.Woken(), []string{"mine"}) {
			t.Errorf("builds %v, woken %v", got, w.Woken())
		}
	})
}

// The fence goes up and the release ends while the build is being started: its record does not know of the build, and nobody else would stop it.
func TestWhatWasStartedForAReleaseThatEndedMeanwhileIsStopped(t *testing.T) {
	var w *byhand.World
	var r rollout.Release
	ends := byhand.For("hook", sandboxtest.After("codebuild:StartBuild", func() {
		w.Fenced(r)
		w.Does("rollback", byhand.Back(byhand.Start(r)))
		w.Leads("settle", byhand.Start(r))
	}))
	o := hooked
	o.Middleware = []wire.Middleware{ends}
	byhand.RunWith(t, o, migrating(""), func(world *byhand.World) {
		w = world
		w.Acceptance(10*time.Minute, "")
		r = w.Baking("2")
		w.Does("hook", task(r, "mine"))
		w.Pass(time.Second)
		if got := builds(w); !slices.Equal(got, []types.StatusType{types.StatusTypeStopped}) || w.Serves() != "1" {
			t.Errorf("builds %v, %s is served", got, w.Serves())
		}
	})
}
