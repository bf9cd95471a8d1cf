package scenario

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"sluice/events"
	"sluice/shared/rollout"
)

const webhookKey = "It's a Secret to Everybody"

// pushed posts a push of GitHub's to an address of the webhook, signed with a key.
func (w *World) pushed(path, body, key string) (status int) {
	w.T.Helper()
	status, _ = w.posted(path, "push", body, key)
	return status
}

// posted posts an event of GitHub's to an address of the webhook, signed with a key, and is what the webhook answers.
func (w *World) posted(path, event, body, key string) (status int, said string) {
	w.T.Helper()
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(body))
	r, err := http.NewRequestWithContext(w.ctx, http.MethodPost, w.address("webhook")+path, strings.NewReader(body))
	w.must(err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-GitHub-Event", event)
	r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	answer, err := w.web().Do(r)
	w.must(err)
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	w.must(err)
	return answer.StatusCode, string(text)
}

func (w *World) webhookSecret(host string) {
	w.T.Helper()
	w.secret("/webhook-"+host, webhookKey)
}

func (w *World) secret(name, value string) {
	w.T.Helper()
	_, err := w.Sandbox.SecretsManager.CreateSecret(w.ctx, &secretsmanager.CreateSecretInput{Name: aws.String(stackName + name), SecretString: &value})
	w.must(err)
}

func githubPush(t testing.TB) string { return githubEvent(t, "push") }

func githubEvent(t testing.TB, event string) string { return hostEvent(t, "github-"+event) }

func hostEvent(t testing.TB, name string) string {
	t.Helper()
	body, err := os.ReadFile("../../shared/webhook/testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// A push is told to the bus once, however often and by whomever it is sent again.
func TestPushIsToldOnce(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Canary) // released by requests only
		body := githubPush(t)
		if status := w.pushed("github", body, webhookKey); status != http.StatusServiceUnavailable {
			t.Errorf("without a secret: %d", status)
		}
		w.webhookSecret(events.GitHub)
		for name, test := range map[string]struct {
			path, body, key string
			status          int
		}{
			"another key":        {"github", body, "guessed", 401},
			"no key":             {"github", body, "", 401},
			"cut off":            {"github", body[:len(body)-9], "guessed", 401},
			"to another host":    {"gitlab", body, webhookKey, 503},
			"to nobody":          {"gitea", body, webhookKey, 404},
			"signed, but broken": {"github", "{", webhookKey, 400},
		} {
			if status := w.pushed(test.path, test.body, test.key); status != test.status {
				t.Errorf("%s: answered %d, want %d", name, status, test.status)
			}
		}
		if told := w.Told(""); len(told) != 0 {
			t.Errorf("told of %v", told)
		}
		for i, want := range []int{http.StatusOK, http.StatusOK, http.StatusOK} { // nothing is released of it
			if status := w.pushed("github", body, webhookKey); status != want {
				t.Errorf("time %d: answered %d, want %d", i+1, status, want)
			}
		}
		if told := w.Told(""); len(told) != 1 || told[0] != events.CommitPushed {
			t.Errorf("told of %v, want one push", told)
		}
	})
}

// What the host shows for a delivery is all that many people ever see of Sluice.
func TestWebhookSaysWhatWillBeReleased(t *testing.T) {
	const commit = "commit 4f1c2a9"
	for name, test := range map[string]struct {
		definition, body string
		status           int
		says             string
	}{
		"the service":           {Pushed, githubPush(t), 202, "Accepted: checkout will be released from " + commit + "."},
		"another branch":        {with(Pushed, `"build"`, `"branches":["release/*"],"build"`), githubPush(t), 200, "Nothing is released. checkout is not released from branch main, but from branch release/*."},
		"other files":           {with(Pushed, `"build"`, `"paths":["web/**"],"build"`), githubPush(t), 200, "its source.paths name none of the files that changed"},
		"all but those files":   {with(Pushed, `"build"`, `"paths":["**","!cart/**"],"build"`), githubPush(t), 200, "its source.paths name none of the files that changed"},
		"who knows which files": {with(Pushed, `"build"`, `"paths":["web/**"],"build"`), with(githubPush(t), `"forced": false`, `"forced": true`), 202, "Which files changed is not known, so each service counts as changed."},
		"a repository renamed":  {Pushed, with(githubPush(t), "acme/checkout", "acme/checkout-service"), 200, "no service has source.repository: github/acme/checkout-service. If it was renamed, write its new name"},
		"asks for no CI":        {Pushed, with(githubPush(t), "cart: round prices", "cart: round prices [skip ci]", "cart: round prices", "cart: round prices [skip ci]"), 200, "the commit's message says [skip ci]"},
		"asks, and is released": {with(Pushed, `"build"`, `"whenSkipped":"release","build"`), with(githubPush(t), "cart: round prices", "[skip ci]", "cart: round prices", "[skip ci]"), 202, "checkout will be released"},
		"by a stranger":         {crew, with(githubPush(t), `"login": "grace"`, `"login": "mallory"`), 200, "checkout will be rejected: mallory, an author of the push, is nobody of people"},
		"for another push":      {Pushed, with(githubPush(t), `"deleted": false`, `"deleted": true`), 200, "The branch or tag was deleted: nothing is released."},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.givenBuilds(test.definition)
				w.webhookSecret(events.GitHub)
				w.Builds("4f1c2a9be07d35861b24c9d7e5f60a1832b7cd90", time.Hour, 2)
				status, said := w.posted("github", "push", test.body, webhookKey)
				if status != test.status || !strings.Contains(said, test.says) {
					t.Errorf("answered %d %q, want %d %q", status, said, test.status, test.says)
				}
				w.Pass(time.Second)
				open, err := w.Store.Open(w.ctx)
				w.must(err)
				if released := len(open) > 0; released != (test.status == 202) {
					t.Errorf("%d releases, but the webhook said %q", len(open), said)
				}
			})
		})
	}
}

// A push of 1,500 commits is 1.14 MB. It was refused, and its release never made.
func TestLargePushIsReleased(t *testing.T) {
	one := `{"id":"4f1c2a9be07d35861b24c9d7e5f60a1832b7cd90","message":"` + strings.Repeat("x", 500) + `","author":{"username":"ada"},"modified":["cart/a.go"]},`
	many := strings.TrimSuffix(strings.Repeat(one, 2000), ",")
	body := with(githubPush(t), `"commits": [`, `"commits": [`+many+`], "others": [`)
	Run(t, func(w *World) {
		w.givenBuilds(Pushed)
		w.webhookSecret(events.GitHub)
		w.Builds("4f1c2a9be07d35861b24c9d7e5f60a1832b7cd90", time.Hour, 2)
		if status, said := w.posted("github", "push", body, webhookKey); status != 202 || len(body) < 1_140_000 {
			t.Errorf("%d bytes: answered %d %q", len(body), status, said)
		}
	})
}

// A workflow may run every night, by hand, for a tag or for a fork: what is released is what a push brought to a branch, once.
func TestWorkflowReleasesWhatAPushBroughtOnce(t *testing.T) {
	Run(t, func(w *World) {
		w.givenBuilds(with(Pushed, `"build"`, `"workflow":"build","build"`))
		w.webhookSecret(events.GitHub)
		w.Builds("4f1c2a9be07d35861b24c9d7e5f60a1832b7cd90", time.Minute, 2)
		run := githubEvent(t, "workflow-run")
		says := func(event, body, want string, releases int) {
			t.Helper()
			if _, said := w.posted("github", event, body, webhookKey); !strings.Contains(said, want) {
				t.Errorf("the webhook said %q, want %q", said, want)
			}
			w.Pass(time.Second)
			if open, err := w.Store.Open(w.ctx); err != nil || len(open) != releases {
				t.Errorf("%d releases (%v), want %d", len(open), err, releases)
			}
		}
		says("workflow_run", run, `no push that brought commit 4f1c2a9 to refs/heads/main was told`, 0)
		says("push", with(githubPush(t), `"refs/heads/main"`, `"refs/tags/main"`), "not released from tag main", 0)
		says("workflow_run", with(run, `"run_attempt": 1`, `"run_attempt": 3`), "what a tag brings does not count for a branch", 0)
		says("push", githubPush(t), `checkout is released when the workflow "build" has succeeded`, 0)
		says("workflow_run", with(run, `"name": "build"`, `"name": "lint"`), `and not "lint"`, 0)
		says("workflow_run", with(run, `"event": "push"`, `"event": "schedule"`), `ran for "schedule" and not for a push`, 0)
		says("workflow_run", run, "Accepted: checkout will be released from commit 4f1c2a9.", 1)
		open, err := w.Store.Open(w.ctx)
		w.must(err)
		id := open[0].ID
		w.AtStep(id, 0)
		w.AlarmRed("checkout-errors")
		r := w.Ended(id)
		w.Then(r, rollout.RolledBack, built+"Shift Judge Rollback Settle", "1")
		if len(r.Authors) != 2 || r.Unlisted || r.By != "grace" {
			t.Errorf("it does not know who wrote what the push brought: %+v", r.Authors)
		}
		w.AlarmGreen("checkout-errors")
		says("workflow_run", with(run, `"run_attempt": 1`, `"run_attempt": 2`), "a commit is tried once", 0)
	})
}

// Who has the secret of one repository can speak for no other.
func TestRepositoryHasItsOwnSecret(t *testing.T) {
	for name, test := range map[string]struct {
		repository, key string
		status          int
	}{
		"its own":              {"Acme/Checkout", "own", 202},
		"the host's":           {"Acme/Checkout", webhookKey, 401},
		"another repository's": {"acme/cart", "own", 401},
		"one without its own":  {"acme/cart", webhookKey, 200},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.givenBuilds(Pushed)
				w.webhookSecret(events.GitHub)
				w.secret("/webhook-github/acme/checkout", "own")
				w.Builds("4f1c2a9be07d35861b24c9d7e5f60a1832b7cd90", time.Hour, 2)
				if status, said := w.posted("github", "push", with(githubPush(t), "acme/checkout", test.repository), test.key); status != test.status {
					t.Errorf("answered %d %q, want %d", status, said, test.status)
				}
			})
		})
	}
}

// The message alone claims nothing: whoever pushed must be one who may override.
func TestFixIsBelievedOfWhoMayOverride(t *testing.T) {
	for pusher, fixes := range map[string]string{"grace": "INC-42", "linus": ""} {
		t.Run(pusher, func(t *testing.T) {
			Run(t, func(w *World) {
				w.givenBuilds(with(crew, `"guard"`, `"gates":{"unmuted":true,"override":["grace"]},"guard"`))
				w.webhookSecret(events.GitHub)
				w.Builds("4f1c2a9be07d35861b24c9d7e5f60a1832b7cd90", time.Hour, 2)
				body := with(githubPush(t), `"login": "grace"`, `"login": "`+pusher+`"`)
				w.pushed("github", strings.ReplaceAll(body, "cart: round prices", "fixes: INC-42"), webhookKey)
				w.Pass(time.Second)
				open, err := w.Store.Open(w.ctx)
				w.must(err)
				r := w.asItIs(open[0].ID)
				if said := strings.Contains(Story(r), "nobody pushed it who may override"); r.Fixes != fixes || said != (fixes == "") {
					t.Errorf("it fixes %q, want %q:\n%s", r.Fixes, fixes, Story(r))
				}
			})
		})
	}
}
