// Package notify tells people what happened to a release, through a topic that they subscribe to.
package notify

import (
	"context"
	"fmt"
	"strings"
	"time"

	"sluice/events"
	"sluice/shared/console"
	"sluice/shared/rollout"
	"sluice/shared/secretsmanager"
	"sluice/shared/sns"
	"sluice/shared/start"
)

type config struct {
	Topic   string `env:"SLUICE_TOPIC"`
	Links   string `env:"SLUICE_LINKS_SECRET"`
	Console string `env:"SLUICE_CONSOLE"`
}

type handler struct {
	topic   *sns.Topic
	links   *console.Links
	console string
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	h := &handler{topic: sns.New(w.AWS, c.Topic), links: console.New(secretsmanager.NewPair(w.AWS, c.Links, w.Now), w.Now), console: c.Console}
	return start.Handle(w, "notify", h.handle), nil
}

func (h *handler) handle(ctx context.Context, e events.Envelope[events.Release]) (struct{}, error) {
	if e.ReplayName != "" {
		return struct{}{}, nil
	}
	// Everybody on the topic gets the same mail, so its link lets people look and answers for nobody.
	look, err := h.links.To(ctx, h.console, e.Detail.Release, "", "")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.topic.Send(ctx, subject(e), body(e.Detail, look))
}

// subject is what a person reads on a locked telephone: what, which service, which version.
func subject(e events.Envelope[events.Release]) string {
	what := strings.TrimPrefix(e.DetailType, "release.")
	if e.DetailType == events.ReleaseStuck {
		what = "STUCK"
	}
	revision := rollout.Revision{Version: e.Detail.Revision, Commit: e.Detail.Commit}
	return plain(fmt.Sprintf("%s: %s %s", what, e.Detail.Service, revision))
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

// body is plain text that reads well in mail.
func body(d events.Release, look string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", d.Sentence)
	for _, row := range [][2]string{
		{"Why", d.Cause},
		{"What to do", d.Remedy},
		{"Service", d.Service},
		{"Version", d.Revision},
		{"Stable", d.Stable},
		{"Commit", d.Commit},
		{"Author", d.Author},
		{"Asked for by", d.Requester},
		{"Page", look},
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
	return b.String()
}
