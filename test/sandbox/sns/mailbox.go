package sns

import (
	"encoding/json"
	"slices"
	"sync"
	"time"
)

// mailLimit is how many mails the mailbox keeps: a sandbox may run for days.
const mailLimit = 1000

// A Mail is what a person with an email subscription would find in the inbox.
type Mail struct {
	To       string
	TopicARN string
	Subject  string
	Body     string
	At       time.Time
	ID       string // of the message
}

type mailbox struct {
	mu      sync.Mutex
	mails   []Mail
	dropped int
}

// Mailbox is what was mailed, oldest first: the last thousand.
func (s *Service) Mailbox() []Mail {
	s.mailbox.mu.Lock()
	defer s.mailbox.mu.Unlock()
	return slices.Clone(s.mailbox.mails)
}

// Dropped counts the messages that a queue or function did not take and that had no dead-letter queue.
func (s *Service) Dropped() int {
	s.mailbox.mu.Lock()
	defer s.mailbox.mu.Unlock()
	return s.mailbox.dropped
}

func (b *mailbox) add(m Mail) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.mails) == mailLimit {
		b.mails = b.mails[1:]
	}
	b.mails = append(b.mails, m)
}

func (b *mailbox) drop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.dropped++
}

// mail has the topic's default subject when the publisher gave none.
func (n *note) mail(sub *subscription) Mail {
	m := Mail{To: sub.endpoint, TopicARN: n.topic, Subject: n.subject, Body: n.body(sub.protocol), At: n.at, ID: n.id}
	if m.Subject == "" {
		m.Subject = "AWS Notification Message"
	}
	if sub.protocol == "email-json" {
		if text, err := json.Marshal(n.envelope(sub.protocol)); err == nil {
			m.Body = string(text)
		}
	}
	return m
}
