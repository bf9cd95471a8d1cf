package slack

import (
	"fmt"
	"strings"
	"time"

	"sluice/shared/rollout"
)

// A Message is text for notifications, and blocks for the channel.
type Message struct {
	Text   string
	blocks []block
}

// A block of https://docs.slack.dev/reference/block-kit/blocks: a section, a context or actions.
type block struct {
	Type     string `json:"type"`
	Text     *text  `json:"text,omitempty"`
	Elements []any  `json:"elements,omitempty"` // texts of a context, buttons of actions
}

type text struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// most is how many characters a section's text may have.
const most = 3000

func markdown(s string) text {
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most-1]) + "…"
	}
	return text{"mrkdwn", s}
}

func section(s string) block { return block{Type: "section", Text: new(markdown(s))} }

func footnote(s string) block { return block{Type: "context", Elements: []any{markdown(s)}} }

// escape keeps what people and machines wrote from being read as Slack's own marks
// (https://docs.slack.dev/messaging/formatting-message-text).
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// Of is the message about a release as its record stands. look is a link to its page; empty: there is none.
func Of(r rollout.Release, look string) Message {
	versions := r.Revision.String()
	if r.Stable != "" {
		versions = r.Stable + " → " + r.Revision.Version
	}
	status := status(r)
	m := Message{Text: fmt.Sprintf("%s %s %s: %s", mark(r), escape(r.Service), escape(versions), escape(status))}
	m.blocks = append(m.blocks, section(fmt.Sprintf("%s *%s* %s\n%s", mark(r), escape(r.Service), escape(versions), escape(status))))
	if w := weight(r); w > rollout.None && r.End == "" {
		m.blocks = append(m.blocks, section(fmt.Sprintf("%s  %v of the traffic, step %d of %d", bar(w), w, r.Step+1, len(r.Steps))))
	}
	if why := why(r); why != "" {
		m.blocks = append(m.blocks, section(why))
	}
	if b := r.Building; b != nil && len(b.Log) > 0 {
		m.blocks = append(m.blocks, section("```"+escape(strings.ReplaceAll(strings.Join(b.Log, "\n"), "`", "'"))+"```"))
	}
	if question := question(r); question != "" {
		m.blocks = append(m.blocks, section(question))
	}
	if b := buttons(r, look); b != nil {
		m.blocks = append(m.blocks, *b)
	}
	m.blocks = append(m.blocks, footnote(origin(r)))
	return m
}

// mark is what is seen from far.
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

// why is the cause of going back or of not being let in, with the remedy.
func why(r rollout.Release) string {
	switch {
	case r.Obstacle != nil:
		return fmt.Sprintf("*The traffic does not come back:* %s\n*What to do:* %s", escape(r.Obstacle.Reason), escape(r.Obstacle.Remedy))
	case r.Rejection != nil:
		return fmt.Sprintf("*Why:* %s\n*What to do:* %s", escape(r.Rejection.Reason), escape(r.Rejection.Remedy))
	case r.Cause != nil:
		return "*Why:* " + escape(r.Cause.Reason)
	}
	return ""
}

func asks(r rollout.Release) bool {
	return r.End == "" && r.Cause == nil && r.Asked != nil && !r.Asked.Closed
}

// question says who is waited for. People whose Slack user is known are called by it, which tells them.
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
			name = escape(name)
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
	parts := []string{escape(r.ID)}
	for _, row := range [][2]string{{"commit", r.Revision.Commit}, {"by", r.Revision.Author}, {"asked for by", r.By}, {"because", r.Reason}} {
		if row[1] != "" {
			parts = append(parts, row[0]+" "+escape(row[1]))
		}
	}
	return strings.Join(parts, " · ")
}

// mostReply keeps a reply well below the length at which Slack cuts text.
const mostReply = 3500

// Reply is the beginning of some lines of a trail as one reply, and how many of them it holds.
func Reply(lines []rollout.Line) (reply string, n int) {
	var b strings.Builder
	for _, l := range lines {
		line := fmt.Sprintf("`%s` *%s* %s\n", l.At.UTC().Format("15:04:05"), escape(l.Who), escape(l.What))
		if n > 0 && b.Len()+len(line) > mostReply {
			break
		}
		b.WriteString(line)
		n++
	}
	return strings.TrimSuffix(b.String(), "\n"), n
}
