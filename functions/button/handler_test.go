package button_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/slack"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// first is a definition that asks before any traffic, in Slack.
var first = strings.NewReplacer(
	`"guard"`, `"slack":{"channel":"`+scenario.Channel+`"},"guard"`, `"before":"last"`, `"before":"first"`,
	`"grace":{`, `"grace":{"slack":"T0SANDBOX/U0GRACE",`, `"linus":{`, `"linus":{"slack":"T0SANDBOX/U0LINUS",`,
).Replace(scenario.Asking)

// asked leads a release to its question; message is the one with the buttons.
func asked(w *byhand.World) (r rollout.Release, message string) {
	w.T.Helper()
	r = w.Asking("2")
	w.Does("ask", byhand.Task(r, 0, "mine"))
	w.Does("slack", byhand.Event(events.ReleaseWaiting, events.Release{Release: r.ID, Service: scenario.Service}))
	w.Pass(time.Minute)
	return w.Release(r.ID), w.Slack.Messages()[0].TS
}

// answers are those that count, when decide has heard of what was said.
func answers(w *byhand.World, r rollout.Release) map[string]rollout.Answer {
	w.T.Helper()
	w.Pass(time.Second)
	return w.Release(r.ID).Answers
}

// heard is what single people were told, as user and text.
func heard(w *byhand.World) (all []string) {
	for _, s := range w.Slack.Whispers() {
		all = append(all, s.User+": "+s.Text)
	}
	return all
}

// A press that got lost on its way must look like one, or the person goes home and the release waits for them.
func TestPressCountsOrShowsAnErrorWhereverItDied(t *testing.T) {
	byhand.Crashing(t, "button", scenario.Options{}, first, func(w *byhand.World) {
		r, message := asked(w)
		for range 2 { // people press again when they see an error
			if w.Slack.Press(message, "approve", "U0GRACE") == nil {
				break
			}
		}
		if got := answers(w, r); len(got) != 1 || len(heard(w)) != 0 || strings.Contains(w.Trail(r.ID), "does not count") {
			w.T.Errorf("answers %v, heard %v\n%s", got, heard(w), w.Trail(r.ID))
		}
	})
}

// The message in the channel says the same a moment later. Who sees an error presses again, and takes the answer for lost.
func TestPressIsTakenInTimeThoughSlackTakesNoWhisper(t *testing.T) {
	for name, respond := range map[string]http.HandlerFunc{
		"Slack hangs":           func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"Slack is out of order": func(rw http.ResponseWriter, _ *http.Request) { http.Error(rw, "no", http.StatusServiceUnavailable) },
	} {
		t.Run(name, func(t *testing.T) {
			outside := func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					if strings.HasPrefix(r.URL.Path, "/respond/") {
						respond(rw, r)
						return
					}
					next.ServeHTTP(rw, r)
				})
			}
			byhand.RunWith(t, scenario.Options{Outside: outside}, first, func(w *byhand.World) {
				r, message := asked(w)
				for _, press := range [][2]string{{"approve", "U0EVE"}, {"page", "U0GRACE"}} {
					if err := w.Slack.Press(message, press[0], press[1]); err != nil {
						t.Errorf("%s sees: %v", press[1], err)
					}
				}
				w.Pass(time.Second)
				if trail := w.Trail(r.ID); !strings.Contains(trail, "does not count") {
					t.Errorf("decide did not hear of eve's answer:\n%s", trail)
				}
			})
		})
	}
}

// The message in the channel is older than what has happened since: who presses hears at once that it is too late, and nobody else does.
func TestWhoPressesTooLateHearsWhy(t *testing.T) {
	for name, test := range map[string]struct {
		since func(w *byhand.World, r rollout.Release)
		hears string
	}{
		"somebody else has decided": {func(w *byhand.World, r rollout.Release) {
			w.Does("decide", byhand.Event(events.AnswerGiven, events.AnswerRequest{Release: r.ID, By: "grace", Answer: events.Approve}))
			w.Leads("count", byhand.Start(r))
		}, "Your answer does not count: the question is closed. What to do: nothing: what was decided stands; abort the release to stop it."},
		"the release has ended": {func(w *byhand.World, r rollout.Release) {
			w.Fenced(r)
			w.Leads("rollback", byhand.Start(r))
			w.Leads("settle", byhand.Start(r))
		}, "Your answer does not count: the release ended (aborted). What to do: look at the release that runs now."},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{}, first, func(w *byhand.World) {
				r, message := asked(w)
				test.since(w, r)
				before := answers(w, r)
				if err := w.Slack.Press(message, "reject", "U0LINUS"); err != nil {
					t.Errorf("linus sees an error: %v", err)
				}
				if got := heard(w); !slices.Equal(got, []string{"U0LINUS: " + test.hears}) {
					t.Errorf("heard %q, want %q", got, test.hears)
				}
				if got := answers(w, r); len(got) != len(before) {
					t.Errorf("answers %v", got)
				}
			})
		})
	}
}

func TestPressAboutAReleaseWithoutARecordGoesNowhere(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, first, func(w *byhand.World) {
		r, message := asked(w)
		body, err := w.Slack.Pressed(message, "approve", slack.Team, "U0GRACE")
		if err == nil {
			err = w.Slack.Send(strings.Replace(body, r.ID, "checkout-000000000000", 1), time.Now())
		}
		if got := heard(w); err != nil || !slices.Equal(got, []string{"U0GRACE: There is no such release any more."}) || w.Made("button", "lambda:Invoke") != 0 {
			t.Errorf("heard %q (%v), and decide is told %d times", got, err, w.Made("button", "lambda:Invoke"))
		}
	})
}

// A link that names a person is theirs: whoever else got it could answer as them.
func TestEachPressForThePageGetsALinkOfItsOwnAndDecidesNothing(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, first, func(w *byhand.World) {
		r, message := asked(w)
		users := []string{"U0GRACE", "U0GRACE", "U0LINUS"}
		for _, user := range users {
			if err := w.Slack.Press(message, "page", user); err != nil {
				t.Fatal(err)
			}
		}
		links := map[string]bool{}
		for i, s := range w.Slack.Whispers() {
			if s.User != users[i] {
				t.Errorf("whisper %d is to %s, want %s", i, s.User, users[i])
			}
			links[s.Text] = true
		}
		if got := answers(w, r); len(links) != len(users) || len(got) != 0 || w.Made("button", "lambda:Invoke") != 0 {
			t.Errorf("%d links for %d presses, answers %v", len(links), len(users), got)
		}
		before := len(w.Calls("button"))
		if err := w.Slack.Press(message, "look", "U0EVE"); err != nil || len(w.Calls("button")) != before || len(w.Slack.Whispers()) != len(users) {
			t.Errorf("looking takes %d calls (%v), whispers %v", len(w.Calls("button"))-before, err, heard(w))
		}
	})
}

// Everybody may post to the address: it must not be a way to make Sluice call AWS.
func TestStrangersCostNothing(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, first, func(w *byhand.World) {
		body := url.Values{"payload": {`{"type":"block_actions","team":{"id":"T0SANDBOX"},"user":{"id":"U0GRACE"},"actions":[{"action_id":"approve","value":"checkout-1f0c2b3a4d5e|0|d"}]}`}}.Encode()
		for _, request := range []struct {
			method, body string
			times, want  int
		}{{http.MethodGet, "", 1, 405}, {http.MethodPost, strings.Repeat("x", 1<<20+1), 1, 413}, {http.MethodPost, body, 50, 401}} {
			for range request.times {
				status, _, err := w.Visits("button", request.method, "/", map[string]string{"x-slack-request-timestamp": "946684920", "x-slack-signature": "v0=00"}, request.body)
				if err != nil || status != request.want {
					t.Fatalf("%s of %d bytes answers %d (%v), want %d", request.method, len(request.body), status, err, request.want)
				}
			}
		}
		var made []string
		for _, c := range w.Calls("button") {
			made = append(made, c.Operation)
		}
		const read = "secretsmanager:GetSecretValue"
		if !slices.Equal(made, []string{read, read}) { // the secret, and the one before it
			t.Errorf("it called %v, want the secrets once", made)
		}
	})
}

// 401 would say that the press was forged, and 503 that nobody has set buttons up.
func TestSecretThatCannotBeReadRefusesNobody(t *testing.T) {
	throttled := byhand.For("button", sandboxtest.Fail("secretsmanager:GetSecretValue", 3, wire.Throttled("Rate exceeded")))
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{throttled}}, first, func(w *byhand.World) {
		r, message := asked(w)
		if err := w.Slack.Press(message, "approve", "U0GRACE"); err == nil || !strings.Contains(err.Error(), "502") {
			t.Errorf("grace sees %v", err)
		}
		if err := w.Slack.Press(message, "approve", "U0GRACE"); err != nil || len(answers(w, r)) != 1 {
			t.Errorf("the second time grace sees %v, answers %v", err, answers(w, r))
		}
	})
}

// Slack does not send again what was refused, and the person reads that their press was forged.
func TestPressCountsAsSoonAsTheSigningSecretIsChanged(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, first, func(w *byhand.World) {
		r, message := asked(w)
		if err := w.Slack.Press(message, "page", "U0GRACE"); err != nil {
			t.Fatal(err)
		}
		w.Pass(10 * time.Second)
		w.NewSigningSecret("5a8zzzyyy99dcba8888e01b132247f88")
		if err := w.Slack.Press(message, "approve", "U0GRACE"); err != nil || len(answers(w, r)) != 1 {
			t.Errorf("grace sees %v, answers %v", err, answers(w, r))
		}
	})
}

// Whoever guesses has the secret read again, and no more often than once in ten seconds.
func TestStrangersHaveTheSecretReadAgainSeldom(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, first, func(w *byhand.World) {
		for range 60 { // a minute
			status, _, err := w.Visits("button", http.MethodPost, "/", map[string]string{"x-slack-request-timestamp": fmt.Sprint(time.Now().Unix()), "x-slack-signature": "v0=00"}, "payload={}")
			if err != nil || status != http.StatusUnauthorized {
				t.Fatalf("it answers %d (%v)", status, err)
			}
			w.Pass(time.Second)
		}
		if n := w.Made("button", "secretsmanager:GetSecretValue"); n < 4 || n > 6*2 {
			t.Errorf("they cost %d calls", n)
		}
	})
}
