package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sluice/events"
	"sluice/infra/typed"
	"sluice/shared/dynamo"
	"sluice/test/sandbox"
	"sluice/test/sandbox/eventbridge"
)

// requests are the events that people send; whatever else is on the bus is Sluice's.
var requests = []string{
	events.ReleaseRequested, events.AbortRequested, events.PromoteRequested, events.OverrideRequested, events.AnswerGiven,
	events.CommitPushed, events.ArtifactPublished,
}

// An ear hears everything on the buses: which releases there are, and what people send in vain.
type ear struct {
	store    atomic.Pointer[dynamo.Store] // nil until the sandbox is up
	patience time.Duration                // how long a release may be behind what is said to it

	mu       sync.Mutex
	releases []string // ids, in the order in which they were first told of
	vain     []string // what was sent in vain, and the right form
}

func newEar() *ear { return &ear{patience: 5 * time.Second} }

// heard is Options.Heard of the sandbox.
func (e *ear) heard(bus string, event eventbridge.Event, rules int) {
	if event.Source == events.Source {
		var d events.Release
		if json.Unmarshal(event.Detail, &d) == nil && events.IsReleaseID(d.Release) {
			e.note(d.Release)
		}
	}
	if rules == 0 {
		e.say(unheard(bus, event))
	}
}

// hop is Options.Hop of the sandbox. What Sluice could not understand is said at once and goes no further: on AWS it would be tried three
// times, and end in a dead-letter queue whose alarm is red. Here that is a typo of somebody who plays.
func (e *ear) hop(ctx context.Context, h sandbox.Hop, next func(context.Context) error) error {
	var event events.Raw
	if h.From != "events" || json.Unmarshal(h.Payload, &event) != nil || event.Source == events.Source {
		return next(ctx)
	}
	if why := e.mistyped(ctx, event); why != "" {
		e.say(fmt.Sprintf("%s from %q is in vain: %s", event.DetailType, event.Source, why))
		return nil
	}
	return next(ctx)
}

// unheard says why no rule listened to an event, and the right form; "" where nobody meant Sluice.
func unheard(bus string, e eventbridge.Event) string {
	ours := slices.Contains(requests, e.DetailType)
	var wrong []string
	switch {
	case strings.HasPrefix(e.Source, "aws."), e.Source == events.Source && !ours:
		return ""
	case bus != stack && bus != "default":
		wrong = append(wrong, fmt.Sprintf("there is no event bus %q: %s", bus, typed.Suggest(bus, []string{stack})))
	case bus == "default":
		wrong = append(wrong, fmt.Sprintf("it came to the bus %q: write EventBusName=%s", bus, stack))
	}
	if !ours {
		wrong = append(wrong, fmt.Sprintf("nobody listens to DetailType %q: %s", e.DetailType, typed.Suggest(e.DetailType, requests)))
	}
	if e.Source == events.Source {
		wrong = append(wrong, fmt.Sprintf("Source %q is Sluice's own: write another one, such as me", e.Source))
	}
	if len(wrong) == 0 {
		wrong = append(wrong, "no rule listens to it")
	}
	return fmt.Sprintf("%s from %q is in vain: %s", e.DetailType, e.Source, strings.Join(wrong, "; "))
}

// mistyped says what Sluice could not do with an event, and the right form; "" when all is well.
func (e *ear) mistyped(ctx context.Context, event events.Raw) string {
	switch event.DetailType {
	case events.CommitPushed:
		_, err := events.ReadPush(event)
		return text(err)
	case events.ArtifactPublished:
		_, err := events.ReadArtifact(event)
		return text(err)
	case events.AnswerGiven:
		a, err := events.ReadAnswer(event)
		return e.absent(ctx, a.Release, err)
	case events.AbortRequested, events.PromoteRequested, events.OverrideRequested:
		c, err := events.ReadControl(event)
		return e.absent(ctx, c.Release, err)
	}
	return ""
}

// absent says that there is no such release. One that is only on its way is waited for.
func (e *ear) absent(ctx context.Context, id string, malformed error) string {
	store := e.store.Load()
	if store == nil {
		return ""
	}
	if malformed != nil && events.IsReleaseID(id) {
		return text(malformed)
	}
	for begun := time.Now(); malformed == nil; pause(ctx, 100*time.Millisecond) {
		if _, err := store.Release(ctx, id); !dynamo.IsNotFound(err) {
			return ""
		}
		if ctx.Err() != nil || time.Since(begun) > e.patience {
			break
		}
	}
	return fmt.Sprintf("there is no release %q: %s", id, e.meant(ctx, store, id))
}

// meant is the id that is near what was written, or those of the releases that somebody may speak to now.
func (e *ear) meant(ctx context.Context, store *dynamo.Store, id string) string {
	if near := typed.Suggest(id, e.known()); strings.HasPrefix(near, "did you mean") {
		return near
	}
	open, err := store.Open(ctx)
	if err != nil || len(open) == 0 {
		return "none runs; ask for one first, and write its id as it is shown here"
	}
	var ids []string
	for _, r := range open {
		ids = append(ids, r.ID)
	}
	return typed.Suggest(id, ids)
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func (e *ear) note(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !slices.Contains(e.releases, id) {
		e.releases = append(e.releases, id)
	}
}

func (e *ear) known() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.releases)
}

func (e *ear) say(text string) {
	if text == "" {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.vain = append(e.vain, text)
}

// inVain is what was sent in vain since it was last asked.
func (e *ear) inVain() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	told := e.vain
	e.vain = nil
	return told
}
