package github_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// revision is version 2, of a commit on GitHub.
var revision = rollout.Revision{Version: "2", Repository: "github/" + scenario.Repository, Commit: scenario.Commit(1), Author: "ada"}

// ofCommit is a release of a commit that waits for its turn.
func ofCommit(w *byhand.World) rollout.Release {
	w.T.Helper()
	r := w.CreatedOf(revision)
	w.Leads("plan", byhand.Start(r))
	return w.Release(r.ID)
}

// about is an event of a release that says no more than it has to.
func about(moment string, r rollout.Release) any {
	return byhand.Event(moment, events.Release{Release: r.ID, Service: scenario.Service})
}

// known is what stands at GitHub: the commit's last status, and the states of its deployments.
func known(w *byhand.World) string {
	commit, deployments := "nothing", ""
	if all := w.GitHub.Statuses(); len(all) > 0 {
		commit = all[len(all)-1].State
	}
	for _, d := range w.GitHub.Deployments() {
		deployments += ","
		for _, s := range d.Statuses {
			deployments += " " + s.State
		}
	}
	return commit + deployments
}

// begins leads a release to the bake of its first step.
func begins(w *byhand.World, r rollout.Release) {
	w.T.Helper()
	w.Leads("admit", byhand.Start(r))
	w.Does("shift", byhand.Task(w.Release(r.ID), 0, "first"))
}

// ends leads it to its end.
func ends(w *byhand.World, r rollout.Release) {
	w.T.Helper()
	r = w.Release(r.ID)
	w.Does("shift", byhand.Task(r, r.Last(), "last"))
	w.Leads("settle", byhand.Start(r).Go(rollout.NextSettle))
}

// Events come late, twice and in any order: a commit that was promoted must not be said to be on its way for ever.
func TestGitHubKnowsHowTheReleaseStandsWhateverTheEventSays(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := ofCommit(w)
		for _, step := range []struct {
			lead  func(*byhand.World, rollout.Release)
			event string
			want  string
		}{
			{func(*byhand.World, rollout.Release) {}, events.ReleaseBuilding, "pending, queued"},
			{begins, events.ReleaseShifted, "pending, queued in_progress"},
			{ends, events.ReleaseStarted, "success, queued in_progress success"},
			{func(*byhand.World, rollout.Release) {}, events.ReleaseShifted, "success, queued in_progress success"},
			{func(*byhand.World, rollout.Release) {}, events.ReleaseRolledBack, "success, queued in_progress success"},
		} {
			step.lead(w, r)
			w.Does("github", about(step.event, r))
			if got := known(w); got != step.want {
				t.Errorf("after the event %s GitHub knows %q, want %q", step.event, got, step.want)
			}
		}
	})
}

// GitHub counts calls, and everybody who follows a commit gets a mail for each status.
func TestNothingIsSaidTwiceNorToAnybodyWhoAskedForNothing(t *testing.T) {
	for name, event := range map[string]func(w *byhand.World) any{
		"what was told": func(w *byhand.World) any {
			r := ofCommit(w)
			w.Does("github", about(events.ReleaseBuilding, r))
			return about(events.ReleaseBuilding, r)
		},
		"history": func(w *byhand.World) any {
			e := byhand.Event(events.ReleaseStarted, events.Release{Release: ofCommit(w).ID})
			e.ReplayName = "look-at-yesterday"
			return e
		},
		"a release without a record": func(*byhand.World) any {
			return about(events.ReleaseRejected, rollout.Release{ID: "checkout-000000000000"})
		},
		"a release of no commit": func(w *byhand.World) any { return about(events.ReleaseStarted, w.Planned("2")) },
		"where no token was put in": func(w *byhand.World) any {
			_, err := w.Sandbox.SecretsManager.DeleteSecret(w.T.Context(), &secretsmanager.DeleteSecretInput{SecretId: aws.String("sluice-sandbox/github"), ForceDeleteWithoutRecovery: aws.Bool(true)})
			if err != nil {
				w.T.Fatal(err)
			}
			return about(events.ReleaseStarted, ofCommit(w))
		},
	} {
		t.Run(name, func(t *testing.T) {
			calls := &visits{}
			byhand.RunWith(t, scenario.Options{Outside: calls.count}, scenario.Canary, func(w *byhand.World) {
				e := event(w)
				before := calls.made
				w.Does("github", e)
				if calls.made != before {
					t.Errorf("GitHub was called %d times", calls.made-before)
				}
			})
		})
	}
}

// The dead letter is all that its reader has.
func TestRefusalOfGitHubSaysWhatToPutIn(t *testing.T) {
	for name, test := range map[string]struct {
		token, repository string
		says              string
	}{
		"a token that is over":        {"github_pat_old", scenario.Repository, "put a token that is valid into the secret"},
		"a repository it may not see": {"", "acme/other", "give the token access to the repository"},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				if test.token != "" {
					put(w, test.token)
				}
				of := revision
				of.Repository = "github/" + test.repository
				_, err := w.Call("github", about(events.ReleaseStarted, w.CreatedOf(of)))
				if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "github_pat") {
					t.Errorf("it answers %v, want %q", err, test.says)
				}
			})
		})
	}
}

func put(w *byhand.World, token string) {
	w.T.Helper()
	_, err := w.Sandbox.SecretsManager.PutSecretValue(w.T.Context(), &secretsmanager.PutSecretValueInput{SecretId: aws.String("sluice-sandbox/github"), SecretString: &token})
	if err != nil {
		w.T.Fatal(err)
	}
}

// Nobody says that there is no token when nobody could look: the release would be told of by nobody.
func TestTokenThatCannotBeReadIsTriedAgain(t *testing.T) {
	throttled := byhand.For("github", sandboxtest.Fail("secretsmanager:GetSecretValue", 3, wire.Throttled("Rate exceeded")))
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{throttled}}, scenario.Canary, func(w *byhand.World) {
		e := about(events.ReleaseStarted, ofCommit(w))
		w.Again("github", e)
		if got := known(w); got != "pending, queued" {
			t.Errorf("GitHub knows %q", got)
		}
	})
}
