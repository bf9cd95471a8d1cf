package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

// first is a definition that asks before any traffic. Dan is known by mail.
var first = strings.Replace(scenario.Asking, `"before":"last"`, `"before":"first"`, 1)

// asked leads a release to its question and lets dan in twice, in two browsers: each has a session of its own.
func asked(w *byhand.World) (r rollout.Release, one, other *scenario.Browser) {
	r = w.Asking("2")
	w.Does("ask", byhand.Task(r, 0, "mine"))
	w.Pass(time.Minute)
	one = w.Browser().Opens(w.Invited(r.ID)).Continues()
	other = w.Browser().Opens(w.Invited(r.ID)).Continues()
	return r, one, other
}

func approval(b *scenario.Browser) url.Values {
	form := b.Form()
	form.Set("comment", "fine")
	return form
}

func TestFormCountsOnlyFromThePageAndTheSessionThatShowedIt(t *testing.T) {
	for name, test := range map[string]struct {
		post    func(one, other *scenario.Browser) *scenario.Browser
		status  int
		answers int
	}{
		"as it was shown": {func(one, _ *scenario.Browser) *scenario.Browser {
			return one.PostsFrom("same-origin", "?do=approve", approval(one))
		}, http.StatusOK, 1},
		"by another site": {func(one, _ *scenario.Browser) *scenario.Browser {
			return one.PostsFrom("cross-site", "?do=approve", approval(one))
		}, http.StatusForbidden, 0},
		"in another session": {func(one, other *scenario.Browser) *scenario.Browser {
			return other.PostsFrom("same-origin", "?do=approve", approval(one))
		}, http.StatusForbidden, 0},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{}, first, func(w *byhand.World) {
				r, one, other := asked(w)
				b := test.post(one, other)
				w.Pass(time.Minute) // decide is told, and nobody waits for it
				if got := w.Release(r.ID).Answers; b.Status != test.status || len(got) != test.answers {
					t.Errorf("status %d, answers %v, want %d and %d of them", b.Status, got, test.status, test.answers)
				}
			})
		})
	}
}
