package slack

import (
	"fmt"
	"strings"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
)

// A Message is text for notifications, and blocks for the channel.
type Message struct {
	Text   string
	blocks []block
}

// A block is one of https://docs.slack.dev/reference/block-kit/blocks: a section, a context or actions.
type block struct {
	Type     string `json:"type"`
	Text     *text  `json:"text,omitempty"`
	Elements []any  `json:"elements,omitempty"` // texts of a context, buttons of actions
}

// A text is one of https://docs.slack.dev/reference/block-kit/composition-objects/text-object. With Verbatim, Slack sees only marks
// that are written as marks (<@U...>): it does not turn a word that looks like a mention or a link into one.
type text struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Verbatim bool   `json:"verbatim,omitempty"` // of mrkdwn only
}

// most is how many characters a section's text may have.
const most = 3000

// section is text of Sluice with marks in it; text by others must be escaped before it gets in.
func section(s string) block {
	return block{Type: "section", Text: &text{Type: "mrkdwn", Text: cut(s, most), Verbatim: true}}
}

// literal is text that others wrote, or may have written: Slack sees no marks in it.
func literal(s string) block { return block{Type: "section", Text: new(words(s))} }

func footnote(s string) block { return block{Type: "context", Elements: []any{words(s)}} }

// words is text without marks.
func words(s string) text { return text{Type: "plain_text", Text: cut(events.Visible(s), most)} }

func cut(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}

// Escape keeps Slack from reading marks in text that people or machines wrote
// (https://docs.slack.dev/messaging/formatting-message-text).
func Escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(events.Visible(s))
}

// Of is the message about a release as its record stands. look is a link to its page; empty when there is none. command is the
// shell command that answers its question where there are no buttons; empty where there are.
func Of(r rollout.Release, look, command string) Message {
	versions := r.Candidate()
	if r.Stable != "" {
		versions = r.Stable + " → " + r.Revision.Version
	}
	status := status(r)
	m := Message{Text: fmt.Sprintf("%s %s %s: %s", mark(r), Escape(r.Service), Escape(versions), Escape(status))}
	m.blocks = append(m.blocks, section(fmt.Sprintf("%s *%s* %s", mark(r), Escape(r.Service), Escape(versions))), literal(status))
	if w := weight(r); w > rollout.None && r.End == "" {
		m.blocks = append(m.blocks, section(fmt.Sprintf("%s  %v of the traffic, step %d of %d", bar(w), w, r.Step+1, len(r.Steps))))
	}
	if why := why(r); why != "" {
		m.blocks = append(m.blocks, literal(why))
	}
	if b := r.Building; b != nil && len(b.Log) > 0 {
		m.blocks = append(m.blocks, section("```"+Escape(strings.ReplaceAll(strings.Join(b.Log, "\n"), "`", "'"))+"```"))
	}
	if question := question(r); question != "" {
		m.blocks = append(m.blocks, section(question))
	}
	if p := r.Foreseen(); p != nil {
		m.blocks = append(m.blocks, literal("What it changes: it "+strings.Join(p.Lines(), ";\nit ")+"."))
	}
	if command != "" {
		m.blocks = append(m.blocks, section("There are no buttons here. To answer, put your answer and your name into this command:\n```"+Escape(command)+"```"))
	}
	if b := buttons(r, look, command == ""); b != nil {
		m.blocks = append(m.blocks, *b)
	}
	m.blocks = append(m.blocks, footnote(origin(r)))
	return m
}

// mark is the sign that people see first.
func mark(r rollout.Release) string {
	switch {
	case r.End == rollout.Succeeded && !r.Reverted:
		return "✅"
	case r.End == rollout.Stuck:
		return "🚨"
	case r.End == rollout.Rejected, r.End == rollout.Superseded:
		return "⛔"
	case r.End != "", r.Cause != nil:
		return "↩️"
	case asks(r):
		return "✋"
	}
	return "🚀"
}

// status is how the release stands, in one sentence: its end, or the last line of its trail.
func status(r rollout.Release) string {
	if r.Decided() {
		return r.Ending()
	}
	if n := len(r.Audit); n > 0 {
		return r.Audit[n-1].What
	}
	return r.Ending()
}

// weight is the candidate's share as far as the record knows it.
func weight(r rollout.Release) rollout.Weight {
	if r.Cause != nil || r.BakeUntil.IsZero() {
		return rollout.None
	}
	return r.At(r.Step).Weight
}

func bar(w rollout.Weight) string {
	const cells = 10
	full := min(cells, max(1, int(w.Fraction()*cells)))
	return strings.Repeat("▰", full) + strings.Repeat("▱", cells-full)
}

// why says why the release goes back, is stuck or was not let in, with the remedy if there is one.
func why(r rollout.Release) string {
	switch {
	case r.Obstacle != nil:
		return fmt.Sprintf("The traffic does not come back: %s\nWhat to do: %s", r.Obstacle.Reason, r.Obstacle.Remedy)
	case r.Rejection != nil:
		return fmt.Sprintf("Why: %s\nWhat to do: %s", r.Rejection.Reason, r.Rejection.Remedy)
	case r.Cause != nil:
		return "Why: " + r.Cause.Reason
	}
	return ""
}

func asks(r rollout.Release) bool {
	return r.End == "" && r.Cause == nil && r.Asked != nil && !r.Asked.Closed
}

// question says whom the release waits for. People whose Slack user is known are mentioned, so that Slack notifies them.
func question(r rollout.Release) string {
	a := r.Asks()
	if a == nil {
		return ""
	}
	var people []string
	for _, name := range a.From {
		if _, user, known := strings.Cut(r.Definition.People[name].Slack, "/"); known {
			name = "<@" + user + ">"
		} else {
			name = Escape(name)
		}
		people = append(people, name)
	}
	if _, group, named := strings.Cut(a.SlackTeam, "/"); named { // mentions all of its members
		people = append(people, "<!subteam^"+group+">")
	}
	return fmt.Sprintf("*Waiting for* %d of %s before %s, until %s.",
		a.Quorum, strings.Join(people, ", "), r.Gets(r.Asked.Step), moment(r.Asked.Until))
}

// moment is a time that each reader sees in their own zone.
func moment(t time.Time) string {
	return fmt.Sprintf("<!date^%d^{date_short_pretty} {time}|%s>", t.Unix(), t.UTC().Format("2 Jan 15:04 MST"))
}

func origin(r rollout.Release) string {
	parts := []string{r.ID}
	for _, row := range [][2]string{{"commit", r.Revision.Commit}, {"by", r.Revision.Author}, {"asked for by", r.By}, {"because", r.Reason}} {
		if row[1] != "" {
			parts = append(parts, row[0]+" "+row[1])
		}
	}
	return strings.Join(parts, " · ")
}

// mostReply keeps a reply in one section, well below the length at which Slack cuts text.
const mostReply = 2900

// Reply puts as many of the first lines of a release's trail into one reply as fit; n is how many. Its text is for notifications. Where one of them
// asks people again, the reply mentions them: Slack notifies nobody of a message that is only updated.
func Reply(r rollout.Release, lines []rollout.Line) (m Message, n int) {
	var told, shown strings.Builder
	again := ""
	for _, l := range lines {

		at := l.At.UTC().Format("15:04:05")
		line := fmt.Sprintf("`%s` *%s* %s\n", at, Escape(l.Who), Escape(l.What))
		if n > 0 && told.Len()+len(line) > mostReply {
			break
		}
		if r.Asks() != nil && l.At.Equal(r.Asked.Again) {
			again = question(r)
		}
		told.WriteString(line)
		fmt.Fprintf(&shown, "%s  %s: %s\n", at, l.Who, l.What)
		n++
	}
	m = Message{Text: strings.TrimSuffix(told.String(), "\n"), blocks: []block{literal(strings.TrimSuffix(shown.String(), "\n"))}}
	if again != "" {
		m.blocks = append(m.blocks, section(again))
	}
	return m, n
}
