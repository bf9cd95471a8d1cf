package scenario

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"sluice/events"
)

const webhookKey = "It's a Secret to Everybody"

// pushed posts a sample of GitHub's to an address of the webhook, signed with a key.
func (w *World) pushed(path, body, key string) (status int) {
	w.T.Helper()
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(body))
	r, err := http.NewRequestWithContext(w.ctx, http.MethodPost, w.address("webhook")+path, strings.NewReader(body))
	w.must(err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-GitHub-Event", "push")
	r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	answer, err := w.web().Do(r)
	w.must(err)
	_ = answer.Body.Close()
	return answer.StatusCode
}

func (w *World) webhookSecret(host string) {
	w.T.Helper()
	_, err := w.Sandbox.SecretsManager.CreateSecret(w.ctx, &secretsmanager.CreateSecretInput{Name: aws.String(stackName + "/webhook-" + host), SecretString: aws.String(webhookKey)})
	w.must(err)
}

func githubPush(t testing.TB) string {
	t.Helper()
	body, err := os.ReadFile("../../shared/webhook/testdata/github-push.json")
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
		for i, want := range []int{http.StatusAccepted, http.StatusOK, http.StatusOK} {
			if status := w.pushed("github", body, webhookKey); status != want {
				t.Errorf("time %d: answered %d, want %d", i+1, status, want)
			}
		}
		if told := w.Told(""); len(told) != 1 || told[0] != events.CommitPushed {
			t.Errorf("told of %v, want one push", told)
		}
	})
}
