package scenario

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/sandbox/slack"
)

// chatting is a definition whose people are told in Slack.
func chatting(definition string) string {
	return with(definition, `"guard"`, `"slack":{"channel":"`+Channel+`"},"guard"`)
}

// chat is the one message about a release, and its thread as one text.
func (w *World) chat() (message slack.Message, thread string) {
	w.T.Helper()
	found := 0
	for _, m := range w.Slack.Messages() {
		if m.Thread == "" {
			message = m
			found++
		} else {
			thread += m.Text + "\n"
		}
	}
	if found != 1 {
		w.T.Fatalf("%d messages, want one", found)
	}
	return message, thread
}

func (w *World) wantSaid(m slack.Message, words ...string) {
	w.T.Helper()
	for _, word := range words {
		if !strings.Contains(Says(m), word) {
			w.T.Errorf("the message does not say %q:\n%s", word, Says(m))
		}
	}
}

// wantTrail wants each line of the record's trail in the thread, once and in its order.
func (w *World) wantTrail(r rollout.Release, thread string) {
	w.T.Helper()
	for _, l := range r.Audit {
		if n := strings.Count(thread, "*"+l.Who+"* "+strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(l.What)+"\n"); n < 1 {
			w.T.Errorf("the thread does not tell %q", l.What)
		}
	}
	if got, want := strings.Count(thread, "\n"), len(r.Audit); got != want {
		w.T.Errorf("%d lines in the thread, want %d:\n%s", got, want, thread)
	}
}

func TestReleaseHasOneMessageInSlack(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(chatting(with(Asking, `"grace":{`, `"grace":{"slack":"T0123/U0456",`)))
		id := w.Requested("2")
		w.AtStep(id, 1)
		w.Pass(time.Minute)
		m, _ := w.chat()
		w.wantSaid(m, "🚀 *checkout* 1 → 2", "▰▰▱▱▱▱▱▱▱▱  25 % of the traffic, step 2 of 4", id)
		w.Asks(id, 3)
		w.Pass(time.Minute)
		m, _ = w.chat()
		w.wantSaid(m, "✋", "*Waiting for* 1 of", "<@U0456>", "linus", "before 100 % of the traffic")
		w.Answered(id, "grace", events.Approve)
		r := w.Ended(id)
		w.Pass(5 * time.Minute)
		m, thread := w.chat()
		w.wantSaid(m, "✅ *checkout* 1 → 2", "The candidate serves all traffic.")
		w.wantTrail(r, thread)
	})
}

func TestSlackIsToldWhyARelease(t *testing.T) {
	t.Run("went back", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(chatting(Canary))
			id := w.Requested("2")
			w.AtStep(id, 0)
			w.AlarmRed(Alarm)
			r := w.Ended(id)
			w.Pass(5 * time.Minute)
			m, thread := w.chat()
			w.wantSaid(m, "↩️", "Why: Guard alarm checkout-errors", rollout.RolledBack.Sentence())
			w.wantTrail(r, thread)
		})
	})
	t.Run("was not let in", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(chatting(Canary))
			w.Ended(w.Requested("77"))
			w.Pass(5 * time.Minute)
			m, _ := w.chat()
			w.wantSaid(m, "⛔", "has no version 77", "What to do:")
		})
	})
}

// A release does not wait for Slack, and Slack is told in the end.
func TestSlackThatIsDownForAWhileIsToldLater(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(chatting(Canary))
		w.Slack.Fails(2)
		id := w.Requested("2")
		r := w.Ended(id)
		if r.End != rollout.Succeeded {
			t.Errorf("it ended %s", r.End)
		}
		w.Pass(10 * time.Minute)
		m, thread := w.chat()
		w.wantSaid(m, "✅")
		w.wantTrail(r, thread)
	})
}

func TestSlackThatRefusesEveryCallLeavesDeadLetters(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(chatting(Canary))
		w.SlackToken("xoxb-of-another-app")
		w.GivesUp("slack")
		if r := w.Ended(w.Requested("2")); r.End != rollout.Succeeded {
			t.Errorf("it ended %s", r.End)
		}
		w.Pass(lastTry)
		letters := w.Sandbox.SQS.Messages(w.deadLetters("slack"))
		if len(letters) == 0 || !strings.Contains(letters[0].Attributes["ErrorMessage"], "invalid_auth; put the app's bot token") {
			t.Fatalf("dead letters: %v", letters)
		}
		for _, l := range letters {
			if strings.Contains(l.Body+l.Attributes["ErrorMessage"], "of-another-app") {
				t.Error("a dead letter holds the token")
			}
		}
	})
}

func TestMessageThatSomebodyDeletedIsWrittenAnew(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(chatting(Canary))
		id := w.Requested("2")
		w.AtStep(id, 1)
		w.Pass(time.Minute)
		m, _ := w.chat()
		w.Slack.Delete(m.TS)
		w.Ended(id)
		w.Pass(5 * time.Minute)
		m, _ = w.chat()
		w.wantSaid(m, "✅")
	})
}

// Whoever may write a commit message, a reason or a name must not be able to call everybody in the channel, or to lead them elsewhere:
// neither by marks, nor by words that Slack makes marks of by itself.
func TestWordsOfOthersCallNobodyInSlack(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(chatting(Canary))
		id := w.Request(events.ReleaseRequest{
			Service: Service, Revision: "2", Reason: "<!channel> <https://evil.example|click> @channel @here #general https://evil.example", Author: "<@U1>",
			Requester: "<!here> @everyone <!subteam^S1>",
		})
		w.Ended(id)
		w.Pass(5 * time.Minute)
		messages := w.Slack.Messages()
		if all := Says(messages[0]); !strings.Contains(all, "@channel") || len(messages) < 2 {
			t.Fatalf("the words are not told at all:\n%s", all)
		}
		for _, m := range messages {
			if reached := m.Reaches(); len(reached) != 0 {
				t.Errorf("somebody's words reach %q:\n%s\n%s", reached, m.Text, Says(m))
			}
			if m.Parses {
				t.Errorf("Slack looks for words that it could make marks of:\n%s", m.Text)
			}
		}
	})
}

// A commit whose message is turned around, or whose author's name hides a letter, looks like another one to whoever approves it.
func TestEverybodySeesWhatACommitHides(t *testing.T) {
	const hidden = "\u202E\u2066\u200B\u200D\uFEFF\u00AD\x1b\U000E0041"
	Run(t, func(w *World) {
		w.Given(chatting(Canary))
		w.Subscribe()
		id := w.Request(events.ReleaseRequest{
			Service: Service, Revision: "2", Repository: "github/acme/checkout", Commit: strings.Repeat("c", 40), Author: "a\u202Eda", Reason: "fix" + hidden, Requester: "c\u200Bi",
		})
		r := w.Ended(id)
		w.Pass(5 * time.Minute)
		record, err := json.Marshal(r)
		w.must(err)
		m, thread := w.chat()
		texts := map[string]string{"the record": string(record), "mail": w.Mail(), "Slack": Says(m) + m.Text + thread}
		for where, text := range texts {
			if events.Visible(text) != text {
				t.Errorf("%s hides something: %+q", where, text)
			}
		}
		for where, author := range map[string]string{"mail": "a<U+202E>da", "Slack": "a<U+202E>da"} {
			if !strings.Contains(texts[where], author) {
				t.Errorf("%s does not show %s:\n%s", where, author, texts[where])
			}
		}
	})
}

// What Slack fetches by itself to show a preview would open links in everybody's name.
func TestSlackFetchesNoLinkByItself(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(chatting(Canary))
		w.Ended(w.Requested("2"))
		w.Pass(time.Minute)
		for _, m := range w.Slack.Messages() {
			if m.Unfurls {
				t.Errorf("its links are unfurled: %s", m.Text)
			}
		}
	})
}
