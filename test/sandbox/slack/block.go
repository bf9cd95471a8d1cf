package slack

// A Block is a part of a message: a section or a context (https://docs.slack.dev/reference/block-kit/blocks).
type Block struct {
	Type     string `json:"type"`
	Text     *Text  `json:"text,omitempty"`
	Elements []Text `json:"elements,omitempty"`
}

// Text is text in Slack's own marks.
type Text struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// valid says whether Slack would take these blocks; kinds that Sluice does not use are not known here.
func valid(blocks []Block) bool {
	if len(blocks) > 50 {
		return false
	}
	for _, b := range blocks {
		switch {
		case b.Type == "section" && b.Text != nil && len(b.Elements) == 0 && b.Text.valid():
		case b.Type == "context" && b.Text == nil && len(b.Elements) > 0 && len(b.Elements) <= 10 && b.Elements[0].valid():
		default:
			return false
		}
	}
	return true
}

func (t Text) valid() bool {
	return t.Type == "mrkdwn" && t.Text != "" && len([]rune(t.Text)) <= 3000
}
