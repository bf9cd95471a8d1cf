package slack_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/shared/slack"
)

// Each end is known from afar, by its mark and its fixed sentence.
func TestEachEndHasItsMarkAndSentence(t *testing.T) {
	for end, mark := range map[rollout.End]string{
		rollout.Succeeded: "✅", rollout.RolledBack: "↩️", rollout.Aborted: "↩️",
		rollout.Rejected: "⛔", rollout.Superseded: "⛔", rollout.Stuck: "🚨",
	} {
		text := slack.Of(rollout.Release{Service: "checkout", Revision: rollout.Revision{Version: "2"}, Stable: "1", End: end}, "", "").Text
		if text != mark+" checkout 1 → 2: "+end.Sentence() {
			t.Errorf("%s: %q, want %s and %q", end, text, mark, end.Sentence())
		}
	}
	reverting := rollout.Release{End: rollout.Succeeded, Reverted: true}
	if text := slack.Of(reverting, "", "").Text; strings.HasPrefix(text, "✅") {
		t.Errorf("a promotion that is being reverted looks good: %q", text)
	}
}

func TestLongTrailsBecomeSeveralRepliesAndNoneIsLost(t *testing.T) {
	lines := make([]rollout.Line, 300)
	for i := range lines {
		lines[i] = rollout.Line{At: time.Unix(int64(i), 0), Who: "judge", What: strings.Repeat("<&>", 20)}
	}
	told := 0
	for replies := 0; told < len(lines); replies++ {
		m, n := slack.Reply(rollout.Release{}, lines[told:])
		text := m.Text
		if n == 0 || len(text) > 4000 {
			t.Fatalf("reply %d holds %d lines in %d bytes", replies, n, len(text))
		}
		if got := strings.Count(text, "\n") + 1; got != n {
			t.Fatalf("reply %d says that it holds %d lines, and has %d", replies, n, got)
		}
		told += n
	}
	if _, n := slack.Reply(rollout.Release{}, []rollout.Line{{What: strings.Repeat("x", 9000)}}); n != 1 {
		t.Errorf("a line that is too long for a reply is never told: %d", n)
	}
}

// FuzzOf has people write anything: a message stays one that Slack takes, and no word of theirs is a mark.
func FuzzOf(f *testing.F) {
	f.Add("checkout", "<!channel>", "*bold* & <https://a|b>")
	f.Add("", strings.Repeat("<", 5000), "\x00\xff")
	f.Fuzz(func(t *testing.T, service, reason, by string) {
		r := rollout.Release{
			Service: service, Reason: reason, By: by, Cause: &rollout.Fence{Reason: reason},
			Rejection: rollout.Because(reason, by), Audit: []rollout.Line{{Who: by, What: reason}},
		}
		m := slack.Of(r, "https://example.com/open?t=1", "")
		if strings.ContainsAny(m.Text, "<>") {
			t.Errorf("a mark in %q", m.Text)
		}
		if reply, n := slack.Reply(r, r.Audit); n != 1 || strings.ContainsAny(reply.Text, "<>") {
			t.Errorf("%d lines in %q", n, reply.Text)
		}
		if _, err := json.Marshal(m); err != nil {
			t.Error(err)
		}
	})
}
