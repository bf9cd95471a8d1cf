package scenario

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"sluice/shared/pass"
)

// rotate puts another key into a secret, and waits until everybody has read it.
func (w *World) rotate(name, key string) {
	w.T.Helper()
	_, err := w.Sandbox.SecretsManager.PutSecretValue(w.ctx, &secretsmanager.PutSecretValueInput{SecretId: aws.String(stackName + "/" + name), SecretString: &key})
	w.must(err)
	w.Pass(6 * time.Minute)
}

// asGrace is a pass that names her.
func asGrace() pass.Pass {
	return pass.Pass{ID: "thief", How: "slack", By: "T0SANDBOX/U0GRACE", Until: time.Now().Add(time.Hour).Unix()}
}

// keep puts a session into the browser.
func (b *Browser) keep(session string) *Browser {
	at, err := url.Parse(b.w.address("console"))
	b.w.must(err)
	b.client.Jar.SetCookies(at, []*http.Cookie{{Name: "__Host-sluice", Value: session, Path: "/", Secure: true}})
	return b
}

// Of all functions only those may name a person that find out who somebody is. Which function holds which key is all that keeps a
// thief of notify's role from answering as anybody.
func TestWhoSendsLinksForLookingHoldsNoKeyThatNamesPeople(t *testing.T) {
	Run(t, func(w *World) {
		holders := map[string][]string{"links": nil, "people": nil}
		for _, function := range functionNames {
			cfg, err := w.Sandbox.ConfigFor(stackName + "-" + function)
			w.must(err)
			for name := range holders {
				if _, err := secretsmanager.NewFromConfig(cfg).GetSecretValue(context.Background(), &secretsmanager.GetSecretValueInput{SecretId: aws.String(stackName + "/" + name)}); err == nil {
					holders[name] = append(holders[name], function)
				}
			}
		}
		for name, want := range map[string][]string{"links": {"command", "console", "notify", "slack"}, "people": {"button", "console"}} {
			if slices.Sort(holders[name]); !slices.Equal(holders[name], want) {
				t.Errorf("the key in %s is read by %v, want %v", name, holders[name], want)
			}
		}
	})
}

// With the key for looking, which mail and chat are written with, somebody makes themselves a link, a session and a form as grace.
func TestKeyForLookingAnswersForNobody(t *testing.T) {
	Run(t, func(w *World) {
		id, m := w.asked()
		stolen := []string{linkKey}
		home := w.address("console")
		link := home + "open?t=" + pass.Sign(pass.Link, asGrace(), stolen)
		if b := w.Browser().Opens(link); b.Status != http.StatusForbidden {
			t.Errorf("a link in her name shows %d", b.Status)
		}
		if b := w.Browser().Opens(home).Posts("/open", url.Values{"t": {pass.Sign(pass.Link, asGrace(), stolen)}}); b.Status != http.StatusForbidden || b.Header.Get("Set-Cookie") != "" {
			t.Errorf("a posted link in her name shows %d", b.Status)
		}
		if b := w.Browser().keep(pass.Sign(pass.Session, asGrace(), stolen)).Opens(home + "releases/" + id); b.Status != http.StatusUnauthorized {
			t.Errorf("a session in her name shows %d", b.Status)
		}
		onlyHow := asGrace()
		onlyHow.By = ""
		if b := w.Browser().Opens(home + "open?t=" + pass.Sign(pass.Link, onlyHow, stolen)); b.Status != http.StatusForbidden {
			t.Errorf("a link for whoever uses Slack shows %d", b.Status)
		}

		grace := w.Browser().Opens(w.linkFor(m, "U0GRACE")).Continues()
		own := sessionOf(t, grace, []string{personKey})
		form := grace.Form()
		for name, p := range map[string]pass.Pass{"for her session": {ID: own.ID, Until: own.Until}, "in her name": {ID: own.ID, How: own.How, By: own.By, Until: own.Until}} {
			form.Set("session", pass.Sign(pass.Form, p, stolen))
			if grace.Goes("/releases/"+id).Posts("?do=approve", form); grace.Status != http.StatusForbidden {
				t.Errorf("a form %s shows %d", name, grace.Status)
			}
		}
		w.stillAsks(id)
		if grace.Goes("/releases/"+id).Presses("approve", ""); len(w.answers(id)) != 1 {
			t.Errorf("after all that she cannot answer herself: %d", grace.Status)
		}
	})
}

// Whoever is in as a person looks at a release by the link in a mail, and is still in: nobody signs them out by sending one.
func TestLinkForLookingLeavesThePersonIn(t *testing.T) {
	Run(t, func(w *World) {
		id, m := w.asked()
		grace := w.Browser().Opens(w.linkFor(m, "U0GRACE")).Continues()
		if grace.Opens(lookAt(t, m)); grace.Status != http.StatusOK || !strings.Contains(grace.Page, `action="?do=`) {
			t.Errorf("the link shows her %d, and nothing to answer with:\n%s", grace.Status, grace.Page)
		}
		look, err := url.Parse(lookAt(t, m))
		w.must(err)
		if grace.Posts("/open", url.Values{"t": look.Query()["t"]}); !strings.Contains(grace.Page, `action="?do=`) {
			t.Errorf("when it is posted, it signs her out: %d", grace.Status)
		}
		if grace.Presses("approve", ""); len(w.answers(id)) != 1 {
			t.Errorf("she cannot answer any more: %d\n%s", grace.Status, grace.Page)
		}
	})
}

// A stack that had one key for both: links for looking go on, links that name people stop, and everybody is told what to do.
func TestStackWithoutAKeyForPeopleLetsThemLook(t *testing.T) {
	Run(t, func(w *World) {
		_, m := w.asked()
		named := w.linkFor(m, "U0GRACE")
		w.withoutSecrets("/people")
		w.Pass(6 * time.Minute)
		if b := w.Browser().Opens(lookAt(t, m)); b.Status != http.StatusOK {
			t.Errorf("looking shows %d", b.Status)
		}
		old := w.address("console") + "open?t=" + pass.Sign(pass.Link, asGrace(), []string{linkKey})
		for _, link := range []string{named, old} {
			if b := w.Browser().Opens(link); b.Status != http.StatusServiceUnavailable || !strings.Contains(b.Page, "not set up") || !strings.Contains(b.Page, "docs/operations.md") {
				t.Errorf("a link that names somebody shows %d, want that this is not set up:\n%s", b.Status, b.Page)
			}
		}
		w.must(w.Slack.Press(m.TS, "page", "U0GRACE"))
		if told := fmt.Sprint(w.Slack.Whispers()); !strings.Contains(told, "not set up") {
			t.Errorf("whoever asks for a link is told %s", told)
		}
	})
}

// Somebody copies the old key into the new secret, so that old links go on. Then notify could name people as before.
func TestKeyInBothSecretsNamesNobody(t *testing.T) {
	Run(t, func(w *World) {
		_, m := w.asked()
		w.rotate("people", linkKey)
		stolen := w.address("console") + "open?t=" + pass.Sign(pass.Link, asGrace(), []string{linkKey})
		if b := w.Browser().Opens(stolen); b.Status != http.StatusForbidden {
			t.Errorf("while the key before it is another one, it shows %d", b.Status)
		}
		w.rotate("people", linkKey)
		if b := w.Browser().Opens(stolen); b.Status != http.StatusServiceUnavailable {
			t.Errorf("it shows %d, want that people have no key of their own", b.Status)
		}
		w.rotate("people", "another key, of people alone")
		if b := w.Browser().Opens(stolen); b.Status != http.StatusForbidden {
			t.Errorf("as the key before the current one it opens: %d", b.Status)
		}
		if b := w.Browser().Opens(w.linkFor(m, "U0GRACE")).Continues(); b.Status != http.StatusOK {
			t.Errorf("with a key of their own people see %d", b.Status)
		}
	})
}
