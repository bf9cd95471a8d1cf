package deadletter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"sluice/events"
	"sluice/shared/rollout"
)

// Letter is an event in a dead-letter queue. Two ways lead there, and both leave the event itself as the body: EventBridge could not
// deliver it (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html), or the function failed on it three times
// (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html).
type Letter struct {
	ID         string
	Sent       time.Time
	Body       string
	Attributes map[string]string // what EventBridge or Lambda wrote beside it

	receipt string
	gone    bool
}

// letters turns messages into letters, oldest first.
func letters(messages []types.Message) []*Letter {
	found := make([]*Letter, len(messages))
	for i, m := range messages {
		l := &Letter{ID: aws.ToString(m.MessageId), Body: aws.ToString(m.Body), receipt: aws.ToString(m.ReceiptHandle), Attributes: map[string]string{}}
		for name, value := range m.MessageAttributes {
			l.Attributes[name] = aws.ToString(value.StringValue)
		}
		if ms, err := strconv.ParseInt(m.Attributes[string(types.MessageSystemAttributeNameSentTimestamp)], 10, 64); err == nil {
			l.Sent = time.UnixMilli(ms).UTC()
		}
		found[i] = l
	}
	slices.SortStableFunc(found, func(a, b *Letter) int { return a.Sent.Compare(b.Sent) })
	return found
}

// Event says in a few words which event it is: its detail-type, and what it is about.
func (l *Letter) Event() string {
	var e struct {
		DetailType string `json:"detail-type"`
		Detail     struct {
			Release   string `json:"release"`
			Service   string `json:"service"`
			AlarmName string `json:"alarmName"`
		} `json:"detail"`
	}
	if w := l.word(); w != nil {
		return events.Line(fmt.Sprintf("%s %s, said by %s (%s)", w.Do, w.Release, w.By, w.How))
	}
	if json.Unmarshal([]byte(l.Body), &e) != nil || e.DetailType == "" {
		return "no event: " + short(l.Body, 60)
	}
	for _, about := range []string{e.Detail.AlarmName, e.Detail.Release, e.Detail.Service} {
		if about != "" {
			return e.DetailType + " " + events.Line(about)
		}
	}
	return e.DetailType
}

// Speaker is the alias through which a person's word is handed over; empty for an event.
func (l *Letter) Speaker() string {
	w := l.word()
	if w == nil {
		return ""
	}
	return rollout.SpeakerFor(w.How)
}

// word is what a person said; nil when the letter is an event.
func (l *Letter) word() *events.Word {
	var s events.Spoken
	if json.Unmarshal([]byte(l.Body), &s) != nil {
		return nil
	}
	return s.Word
}

// Why says what went wrong the last time.
func (l *Letter) Why() string {
	if code := l.Attributes["ERROR_CODE"]; code != "" {
		return short("EventBridge could not deliver it: "+code+" "+l.Attributes["ERROR_MESSAGE"], 160)
	}
	if why := l.Attributes["ErrorMessage"]; why != "" {
		return short(complaint([]byte(why)), 160)
	}
	return "nobody says why"
}

// Whole is everything that is known of a letter, for a person to read: what stands beside the event, then the event.
func (l *Letter) Whole() string {
	var b strings.Builder
	fmt.Fprintf(&b, "id: %s\nsent: %s\n", l.ID, l.Sent.Format(time.RFC3339))
	for _, name := range slices.Sorted(maps.Keys(l.Attributes)) {
		fmt.Fprintf(&b, "%s: %s\n", name, l.Attributes[name])
	}
	var body bytes.Buffer
	if json.Indent(&body, []byte(l.Body), "", "  ") != nil {
		body.Reset()
		body.WriteString(l.Body)
	}
	return b.String() + "\n" + body.String() + "\n"
}

// complaint is what a failed function said, in one line.
func complaint(payload []byte) string {
	return events.Line(rollout.MachineError{Cause: string(payload)}.Says())
}

// short cuts a text so that it fits into a table.
func short(text string, most int) string {
	runes := []rune(events.Line(text))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:most-1]) + "…"
}
