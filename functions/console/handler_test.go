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

// posted is what a browser says of the page that made it post. own is the origin of the console's pages.
var posted = map[string]struct {
	site, origin string // of the page; {own} is the console's
	ours         bool
}{
	"by our page, which lets no referrer out": {"same-origin", "null", true},
	"by our page":                                    {"same-origin", "{own}", true},
	"by our page, in an old browser":                 {"", "{own}", true},
	"by a program":                                   {"", "", true},
	"by another site":                                {"cross-site", "https://evil.example", false},
	"by another site that hides itself":              {"cross-site", "null", false},
	"by somebody else's function":                    {"same-site", "https://x.lambda-url.us-east-1.on.aws", false},
	"by another site, in an old browser":             {"", "https://evil.example", false},
	"by another site that hides itself, in one":      {"", "null", false},
	"by our host without TLS":                        {"", "http{own}", false},
	"by what says two things":                        {"same-origin", "https://evil.example", false},
	"by a site of a kind that is not known to us":    {"same-party", "", false},
	"by our host's name with something in front":     {"", "https://x.{host}", false},
	"by our host's name with something at its end":   {"", "{own}.evil.example", false},
	"by our host on another port":                    {"", "{own}:8443", false},
	"by what says in capitals that it is ours":       {"SAME-ORIGIN", "null", false},
	"by a page of a person who typed the address in": {"none", "null", true},
}

func origin(b *scenario.Browser, of string) string {
	return strings.NewReplacer("http{own}", "http://"+b.URL.Host, "{own}", "https://"+b.URL.Host, "{host}", b.URL.Host).Replace(of)
}

// Another site's page answers with a form that somebody was shown: it does not count. Nor does it in another session.
func TestFormCountsOnlyFromThePageAndTheSessionThatShowedIt(t *testing.T) {
	test := func(name string, status, answers int, post func(one, other *scenario.Browser) *scenario.Browser) {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{}, first, func(w *byhand.World) {
				r, one, other := asked(w)
				b := post(one, other)
				w.Pass(time.Minute) // decide is told, and nobody waits for it
				if got := w.Release(r.ID).Answers; b.Status != status || len(got) != answers {
					t.Errorf("status %d, answers %v, want %d and %d of them", b.Status, got, status, answers)
				}
			})
		})
	}
	for name, from := range posted {
		status, answers := http.StatusForbidden, 0
		if from.ours {
			status, answers = http.StatusOK, 1
		}
		test(name, status, answers, func(one, _ *scenario.Browser) *scenario.Browser {
			return one.PostsFrom(from.site, origin(one, from.origin), "?do=approve", approval(one))
		})
	}
	test("in another session", http.StatusForbidden, 0, func(one, other *scenario.Browser) *scenario.Browser {
		return other.Posts("?do=approve", approval(one))
	})
}

// Another site's page signs somebody in under another name, or uses their link up.
func TestLinkIsOpenedByOurPageAlone(t *testing.T) {
	for name, from := range posted {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{}, first, func(w *byhand.World) {
				b := w.Browser().Opens(w.Invited(w.Asking("2").ID))
				form := b.Form()
				b.PostsFrom(from.site, origin(b, from.origin), "/open", form)
				if let := b.Status == http.StatusOK; let != from.ours {
					t.Errorf("it shows %d", b.Status)
				}
				if !from.ours && w.Browser().Opens("https://"+b.URL.Host+"/open?t="+form.Get("t")).Continues().Status != http.StatusOK {
					t.Error("the link was used up")
				}
			})
		})
	}
}
