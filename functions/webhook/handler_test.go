package webhook_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"sluice/events"
	"sluice/test/byhand"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

const key = "8f742231b10e8888abcd99a585"

// hosts is what two of the hosts send: one push, and two of which one is a tag, beside a branch that was deleted.
var hosts = map[string]struct {
	file, event, kind, signature string
	pushes                       int
}{
	events.GitHub:    {"github-push", "x-github-event", "push", "x-hub-signature-256", 1},
	events.Bitbucket: {"bitbucket-push", "x-event-key", "repo:push", "x-hub-signature", 2},
}

// given puts in what the hosts sign with.
func given(w *byhand.World) {
	w.T.Helper()
	for host := range hosts {
		_, err := w.Sandbox.SecretsManager.CreateSecret(w.T.Context(), &secretsmanager.CreateSecretInput{Name: aws.String("sluice-sandbox/webhook-" + host), SecretString: aws.String(key)})
		if err != nil {
			w.T.Fatal(err)
		}
	}
}

// delivers has a host send its pushes, signed with a key. An error is what it hears as 502.
func delivers(w *byhand.World, host, key string) (status int, said string, err error) {
	w.T.Helper()
	h := hosts[host]
	body, err := os.ReadFile("../../shared/webhook/testdata/" + h.file + ".json")
	if err != nil {
		w.T.Fatal(err)
	}
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(body)
	return w.Posts("webhook", "/"+host, map[string]string{
		"content-type": "application/json", h.event: h.kind, h.signature: "sha256=" + hex.EncodeToString(mac.Sum(nil)),
	}, string(body))
}

// told counts how often the bus took a push, by its name.
func told(calls *sandboxtest.Calls) map[string]int {
	names := map[string]int{}
	for _, c := range calls.Of("events:PutEvents") {
		var p events.Push
		if json.Unmarshal([]byte(*c.Input.(*eventbridge.PutEventsInput).Entries[0].Detail), &p) == nil {
			names[p.Delivery]++
		}
	}
	return names
}

// A delivery that dies is sent again by the host, or by a person: under another name its push would be two releases, and without the
// rest of it a push would be none.
func TestEachPushIsToldUnderOneNameWhereverTheFirstTryDied(t *testing.T) {
	for host, sent := range hosts {
		t.Run(host, func(t *testing.T) {
			calls := &sandboxtest.Calls{}
			o := scenario.Options{Middleware: []wire.Middleware{calls.Keep}}
			byhand.Crashing(t, "webhook", o, scenario.Pushed, func(w *byhand.World) {
				*calls = sandboxtest.Calls{}
				given(w)
				tries, said := resends(w, host)
				all := told(calls)
				if len(all) != sent.pushes || said == "" {
					w.T.Fatalf("after %d tries it answers %q, and the bus took %v", tries, said, all)
				}
				again := -sent.pushes
				for _, n := range all {
					again += n
				}
				if again > 1 { // the one at which it died
					w.T.Errorf("in %d tries the bus took %v: what the first told was told again", tries, all)
				}
				if _, said = resends(w, host); strings.Count(said, "told before") != sent.pushes || !maps.Equal(told(calls), all) {
					w.T.Errorf("once more it answers %q, and the bus took %v after %v", said, told(calls), all)
				}
			})
		})
	}
}

// resends delivers until it is taken.
func resends(w *byhand.World, host string) (tries int, said string) {
	w.T.Helper()
	for tries = 1; tries <= 3; tries++ {
		status, said, err := delivers(w, host, key)
		if err == nil && status < 300 {
			return tries, said
		}
	}
	w.T.Fatal("nothing is ever taken")
	return 0, ""
}

// The host waits ten seconds. What a push leads to is told for whoever reads its page of deliveries, and the release does not hang on it.
func TestPushIsTakenThoughNobodyCanSayWhatItLeadsTo(t *testing.T) {
	hangs := func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			if call.Service == "ssm" {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return next(ctx, call)
		}
	}
	for name, fault := range map[string]wire.Middleware{
		"the definitions hang":          hangs,
		"the definitions are throttled": sandboxtest.Fail("ssm:GetParameter", sandboxtest.Always, wire.Throttled("Rate exceeded")),
	} {
		t.Run(name, func(t *testing.T) {
			calls := &sandboxtest.Calls{}
			byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{byhand.For("webhook", fault), calls.Keep}}, scenario.Pushed, func(w *byhand.World) {
				given(w)
				begun := time.Now()
				status, said, err := delivers(w, events.GitHub, key)
				if err != nil || status != http.StatusAccepted || !strings.Contains(said, "could not be read in time: look at the page of services") {
					t.Errorf("it answers %d %q (%v)", status, said, err)
				}
				if took := time.Since(begun); took > 5*time.Second || len(told(calls)) != 1 {
					t.Errorf("it took %v, and the bus took %v", took, told(calls))
				}
			})
		})
	}
}

// Everybody may post to the address: it must not be a way to make Sluice call AWS, or to fill its table.
func TestStrangersCostNothing(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, scenario.Pushed, func(w *byhand.World) {
		given(w)
		for range 50 {
			if status, _, err := delivers(w, events.GitHub, "guessed"); status != http.StatusUnauthorized || err != nil {
				t.Fatalf("it answers %d (%v)", status, err)
			}
		}
		for _, request := range []struct {
			method, path string
			status       int
		}{{http.MethodGet, "/github", 405}, {http.MethodPut, "/github", 405}, {http.MethodPost, "/gitea", 404}, {http.MethodPost, "/", 404}, {http.MethodPost, "/github/acme", 404}} {
			if status, _, err := w.Visits("webhook", request.method, request.path, nil, "{}"); status != request.status || err != nil {
				t.Errorf("%s %s answers %d (%v), want %d", request.method, request.path, status, err, request.status)
			}
		}
		var made []string
		for _, c := range w.Calls("webhook") {
			made = append(made, c.Operation)
		}
		const read = "secretsmanager:GetSecretValue"
		if want := []string{read, read, read}; !slices.Equal(made, want) { // the repository's own, the host's, and the one before it
			t.Errorf("it called %v, want the secrets once", made)
		}
	})
}

// 401 makes people look for a secret that is wrong, and most hosts do not send again what was refused.
func TestSecretThatCannotBeReadRefusesNobody(t *testing.T) {
	throttled := byhand.For("webhook", sandboxtest.Fail("secretsmanager:GetSecretValue", 3, wire.Throttled("Rate exceeded")))
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{throttled}}, scenario.Pushed, func(w *byhand.World) {
		given(w)
		if status, said, err := delivers(w, events.GitHub, key); err == nil {
			t.Errorf("it answers %d %q, want 502", status, said)
		}
		if status, said, err := delivers(w, events.GitHub, key); err != nil || status != http.StatusAccepted {
			t.Errorf("a moment later it answers %d %q (%v)", status, said, err)
		}
	})
}

// The host and Sluice cannot change their secret in the same moment, and GitHub does not send again what was refused.
func TestPushIsTakenWhileASecretIsChanged(t *testing.T) {
	for name, test := range map[string]struct {
		key   string
		later time.Duration
	}{
		"with the old one, at once": {key, 0}, "with the old one, later": {key, 6 * time.Minute},
		"with the new one, at once": {"another", 10 * time.Second}, "with the new one, later": {"another", 6 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{}, scenario.Pushed, func(w *byhand.World) {
				given(w)
				if status, _, err := delivers(w, events.GitHub, "another"); status != http.StatusUnauthorized || err != nil {
					t.Errorf("before the change it answers %d (%v)", status, err)
				}
				_, err := w.Sandbox.SecretsManager.PutSecretValue(w.T.Context(), &secretsmanager.PutSecretValueInput{SecretId: aws.String("sluice-sandbox/webhook-github"), SecretString: aws.String("another")})
				if err != nil {
					t.Fatal(err)
				}
				w.Pass(test.later)
				if status, said, err := delivers(w, events.GitHub, test.key); err != nil || status != http.StatusAccepted {
					t.Errorf("it answers %d %q (%v)", status, said, err)
				}
			})
		})
	}
}

// A repository gets a secret of its own while its webhook is asked for: it counts as soon.
func TestPushIsTakenAsSoonAsItsRepositoryHasASecretOfItsOwn(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, scenario.Pushed, func(w *byhand.World) {
		given(w)
		if status, _, err := delivers(w, events.GitHub, "own"); status != http.StatusUnauthorized || err != nil {
			t.Errorf("before the change it answers %d (%v)", status, err)
		}
		_, err := w.Sandbox.SecretsManager.CreateSecret(w.T.Context(), &secretsmanager.CreateSecretInput{Name: aws.String("sluice-sandbox/webhook-github/acme/checkout"), SecretString: aws.String("own")})
		if err != nil {
			t.Fatal(err)
		}
		w.Pass(10 * time.Second)
		if status, said, err := delivers(w, events.GitHub, "own"); err != nil || status != http.StatusAccepted {
			t.Errorf("it answers %d %q (%v)", status, said, err)
		}
	})
}

// Whoever guesses has the secrets read again, and no more often than once in ten seconds.
func TestStrangersHaveASecretReadAgainSeldom(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, scenario.Pushed, func(w *byhand.World) {
		given(w)
		for range 60 { // a minute
			if status, _, err := delivers(w, events.GitHub, "guessed"); status != http.StatusUnauthorized || err != nil {
				t.Fatalf("it answers %d (%v)", status, err)
			}
			w.Pass(time.Second)
		}
		if n := w.Made("webhook", "secretsmanager:GetSecretValue"); n > 6*3 {
			t.Errorf("they cost %d calls", n)
		}
	})
}

// 401 would make people look for a secret that is wrong, and lose the push.
func TestSecretThatCannotBeReadAgainRefusesNobody(t *testing.T) {
	down := false
	fault := func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			if down && call.Service == "secretsmanager" {
				return nil, wire.Internal("out of order")
			}
			return next(ctx, call)
		}
	}
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{byhand.For("webhook", fault)}}, scenario.Pushed, func(w *byhand.World) {
		given(w)
		if status, _, err := delivers(w, events.GitHub, key); status != http.StatusAccepted || err != nil {
			t.Fatalf("it answers %d (%v)", status, err)
		}
		w.Pass(time.Minute)
		down = true
		before := w.Made("webhook", "secretsmanager:GetSecretValue")
		for range 20 {
			if status, said, err := delivers(w, events.GitHub, "perhaps new"); err == nil {
				t.Fatalf("it answers %d %q, want 502", status, said)
			}
		}
		if n := w.Made("webhook", "secretsmanager:GetSecretValue") - before; n > 6 {
			t.Errorf("20 deliveries cost %d calls", n)
		}
	})
}
