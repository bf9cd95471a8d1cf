// Package notify tells people what happened to a release, through a topic that they subscribe to.
//
// An event says only which release and which moment is meant. What the mail says comes from the release's record: whoever can put an
// event on the bus can have a true mail sent again, and cannot write a mail.
package notify

import (
	"context"
	"fmt"
	"strings"
	"time"

	"sluice/events"
	"sluice/shared/console"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/rollout"
	"sluice/shared/secretsmanager"
	"sluice/shared/sns"
	"sluice/shared/start"
)

type config struct {
	Environment string `env:"SLUICE_ENVIRONMENT"`
	Table       string `env:"SLUICE_TABLE"`
	Topic       string `env:"SLUICE_TOPIC"`
	Bus         string `env:"SLUICE_BUS"`
	Links       string `env:"SLUICE_LINKS_SECRET"`
	Console     string `env:"SLUICE_CONSOLE" optional:"there are Regions where functions have no addresses"`
}

type handler struct {
	start.World
	store   store
	topic   *sns.Topic
	links   *console.Looks
	console string
	shell   console.Shell
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	h := &handler{
		World: w, store: dynamo.New(w.AWS, c.Table), topic: sns.New(w.AWS, c.Topic),
		links: console.NewLooks(secretsmanager.NewPair(w.AWS, c.Links, secretsmanager.Key, w.Now), w.Now), console: c.Console, shell: console.Shell{Bus: c.Bus, Environment: c.Environment, Addresses: c.Console != ""},
	}
	return start.Handle(w, "notify", h.handle), nil
}

// about is all that is read of an event's detail.
type about struct {
	Release string `json:"release"`
}

func (h *handler) handle(ctx context.Context, e events.Envelope[about]) (struct{}, error) {
	happened, known := moments[e.DetailType]
	if e.ReplayName != "" || !known {
		return struct{}{}, nil
	}
	r, err := h.store.Release(ctx, e.Detail.Release)
	if dynamo.IsNotFound(err) {
		h.Log.WarnContext(ctx, "sent no mail: there is no such release", "release", e.Detail.Release, "event", e.ID, "moment", e.DetailType)
		return struct{}{}, nil
	}
	if err != nil {
		return struct{}{}, err
	}
	sentence, at, borne := happened(r)
	if !borne { // somebody else's event, or one that came so late that the release is past it
		h.Log.WarnContext(ctx, "sent no mail: the record does not bear it out", "release", r.ID, "event", e.ID, "moment", e.DetailType, "end", r.End)
		return struct{}{}, nil
	}
	// Everybody on the topic gets the same mail, so its link lets people look and answers for nobody.
	look, err := h.links.To(ctx, h.console, r.ID)
	if err != nil {
		return struct{}{}, err
	}
	ways := ways{word: rollout.Sentence(r.Word()), look: look}
	if p := r.Foreseen(); p != nil {
		ways.changes = p.Lines()
	}
	if h.console == "" {
		ways.read = h.shell.Read(r.ID)
	}
	if ways.answer, err = h.shell.Answer(r); err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.topic.Send(ctx, subject(e.DetailType, r), body(eventbridge.Detail(r, rollout.None, sentence, at), ways))
}

// subject is what a person reads on a locked telephone: what, which service, which revision.
func subject(moment string, r rollout.Release) string {
	what := strings.TrimPrefix(moment, "release.")
	if moment == events.ReleaseStuck {
		what = "STUCK"
	}
	return plain(fmt.Sprintf("%s: %s %s", what, r.Service, r.Candidate()))
}

// plain keeps a subject to what SNS takes: printable ASCII in one line.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
}

// ways are what a mail says besides its event: what a revision is called, and how its reader goes on: by a link to the page, or by commands.
type ways struct {
	word, look, read, answer string
	changes                  []string // what the release will change, while that is still to come
}

// body is plain text that reads well in mail.
func body(d events.Release, w ways) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", d.Sentence)
	for _, row := range [][2]string{
		{"Why", d.Cause},
		{"What to do", d.Remedy},
		{"Service", d.Service},
		{w.word, d.Revision},
		{"Stable", d.Stable},
		{"Commit", d.Commit},
		{"Author", d.Author},
		{"Asked for by", d.Requester},
		{"Page", w.look},
		{"Read it", w.read},
		{"Answer", w.answer},
		{"Build", d.Build},
		{"Release", d.Release},
		{"At", d.At.UTC().Format(time.RFC3339)},
	} {
		if row[1] != "" {
			fmt.Fprintf(&b, "%-13s %s\n", row[0]+":", row[1])
		}
	}
	if len(d.Log) > 0 {
		fmt.Fprintf(&b, "\nThe end of the build's log:\n\n    %s\n", strings.Join(d.Log, "\n    "))
	}
	if len(w.changes) > 0 {
		fmt.Fprintf(&b, "\nWhat it changes:\n\n    it %s\n", strings.Join(w.changes, "\n    it "))
	}
	return events.Visible(b.String())
}
