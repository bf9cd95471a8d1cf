package scenario

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"sluice/events"
	"sluice/shared/pass"
	"sluice/shared/rollout"
	"sluice/test/sandbox/cfn"
)

// withoutSecrets is a stack to which nobody has given the secrets whose names have something in them.
func (w *World) withoutSecrets(in string) {
	w.T.Helper()
	list, err := w.Sandbox.SecretsManager.ListSecrets(w.ctx, &secretsmanager.ListSecretsInput{})
	w.must(err)
	for _, s := range list.SecretList {
		if !strings.Contains(*s.Name, in) {
			continue
		}
		_, err := w.Sandbox.SecretsManager.DeleteSecret(w.ctx, &secretsmanager.DeleteSecretInput{SecretId: s.Name, ForceDeleteWithoutRecovery: aws.Bool(true)})
		w.must(err)
	}
}

// withoutBareNames takes from all policies the secrets by their names alone: IAM then denies what does not exist.
func withoutBareNames(t *cfn.Template) {
	var walk func(v any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			for k, e := range v {
				v[k] = walk(e)
			}
		case []any:
			var left []any
			for _, e := range v {
				if text, _ := json.Marshal(e); !strings.Contains(string(text), ":secret:") || strings.Contains(string(text), "-??????") {
					left = append(left, walk(e))
				}
			}
			return left
		}
		return v
	}
	for _, r := range t.Resources {
		if strings.HasPrefix(r.Type, "AWS::IAM::") {
			for name, v := range r.Properties {
				r.Properties[name] = walk(v)
			}
		}
	}
}

// notSetUp plays a release with everybody who reads a secret, of which there is none.
func notSetUp(w *World) {
	w.T.Helper()
	w.withoutSecrets("")
	w.Subscribe()
	w.Given(chatting(Canary))
	w.GivesUp("slack") // a definition names a channel, and there is no bot token: that is a mistake, and told as one
	id := w.Request(events.ReleaseRequest{Service: Service, Revision: "2", Repository: "github/" + Repository, Commit: Commit(1), Author: "ada"})
	if end := w.Ended(id).End; end != rollout.Succeeded {
		w.T.Errorf("it ended %s:\n%s", end, w.Trail(id))
	}
	w.Hires()
	if out, _ := w.Commands("linus", events.Order{Do: events.Open, Release: id}); out.Done || out.Link != "" {
		w.T.Errorf("there is a link, signed with no key: %+v", out)
	}
	for _, host := range []string{events.GitHub, events.GitLab, events.Bitbucket} {
		if status := w.pushed(host, githubPush(w.T), webhookKey); status != http.StatusServiceUnavailable {
			w.T.Errorf("the webhook answers %s with %d, want that it is not set up", host, status)
		}
	}
	for name, method := range map[string]string{"button": http.MethodPost, "console": http.MethodGet} {
		r, err := http.NewRequestWithContext(w.ctx, method, w.address(name), strings.NewReader(""))
		w.must(err)
		answer, err := w.web().Do(r)
		w.must(err)
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusServiceUnavailable {
			w.T.Errorf("%s answers %d, want that it is not set up", name, answer.StatusCode)
		}
	}
	if mail := w.Mail(); !strings.Contains(mail, id) || strings.Contains(mail, "/open?") {
		w.T.Errorf("people were not told, or by a link that nobody can have signed:\n%s", mail)
	}
	if n := len(w.GitHub.Statuses()); n != 0 {
		w.T.Errorf("GitHub was told %d times without a token", n)
	}
}

// withoutLinks has somebody in Slack ask for a page that no key was put in for, and somebody open a link from before.
func withoutLinks(w *World) {
	w.T.Helper()
	w.withoutSecrets("/links")
	w.withoutSecrets("/people")
	w.Given(chatting(with(Asking, `"grace":{`, `"grace":{"slack":"T0SANDBOX/U0456",`)))
	id := w.Requested("2")
	w.Asks(id, 3)
	w.must(w.PressedAbout(id, "page", "U0456"))
	if told := fmt.Sprint(w.Slack.Whispers()); !strings.Contains(told, "pages are not set up") {
		w.T.Errorf("whoever asks for a page is told %s, want that they are not set up", told)
	}
	if b := w.Browser().Opens(w.address("console") + "open?t=" + pass.Sign(pass.Link, asGrace(), []string{personKey})); b.Status != http.StatusServiceUnavailable {
		w.T.Errorf("a link from before shows %d, want that this is not set up", b.Status)
	}
	w.Aborted(id)
	w.Ended(id)
}

// A stack that was just deployed has no secrets. Which ARN IAM is asked about then, and so whether the answer is "not found" or
// "denied", is not documented: both times Sluice works, and what needs a secret says that it is not set up.
func TestStackWithoutSecretsReleasesAllTheSame(t *testing.T) {
	for name, edit := range map[string]func(*cfn.Template){"and AWS says that there is none": func(*cfn.Template) {}, "and AWS denies to read it": withoutBareNames} {
		t.Run(name, func(t *testing.T) {
			RunWith(t, Options{Edit: edit}, func(w *World) {
				notSetUp(w)
				letters := fmt.Sprint(w.Sandbox.SQS.Messages(w.deadLetters("slack")))
				if !strings.Contains(letters, "aws secretsmanager create-secret --name "+stackName+"/slack") {
					t.Errorf("the letter of slack does not say what to do: %.600s", letters)
				}
			})
		})
	}
}

// Whoever put the wrong thing in loses messages, buttons and pages, and no release; and reads what is wrong without what is in it.
func TestStackWithMistypedSecretsReleasesAllTheSameAndSaysWhatTheyLookLike(t *testing.T) {
	Run(t, func(w *World) {
		w.withoutSecrets("")
		for name, text := range map[string]string{"slack": "xapp-1-hush", "slack-signing": `{"signing":"hush"}`, "links": "...", "people": "hush", "github": `"github_pat_hush"`} {
			_, err := w.Sandbox.SecretsManager.CreateSecret(w.ctx, &secretsmanager.CreateSecretInput{Name: aws.String(stackName + "/" + name), SecretString: &text})
			w.must(err)
		}
		w.Subscribe()
		w.Given(chatting(Canary))
		w.GivesUp("slack")
		w.GivesUp("github")
		id := w.Request(events.ReleaseRequest{Service: Service, Revision: "2", Repository: "github/" + Repository, Commit: Commit(1), Author: "ada"})
		if end := w.Ended(id).End; end != rollout.Succeeded {
			t.Errorf("it ended %s:\n%s", end, w.Trail(id))
		}
		for name, method := range map[string]string{"button": http.MethodPost, "console": http.MethodGet} {
			r, err := http.NewRequestWithContext(w.ctx, method, w.address(name), strings.NewReader(""))
			w.must(err)
			answer, err := w.web().Do(r)
			w.must(err)
			_ = answer.Body.Close()
			if answer.StatusCode != http.StatusServiceUnavailable {
				t.Errorf("%s answers %d, want that it is not set up", name, answer.StatusCode)
			}
		}
		if mail := w.Mail(); !strings.Contains(mail, id) || strings.Contains(mail, "/open?") {
			t.Errorf("people were not told, or by a link that anybody can sign:\n%s", mail)
		}
		for function, told := range map[string]string{"slack": "begins with xapp-, which is an app-level token", "github": "has quotation marks around it"} {
			if letters := fmt.Sprint(w.Sandbox.SQS.Messages(w.deadLetters(function))); !strings.Contains(letters, told) || strings.Contains(letters, "hush") {
				t.Errorf("the letter of %s does not say %q, or says what is in the secret: %.900s", function, told, letters)
			}
		}
	})
}
