package eventbridge

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awseventbridge "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"sluice/test/sandbox/wire"
)

const (
	maxEntries     = 10
	maxRequestSize = 1 << 20
)

// PutEvents takes up to ten events in. Each entry succeeds or fails by itself, inside a good answer; an entry for a
// bus that does not exist succeeds, and its event is lost.
func (s *Service) PutEvents(_ context.Context, in *awseventbridge.PutEventsInput) (*awseventbridge.PutEventsOutput, error) {
	if n := len(in.Entries); n < 1 || n > maxEntries {
		return nil, wire.Validation("1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and %d, not %d", maxEntries, n)
	}
	if in.EndpointId != nil {
		return nil, wire.NotImplemented("PutEvents with an EndpointId")
	}
	size := 0
	for _, e := range in.Entries {
		size += sizeOf(e)
	}
	if size >= maxRequestSize {
		return nil, wire.Validation("Total size of the entries in the request is over the limit.")
	}
	out := &awseventbridge.PutEventsOutput{}
	for _, e := range in.Entries {
		result := s.put(e)
		if result.ErrorCode != nil {
			out.FailedEntryCount++
		}
		out.Entries = append(out.Entries, result)
	}
	return out, nil
}

// sizeOf is the documented sum: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
func sizeOf(e types.PutEventsRequestEntry) int {
	size := len(aws.ToString(e.Source)) + len(aws.ToString(e.DetailType)) + len(aws.ToString(e.Detail))
	if e.Time != nil {
		size += 14
	}
	for _, r := range e.Resources {
		size += len(r)
	}
	return size
}

func (s *Service) put(e types.PutEventsRequestEntry) types.PutEventsResultEntry {
	if code, message := refuseEntry(e); code != "" {
		return types.PutEventsResultEntry{ErrorCode: &code, ErrorMessage: &message}
	}
	m, err := s.newMessage(Event{
		DetailType: *e.DetailType, Source: *e.Source, Resources: e.Resources, Detail: []byte(*e.Detail),
		Time: aws.ToTime(e.Time),
	})
	if err != nil {
		return types.PutEventsResultEntry{ErrorCode: aws.String("MalformedDetail"), ErrorMessage: aws.String("Detail is malformed.")}
	}
	s.publish(aws.ToString(e.EventBusName), m)
	return types.PutEventsResultEntry{EventId: &m.event.ID}
}

func refuseEntry(e types.PutEventsRequestEntry) (code, message string) {
	required := []struct {
		name  string
		value *string
	}{{"Source", e.Source}, {"DetailType", e.DetailType}, {"Detail", e.Detail}}
	for _, r := range required {
		if aws.ToString(r.value) == "" {
			return "InvalidArgument", "Parameter " + r.name + " is not valid. Reason: " + r.name + " is a required argument."
		}
	}
	if strings.HasPrefix(*e.Source, "aws.") {
		return "NotAuthorizedForSourceException", "Not authorized for the source."
	}
	if len(*e.DetailType) > 128 {
		return "InvalidArgument", "Parameter DetailType is not valid. Reason: DetailType may have 128 characters."
	}
	return "", ""
}

// publish hands a message to the matching rules of a bus.
func (s *Service) publish(busName string, m *message) {
	s.mu.RLock()
	b := s.buses[busNameOf(busName)]
	if b == nil {
		s.mu.RUnlock()
		s.counts.add(func(c *Counts) *int { return &c.NoBus })
		s.options.Heard(busNameOf(busName), m.event, 0)
		return
	}
	matched := b.match(m)
	s.mu.RUnlock()

	s.counts.add(func(c *Counts) *int { return &c.Events })
	s.options.Heard(b.name, m.event, len(matched))
	for _, hit := range matched {
		s.trigger(hit.rule, hit.targets, m)
	}
}

// A hit is a rule that matched, with the targets it had at that moment.
type hit struct {
	rule    *rule
	targets []*target
}

// match finds the rules of a bus that a message matches.
func (b *bus) match(m *message) []hit {
	var hits []hit
	for _, r := range b.listening {
		if r.pattern.Match(m.tree) {
			hits = append(hits, hit{r, r.targets})
		}
	}
	return hits
}

// trigger begins a delivery to each target.
func (s *Service) trigger(r *rule, targets []*target, m *message) {
	s.record(r, "TriggeredRules")
	for _, t := range targets {
		s.begin(&delivery{service: s, rule: r, target: t, message: m, since: time.Now()})
	}
}
