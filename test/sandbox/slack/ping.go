package slack

import "regexp"

var (
	marked = regexp.MustCompile(`<(?:@|!subteam\^|!channel|!here|!everyone|#|https?://)[^<>]*>`)
	looks  = regexp.MustCompile(`(?:^|\s)(?:@(?:channel|here|everyone|[a-z][a-z0-9._-]*)|#[a-z0-9_-]+|https?://\S+)`)
)

// Reaches lists what a message pings or links to, as Slack reads it: marks in angle brackets always, and words that look like them where the
// text is not verbatim (https://docs.slack.dev/messaging/formatting-message-text#automatic-parsing and the text object's field
// verbatim). plain_text has no marks. Buttons are left out.
func (m Message) Reaches() []string {
	found := reaches(m.Text, m.Parses) // shown in notifications, and in place of blocks
	for _, b := range m.Blocks {
		if b.Text != nil && b.Text.Type == "mrkdwn" {
			found = append(found, reaches(b.Text.Text, !b.Text.Verbatim)...)
		}
		for _, e := range b.Elements {
			if e.Type == "mrkdwn" {
				found = append(found, reaches(e.Text.Text, !e.Verbatim)...)
			}
		}
	}
	return found
}

func reaches(text string, parses bool) []string {
	found := marked.FindAllString(text, -1)
	if parses {
		found = append(found, looks.FindAllString(text, -1)...)
	}
	return found
}
