package console_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/test/byhand"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// in is the first of two browsers that dan is let in by, on the page of a release that asks.
func in(t *testing.T, fault wire.Middleware, test func(w *byhand.World, id string, b *scenario.Browser)) {
	t.Helper()
	o := scenario.Options{}
	if fault != nil {
		o.Middleware = []wire.Middleware{byhand.For("console", fault)}
	}
	byhand.RunWith(t, o, first, func(w *byhand.World) {
		r, b, _ := asked(w)
		test(w, r.ID, b)
	})
}

// The page says that an answer is on its way: nobody gives it again after that.
func TestAnswerThatDecideDidNotGetIsNotSaidToBeOnItsWay(t *testing.T) {
	for name, fault := range map[string]wire.Middleware{
		"Lambda throttles": sandboxtest.Fail("lambda:Invoke", 3, wire.Throttled("Rate exceeded")),
		"it is denied":     sandboxtest.Fail("lambda:Invoke", 1, wire.AccessDenied("no")),
	} {
		t.Run(name, func(t *testing.T) {
			in(t, fault, func(w *byhand.World, id string, b *scenario.Browser) {
				form := approval(b)
				if b.Posts("?do=approve", form); b.Status != http.StatusBadGateway || strings.Contains(b.Page, "on its way") {
					t.Errorf("it shows %d", b.Status)
				}
				b.Goes("/releases/"+id).Posts("?do=approve", form)
				w.Pass(time.Second)
				if got := w.Release(id).Answers; b.Status != http.StatusOK || !strings.Contains(b.Page, "on its way") || len(got) != 1 {
					t.Errorf("the second time it shows %d, answers %v", b.Status, got)
				}
			})
		})
	}
}

// 404 sends people away from a release that waits for them.
func TestReleaseThatCannotBeReadIsNotSaidToBeNone(t *testing.T) {
	down := false
	fault := func(next wire.Handler) wire.Handler {
		return func(ctx context.Context, call *wire.Call) (any, error) {
			if down && call.Operation == "GetItem" {
				return nil, wire.AccessDenied("not now")
			}
			return next(ctx, call)
		}
	}
	in(t, fault, func(_ *byhand.World, id string, b *scenario.Browser) {
		down = true
		for _, path := range []string{"/releases/" + id, "/releases/" + id + ".json", "/releases/" + id + "/evidence.json"} {
			if b.Goes(path); b.Status != http.StatusBadGateway {
				t.Errorf("%s shows %d, want 502", path, b.Status)
			}
		}
		down = false
		if b.Goes("/releases/" + id); b.Status != http.StatusOK {
			t.Errorf("a moment later it shows %d", b.Status)
		}
	})
}

// Browsers, proxies and people load a page again and again.
func TestLookingWritesNothingAndTellsNobody(t *testing.T) {
	in(t, nil, func(w *byhand.World, id string, b *scenario.Browser) {
		before := len(w.Calls("console"))
		for range 2 {
			for _, path := range []string{"/", "/services.json", "/releases/" + id, "/releases/" + id + "?do=abort", "/releases/" + id + ".json", "/releases/" + id + "/evidence.json"} {
				if b.Goes(path); b.Status != http.StatusOK {
					t.Errorf("%s shows %d", path, b.Status)
				}
			}
		}
		reads := []string{"dynamodb:GetItem", "dynamodb:Query", "ssm:GetParametersByPath", "secretsmanager:GetSecretValue"}
		for _, c := range w.Calls("console")[before:] {
			if !slices.Contains(reads, c.Operation) {
				t.Errorf("it called %s", c.Operation)
			}
		}
	})
}

// The link would be used up, and the person told that somebody else had opened it.
func TestLinkOpensThoughTheAnswerOfTheTableWasLost(t *testing.T) {
	lost := byhand.For("console", sandboxtest.LoseAnswer("dynamodb:PutItem"))
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{lost}}, first, func(w *byhand.World) {
		b := w.Browser().Opens(w.Invited(w.Asking("2").ID))
		again := "https://" + b.URL.Host + "/open?t=" + b.Form().Get("t")
		if b.Continues(); b.Status != http.StatusOK || w.Made("console", "dynamodb:PutItem") < 2 {
			t.Errorf("it shows %d after %d tries", b.Status, w.Made("console", "dynamodb:PutItem"))
		}
		if b := w.Browser().Opens(again).Continues(); b.Status != http.StatusGone {
			t.Errorf("a second time it shows %d", b.Status)
		}
	})
}
