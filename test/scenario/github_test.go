package scenario

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/sandbox/wire"
)

// ofCommit asks for a release of a commit on GitHub.
func (w *World) ofCommit(repository string) string {
	w.T.Helper()
	return w.Request(events.ReleaseRequest{Service: Service, Revision: "2", Repository: repository, Commit: Commit(1), Author: "ada", Requester: "ci"})
}

// toldGitHub is the states of the one deployment, and the last status of the commit.
func (w *World) toldGitHub() (deployment []string, commit string) {
	w.T.Helper()
	deployments, statuses := w.GitHub.Deployments(), w.GitHub.Statuses()
	if len(deployments) != 1 || len(statuses) == 0 {
		w.T.Fatalf("GitHub has %d deployments and %d statuses, want one deployment", len(deployments), len(statuses))
	}
	for _, s := range deployments[0].Statuses {
		deployment = append(deployment, s.State)
	}
	return slices.Compact(deployment), statuses[len(statuses)-1].State
}

func TestGitHubIsToldHowTheReleaseOfACommitGoes(t *testing.T) {
	for name, test := range map[string]struct {
		story      func(w *World) (release string)
		deployment string
		commit     string
	}{
		"promoted": {func(w *World) string { return w.ofCommit("github/acme/checkout") }, "in_progress success", "success"},
		"taken back": {func(w *World) string {
			id := w.ofCommit("github/acme/checkout")
			w.AtStep(id, 0)
			w.AlarmRed(Alarm)
			return id
		}, "in_progress failure", "failure"},
		"built": {func(w *World) string {
			w.Define(Pushed)
			w.GivenProject()
			w.Builds(Commit(1), 3*time.Minute, 2)
			return w.Pushes(Commit(1))
		}, "queued in_progress success", "success"},
		"not built": {func(w *World) string {
			w.Define(Pushed)
			w.GivenProject()
			w.Builds(Commit(1), 3*time.Minute, 0)
			return w.Pushes(Commit(1))
		}, "queued failure", "failure"},
		"stopped after promotion": {func(w *World) string {
			id := w.ofCommit("github/acme/checkout")
			w.Ended(id)
			w.Aborted(id)
			w.Pass(time.Minute)
			return id
		}, "failure", "failure"}, // it may be back before GitHub hears that it goes
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Given(Canary)
				id := test.story(w)
				w.Ended(id)
				w.Pass(time.Minute)
				deployment, commit := w.toldGitHub()
				if got := strings.Join(deployment, " "); !strings.HasSuffix(got, test.deployment) || commit != test.commit {
					t.Errorf("the deployment went %q and the commit is %s; want %q and %s", got, commit, test.deployment, test.commit)
				}
				d, s := w.GitHub.Deployments()[0], w.GitHub.Statuses()[0]
				if d.Ref != Commit(1) || d.Environment != "sandbox/checkout" || d.Payload["release"] != id || s.Context != "sluice/sandbox/checkout" {
					t.Errorf("it is about %+v, %+v", d, s)
				}
				if last := d.Statuses[len(d.Statuses)-1]; strings.Contains(last.URL, "?") || !strings.HasSuffix(last.URL, "/releases/"+id) {
					t.Errorf("it leads to %s, want the release's page, without a pass", last.URL)
				}
			})
		})
	}
}

func TestGitHubIsToldOnlyOfItsOwnCommits(t *testing.T) {
	for name, given := range map[string]func(w *World) (release string){
		"another host":       func(w *World) string { return w.ofCommit("gitlab/acme/checkout") },
		"no repository":      func(w *World) string { return w.ofCommit("") },
		"a path in its name": func(w *World) string { return w.ofCommit("github/acme/../../user") },
		"no token": func(w *World) string {
			_, err := w.Sandbox.SecretsManager.DeleteSecret(w.ctx, &secretsmanager.DeleteSecretInput{SecretId: aws.String(stackName + "/github"), ForceDeleteWithoutRecovery: aws.Bool(true)})
			w.must(err)
			return w.ofCommit("github/acme/checkout")
		},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Given(Canary)
				if r := w.Ended(given(w)); r.End != rollout.Succeeded {
					t.Errorf("it ended %q", r.End)
				}
				if n := len(w.GitHub.Deployments()) + len(w.GitHub.Statuses()); n != 0 {
					t.Errorf("GitHub was told %d times", n)
				}
			})
		})
	}
}

// A release never waits for GitHub, and GitHub knows the end when it is up again.
func TestGitHubThatIsDownIsToldLater(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		w.GitHub.Fails(2)
		w.Ended(w.ofCommit("github/acme/checkout"))
		w.Pass(10 * time.Minute)
		if _, commit := w.toldGitHub(); commit != "success" {
			t.Errorf("the commit is %s", commit)
		}
	})
}

// What stands in the table after GitHub had made the deployment was lost: it is found again, not made twice.
func TestDeploymentWhoseNumberWasLostIsFoundAgain(t *testing.T) {
	var down atomic.Pointer[World] // where the table cannot be written, for a while
	dies := func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			if w := down.Load(); w != nil && FunctionOf(call.Caller) == "github" && call.Operation == "UpdateItem" && len(w.GitHub.Deployments()) == 1 && len(w.GitHub.Statuses()) == 0 {
				return nil, wire.AccessDenied("not now")
			}
			return next(ctx, call)
		}
	}
	RunWith(t, Options{Middleware: []wire.Middleware{dies}}, func(w *World) {
		down.Store(w)
		w.Given(Canary)
		w.ofCommit("github/acme/checkout")
		w.Pass(time.Second)
		down.Store(nil)
		w.Ended(w.Last())
		w.Pass(10 * time.Minute)
		if deployment, _ := w.toldGitHub(); deployment[len(deployment)-1] != "success" {
			t.Errorf("the deployment went %v", deployment)
		}
	})
}

// Each event of each release is paid for once for each function that it wakes.
func TestReleaseThatIsNoneOfTheirsWakesNeitherGitHubNorThePipeline(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary)
		w.Ended(w.Requested("2"))
		for _, function := range []string{"github", "pipeline"} {
			if calls := w.Calls(function); len(calls) > 0 {
				t.Errorf("%s was woken, and called %v", function, calls)
			}
		}
	})
}
