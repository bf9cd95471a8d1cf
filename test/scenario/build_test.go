package scenario

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	awscodebuild "github.com/aws/aws-sdk-go-v2/service/codebuild"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/wire"
)

const (
	healthy = "Shift Judge Shift Judge Shift Judge Shift Judge Settle"
	built   = "Plan Admit Build Plan Admit "
)

// givenBuilds is Given with a project that builds.
func (w *World) givenBuilds(definition string) {
	w.T.Helper()
	w.Given(definition)
	w.GivenProject()
}

// buildStates are the states of all builds, newest first.
func (w *World) buildStates() string { return w.statesOf(Project) }

func (w *World) statesOf(project string) string {
	w.T.Helper()
	list, err := w.Sandbox.CodeBuild.ListBuildsForProject(w.ctx, &awscodebuild.ListBuildsForProjectInput{ProjectName: &project})
	w.must(err)
	if len(list.Ids) == 0 {
		return ""
	}
	out, err := w.Sandbox.CodeBuild.BatchGetBuilds(w.ctx, &awscodebuild.BatchGetBuildsInput{Ids: list.Ids})
	w.must(err)
	var states []string
	for _, b := range out.Builds {
		states = append(states, string(b.BuildStatus))
	}
	return strings.Join(states, " ")
}

func TestPushIsBuiltAndReleased(t *testing.T) {
	Run(t, func(w *World) {
		w.givenBuilds(Pushed)
		w.webhookSecret(events.GitHub)
		body := githubPush(t)
		const pushed = "4f1c2a9be07d35861b24c9d7e5f60a1832b7cd90"
		w.Builds(pushed, 3*time.Minute, 2)
		if status := w.pushed("github", body, webhookKey); status != http.StatusAccepted {
			t.Fatalf("the webhook answered %d", status)
		}
		w.Pass(time.Minute)
		open, err := w.Store.Open(w.ctx)
		w.must(err)
		if len(open) != 1 {
			t.Fatalf("%d releases, want one", len(open))
		}
		r := w.Ended(open[0].ID)
		w.Then(r, rollout.Succeeded, built+healthy, "2")
		want := rollout.Revision{Version: "2", Repository: "github/acme/checkout", Commit: pushed, Author: "ada"}
		if r.Revision.Version != want.Version || r.Revision.Repository != want.Repository || r.Revision.Commit != want.Commit || r.By != "grace" {
			t.Errorf("it released %+v for %s, want %+v for grace, who pushed", r.Revision, r.By, want)
		}
		if n, most := w.Transitions(r), rollout.Transitions(len(r.Steps))+4; n > most {
			t.Errorf("%d transitions, want at most %d", n, most)
		}
		if told := w.Told(r.ID); told[0] != "building" {
			t.Errorf("it told %v", told)
		}
		if said := w.Trail(r.ID); !strings.Contains(said, " builds commit 4f1c2a9") {
			t.Errorf("it says\n%s", said)
		}
	})
}

func TestBuildThatDoesNotMakeARevisionIsRejected(t *testing.T) {
	for name, test := range map[string]struct {
		given  func(w *World)
		reason string
		state  string // of the build
		log    string
	}{
		"it fails": {
			func(w *World) {
				w.givenBuilds(Pushed)
				w.Builds(Commit(1), time.Minute, 0, "--- FAIL: TestRounding", "exit status 1")
			},
			"the build of commit c0ffee1 failed: BUILD: Error while executing command: go test ./... Reason: exit status 1", "FAILED", "--- FAIL: TestRounding\nexit status 1",
		},
		"it takes too long": {
			func(w *World) { w.givenBuilds(Pushed); w.Builds(Commit(1), 2*time.Hour, 2) },
			"the build of commit c0ffee1 took longer than 30m", "STOPPED", "",
		},
		"it exports nothing": {
			func(w *World) { w.givenBuilds(Pushed); w.Builds(Commit(1), time.Minute, -1) },
			`the build of commit c0ffee1 exported "-1" as SLUICE_REVISION, which is no version`, "SUCCEEDED", "",
		},
		"there is no project": {
			func(w *World) { w.Given(Pushed) },
			"Project cannot be found: checkout", "", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				test.given(w)
				r := w.Ended(w.Pushes(Commit(1)))
				if r.End != rollout.Rejected || r.Rejection == nil || !strings.Contains(r.Rejection.Reason, test.reason) || r.Rejection.Remedy == "" {
					t.Errorf("it ended %q, %+v; want it rejected because %q", r.End, r.Rejection, test.reason)
				}
				if test.state != "" {
					w.Pass(time.Second)
					if got := w.buildStates(); got != test.state {
						t.Errorf("the build is %s, want %s", got, test.state)
					}
				}
				if r.Building != nil && strings.Join(r.Building.Log, "\n") != test.log {
					t.Errorf("the record's log is %q, want %q", r.Building.Log, test.log)
				}
				if w.Serves() != "1" {
					t.Errorf("the alias serves %s", w.Serves())
				}
			})
		})
	}
}

func TestNewerPushTakesThePlaceOfWhatHasNotBegun(t *testing.T) {
	Run(t, func(w *World) {
		w.givenBuilds(Pushed)
		w.Builds(Commit(1), 10*time.Minute, 2)
		w.Builds(Commit(2), 4*time.Minute, 3)
		older := w.Pushes(Commit(1))
		w.Pass(time.Minute)
		newer := w.Pushes(Commit(2))
		w.Pass(time.Minute)
		r, _ := w.Recorded(older)
		if r.End != rollout.Superseded || r.Cause == nil || r.Cause.By != newer {
			t.Errorf("a minute later the older one has ended %q because of %+v, want that %s takes its place", r.End, r.Cause, newer)
		}
		if got := w.buildStates(); got != "IN_PROGRESS STOPPED" {
			t.Errorf("builds are %s", got)
		}
		w.Then(w.Ended(newer), rollout.Succeeded, built+healthy, "3")
	})
}

// What moves traffic already is not taken away by a push: that is whenRunning's to say.
func TestNewerPushWaitsForAReleaseThatHasBegun(t *testing.T) {
	Run(t, func(w *World) {
		w.givenBuilds(Pushed)
		w.Builds(Commit(1), time.Minute, 2)
		w.Builds(Commit(2), time.Minute, 3)
		older := w.Pushes(Commit(1))
		w.AtStep(older, 0)
		newer := w.Pushes(Commit(2))
		if r := w.Ended(older); r.End != rollout.Succeeded {
			t.Errorf("the older one ended %q; its story:\n%s", r.End, Story(r))
		}
		if r := w.Ended(newer); r.End != rollout.Succeeded || w.Serves() != "3" {
			t.Errorf("the newer one ended %q, the alias serves %s; its story:\n%s", r.End, w.Serves(), Story(r))
		}
	})
}

func TestEveryPushIsReleasedWhereThatIsWanted(t *testing.T) {
	Run(t, func(w *World) {
		w.givenBuilds(with(Pushed, `"build"`, `"whenPushed":"every","build"`))
		w.Builds(Commit(1), 5*time.Minute, 2)
		w.Builds(Commit(2), 5*time.Minute, 3)
		first, second := w.Pushes(Commit(1)), w.Pushes(Commit(2))
		for _, id := range []string{first, second} {
			if r := w.Ended(id); r.End != rollout.Succeeded {
				t.Errorf("%s ended %q; its story:\n%s", id, r.End, Story(r))
			}
		}
	})
}

func TestOnlyWhatTheDefinitionNamesIsReleased(t *testing.T) {
	for name, test := range map[string]struct {
		push     events.Push
		released bool
	}{
		"main, code":               {events.Push{Ref: "refs/heads/main", Paths: []string{"README.md", "cmd/checkout/main.go"}}, true},
		"main, nobody knows what":  {events.Push{Ref: "refs/heads/main"}, true},
		"main, words":              {events.Push{Ref: "refs/heads/main", Paths: []string{"README.md"}}, false},
		"a release branch":         {events.Push{Ref: "refs/heads/release/1.2", Paths: []string{"main.go"}}, true},
		"below a release branch":   {events.Push{Ref: "refs/heads/release/1.2/ada", Paths: []string{"main.go"}}, false},
		"another branch":           {events.Push{Ref: "refs/heads/maintenance"}, false},
		"a tag":                    {events.Push{Ref: "refs/tags/v1.2"}, true},
		"a tag like a branch":      {events.Push{Ref: "refs/tags/main"}, false},
		"the host writes capitals": {events.Push{Ref: "refs/heads/main", Repository: "Acme/Checkout"}, true},
		"another repository":       {events.Push{Ref: "refs/heads/main", Repository: "acme/cart"}, false},
		"another host":             {events.Push{Ref: "refs/heads/main", Host: events.GitLab}, false},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.givenBuilds(with(Pushed, `"build"`, `"branches":["main","release/*"],"tags":["v*"],"paths":["**.go"],"build"`))
				w.Builds(Commit(1), time.Minute, 2)
				p := test.push
				p.Commit, p.Delivery = Commit(1), "d1"
				p.Host, p.Repository = first(p.Host, events.GitHub), first(p.Repository, Repository)
				id := w.Push(p)
				w.Push(p) // an event may come twice
				w.Pass(10 * time.Minute)
				if _, found := w.Recorded(id); found != test.released {
					t.Errorf("released: %v, want %v", found, test.released)
				}
				if open, _ := w.Store.Open(w.ctx); len(open) > 1 {
					t.Errorf("%d releases of one push", len(open))
				}
			})
		})
	}
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func TestPersonStopsAReleaseThatIsBuilt(t *testing.T) {
	Run(t, func(w *World) {
		w.givenBuilds(Pushed)
		w.Builds(Commit(1), 10*time.Minute, 2)
		id := w.Pushes(Commit(1))
		w.Pass(time.Minute)
		w.Aborted(id)
		w.Pass(time.Minute)
		if r, _ := w.Recorded(id); r.End != rollout.Aborted {
			t.Errorf("a minute later it has ended %q; its story:\n%s", r.End, Story(r))
		}
		if got := w.buildStates(); got != "STOPPED" {
			t.Errorf("the build is %s", got)
		}
	})
}

// neverTold loses every event for the function progress.
func neverTold(ctx context.Context, h sandbox.Hop, next func(context.Context) error) error {
	if strings.HasSuffix(h.Target, ":"+stackName+"-progress") {
		return nil
	}
	return next(ctx)
}

// CodeBuild's events are best effort: the next look at the build finds its end.
func TestBuildWhoseEndNobodyToldIsFoundAllTheSame(t *testing.T) {
	RunWith(t, Options{Hop: neverTold}, func(w *World) {
		w.givenBuilds(Pushed)
		w.Builds(Commit(1), 7*time.Minute, 2)
		r := w.Ended(w.Pushes(Commit(1)))
		if r.End != rollout.Succeeded {
			t.Errorf("it ended %q; its story:\n%s", r.End, Story(r))
		}
	})
}

func TestVersionThatSomebodyPublishesIsReleased(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(with(Canary, `"strategy"`, `"source":{"published":true},"strategy"`))
		w.defineSource("lambda/checkout")
		id := w.publishedElsewhere("2")
		r := w.Ended(id)
		w.Then(r, rollout.Succeeded, "Plan Admit "+healthy, "2")
	})
}

// publishedElsewhere sends CloudTrail's event of a version that a pipeline published.
func (w *World) publishedElsewhere(version string) (release string) {
	w.T.Helper()
	event := w.putDefault("aws.lambda", "AWS API Call via CloudTrail", map[string]any{
		"eventSource": "lambda.amazonaws.com", "eventName": "PublishVersion20150331", "userIdentity": map[string]any{"arn": "arn:aws:sts::123456789012:assumed-role/pipeline/ci"},
		"responseElements": map[string]any{"functionName": "checkout", "version": version},
	})
	w.Pass(time.Minute)
	return events.ReleaseID(w.service, version, event)
}

// builtElsewhere sends CodeBuild's event of a build that nobody waits for.
func (w *World) builtElsewhere() {
	w.T.Helper()
	w.putDefault("aws.codebuild", "CodeBuild Build State Change", map[string]any{
		"build-status": "SUCCEEDED", "project-name": Project, "build-id": "arn:aws:codebuild:us-east-1:123456789012:build/checkout:1b2c",
	})
}

// What AWS's own services say of commits is told on Sluice's bus in Sluice's words, once for each event.
func TestPushToCodeCommitIsReleased(t *testing.T) {
	Run(t, func(w *World) {
		w.givenBuilds(with(Pushed, "github/acme/checkout", "codecommit/checkout"))
		w.defineSource("codecommit/checkout")
		w.Builds(Commit(1), time.Minute, 2)
		event := w.putDefault("aws.codecommit", "CodeCommit Repository State Change", map[string]any{
			"event": "referenceUpdated", "repositoryName": "checkout", "referenceType": "branch", "referenceName": "main", "referenceFullName": "refs/heads/main",
			"commitId": Commit(1), "callerUserArn": "arn:aws:iam::123456789012:user/ada",
		})
		w.Pass(time.Second)
		w.Then(w.Ended(events.ReleaseID(Service, Commit(1), event)), rollout.Succeeded, built+healthy, "2")
	})
}

func TestObjectIsPublishedAndReleased(t *testing.T) {
	mayPublish := Allowing("Build", "*", "lambda:UpdateFunctionCode", "s3:GetObjectVersion") // the golden template's definitions name no bucket
	for name, test := range map[string]struct {
		key string
		end rollout.End
	}{
		"it is code":     {"checkout/42.zip", rollout.Succeeded},
		"there is none":  {"checkout/none", rollout.Rejected},
		"it is not ours": {"cart/42.zip", ""},
	} {
		t.Run(name, func(t *testing.T) {
			RunWith(t, Options{Edit: mayPublish, Objects: map[string][]byte{"acme-artifacts/checkout/42.zip": code(42), "acme-artifacts/checkout/none": []byte("no zip")}}, func(w *World) {
				w.Given(with(Canary, `"strategy"`, `"source":{"s3":{"bucket":"acme-artifacts","key":"checkout/*"}},"strategy"`))
				w.defineSource("s3/acme-artifacts")
				a := events.Artifact{Kind: events.Object, Name: "acme-artifacts", Key: test.key, Version: "v1", Delivery: "d1"}
				w.put(events.ArtifactPublished, a)
				id := events.ReleaseID(Service, a.Key+a.Version, a.Delivery)
				w.Pass(time.Minute)
				if test.end == "" {
					if _, found := w.Recorded(id); found {
						t.Error("it is released")
					}
					return
				}
				r := w.Ended(id)
				if r.End != test.end || test.end == rollout.Succeeded && (r.Revision.Version != "4" || w.Serves() != "4") {
					t.Errorf("it ended %q with version %q, %+v; its story:\n%s", r.End, r.Revision.Version, r.Rejection, Story(r))
				}
			})
		})
	}
}

// crew is Pushed, which asks grace and linus, who are known by their logins.
var crew = with(Pushed, `"guard"`, `"people":{"grace":{"github":"grace","event":"grace"},"linus":{"github":"linus","event":"linus"},"ada":{"github":"ada","mail":"ada@example.com","event":"ada"}},
	"approvals":[{"before":"last","from":["grace","linus","ada"]}],"guard"`)

// Ada wrote a commit, and grace merged it: neither may approve. The names are those that GitHub tells.
func TestNobodyApprovesWhatTheyPushedOrWrote(t *testing.T) {
	Run(t, func(w *World) {
		w.givenBuilds(crew)
		w.webhookSecret(events.GitHub)
		const pushed = "4f1c2a9be07d35861b24c9d7e5f60a1832b7cd90"
		w.Builds(pushed, time.Minute, 2)
		if status := w.pushed("github", githubPush(t), webhookKey); status != http.StatusAccepted {
			t.Fatalf("the webhook answered %d", status)
		}
		w.Pass(time.Second)
		open, err := w.Store.Open(w.ctx)
		w.must(err)
		id := open[0].ID
		w.Asks(id, 3)
		for _, author := range []string{"ada", "grace"} {
			w.Answered(id, author, events.Approve)
			w.stillAsks(id)
		}
		w.Answered(id, "linus", events.Approve)
		if r := w.Ended(id); r.End != rollout.Succeeded {
			t.Errorf("it ended %q:\n%s", r.End, Story(r))
		}
	})
}

// Whoever approves might be the author: nothing is built, and the author hears what to write.
func TestPushOfAStrangerIsRejectedWithTheRemedy(t *testing.T) {
	Run(t, func(w *World) {
		w.givenBuilds(crew)
		id := w.Push(events.Push{
			Host: events.GitHub, Repository: Repository, Ref: "refs/heads/main", Commit: Commit(1), Delivery: "d1",
			Authors: []events.Author{{ID: "linus", Pushed: true}, {ID: "mallory", Mail: "m@example.com"}},
		})
		r := w.Ended(id)
		if r.End != rollout.Rejected || !strings.Contains(r.Rejection.Reason, "mallory, an author of the push, is nobody of people") || !strings.Contains(r.Rejection.Remedy, `write github: "mallory"`) {
			t.Errorf("it ended %q, %+v", r.End, r.Rejection)
		}
		if got := w.buildStates(); got != "" {
			t.Errorf("builds are %s", got)
		}
	})
}

// An object under a key that the definition does not name is not released, and the rejection says where the key belongs.
func TestObjectThatMayNotBeDecryptedIsRejectedWithTheRemedy(t *testing.T) {
	denied := func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			if match(call, "build", "lambda:UpdateFunctionCode") {
				return nil, wire.AccessDenied("User is not authorized to perform kms:Decrypt on the resource associated with this ciphertext")
			}
			return next(ctx, call)
		}
	}
	RunWith(t, Options{Middleware: []wire.Middleware{denied}}, func(w *World) {
		w.Given(with(Canary, `"strategy"`, `"source":{"s3":{"bucket":"acme-artifacts","key":"checkout/*"}},"strategy"`))
		w.defineSource("s3/acme-artifacts")
		a := events.Artifact{Kind: events.Object, Name: "acme-artifacts", Key: "checkout/42.zip", Version: "v1", Delivery: "d1"}
		w.put(events.ArtifactPublished, a)
		r := w.Ended(events.ReleaseID(Service, a.Key+a.Version, a.Delivery))
		if r.End != rollout.Rejected || !strings.Contains(r.Rejection.Remedy, "source.s3.kmsKey") || strings.Contains(r.Rejection.Reason, "StatusCode") {
			t.Errorf("it ended %s: %+v\n%s", r.End, r.Rejection, Story(r))
		}
	})
}
