// Package slack keeps one message about each release in the Slack channel that its definition names, with the trail as a thread. It
// also knows who is in a user group, for decide.
//
// It makes a message from the record as it stands, so events that come late, twice or out of order do no harm.
package slack

import (
	"context"
	"strings"

	"sluice/events"
	"sluice/shared/console"
	"sluice/shared/dynamo"
	"sluice/shared/rollout"
	"sluice/shared/secretsmanager"
	"sluice/shared/slack"
	"sluice/shared/ssm"
	"sluice/shared/start"
)

type config struct {
	Environment string `env:"SLUICE_ENVIRONMENT"`
	Table       string `env:"SLUICE_TABLE"`
	Definitions string `env:"SLUICE_DEFINITIONS"`
	API         string `env:"SLUICE_SLACK_API"`
	Secret      string `env:"SLUICE_SLACK_SECRET"`
	Bus         string `env:"SLUICE_BUS"`
	Links       string `env:"SLUICE_LINKS_SECRET"`
	Console     string `env:"SLUICE_CONSOLE" optional:"there are Regions where functions have no addresses"`
}

type handler struct {
	start.World
	store       store
	definitions *ssm.Definitions
	workspace   *slack.Workspace
	links       *console.Looks
	console     string
	shell       console.Shell
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	token := secretsmanager.New(w.AWS, c.Secret, secretsmanager.BotToken, w.Now)
	h := &handler{
		World: w, store: dynamo.New(w.AWS, c.Table), definitions: ssm.New(w.AWS, c.Definitions),
		workspace: slack.New(w.HTTP, c.API, token.Value),
		links:     console.NewLooks(secretsmanager.NewPair(w.AWS, c.Links, secretsmanager.Key, w.Now), w.Now), console: c.Console, shell: console.Shell{Bus: c.Bus, Environment: c.Environment, Addresses: c.Console != ""},
	}
	return start.Handle(w, "slack", h.handle), nil
}

// input is an event of the bus, or another function's question who is in a user group: only this function reads the bot token.
type input struct {
	events.Envelope[events.Release]
	events.Enquiry
}

func (h *handler) handle(ctx context.Context, in input) (events.Members, error) {
	if in.Group != "" {
		team, group, _ := strings.Cut(in.Group, "/")
		users, err := h.workspace.Members(ctx, team, group)
		return events.Members{Users: users}, err
	}
	return events.Members{}, h.happened(ctx, in.Envelope)
}

func (h *handler) happened(ctx context.Context, e events.Envelope[events.Release]) error {
	if e.ReplayName != "" {
		return nil
	}
	r, err := h.store.Release(ctx, e.Detail.Release)
	if dynamo.IsNotFound(err) { // not one of ours: there is nothing to tell of it
		h.Log.InfoContext(ctx, "ignored a release without a record", "release", e.Detail.Release)
		return nil
	}
	if err != nil {
		return err
	}
	channel, err := h.channel(ctx, r)
	if err != nil || channel == "" {
		return err
	}
	return h.store.InTurn(ctx, dynamo.InSlack, r.ID, start.Invocation(ctx), h.Now, func(ctx context.Context, release string, t dynamo.Thread) (dynamo.Thread, error) {
		return h.write(ctx, release, channel, t)
	})
}

// channel is where the service's people are told; empty means nowhere. A release that was not let in has no definition yet.
func (h *handler) channel(ctx context.Context, r rollout.Release) (string, error) {
	d := r.Definition
	if d.Service == "" {
		var err error
		if d, err = h.definitions.Definition(ctx, r.Service); ssm.IsUnknown(err) || ssm.Rejection(err) != nil {
			return "", nil
		} else if err != nil {
			return "", err
		}
	}
	if d.Slack == nil || d.Service != r.Service { // "checkout:1" names an old version of a parameter, not a service
		return "", nil
	}
	return d.Slack.Channel, nil
}

// write brings the message and its thread up to date.
func (h *handler) write(ctx context.Context, release, channel string, t dynamo.Thread) (dynamo.Thread, error) {
	r, err := h.store.Release(ctx, release)
	if err != nil {
		return t, err
	}
	if t, err = h.message(ctx, r, channel, t); err != nil {
		return t, err
	}
	for lines := t.Untold(r); len(lines) > 0; lines = t.Untold(r) {
		reply, n := slack.Reply(r, lines)
		if err := h.workspace.Reply(ctx, t.Channel, t.TS, reply); err != nil {
			return t, err
		}
		t.Told = min(t.Told, len(r.Lines())) + n
		if err := h.store.KeepThread(ctx, dynamo.InSlack, release, t); err != nil {
			return t, err
		}
	}
	return t, nil
}

// message posts the message, or updates it. It posts a message anew that somebody deleted.
func (h *handler) message(ctx context.Context, r rollout.Release, channel string, t dynamo.Thread) (dynamo.Thread, error) {
	look, err := h.links.To(ctx, h.console, r.ID)
	if err != nil {
		return t, err
	}
	command := ""
	if h.console == "" { // then button has no address either
		if command, err = h.shell.Answer(r); err != nil {
			return t, err
		}
	}
	m := slack.Of(r, look, command)
	if t.TS != "" {
		if err := h.workspace.Update(ctx, t.Channel, t.TS, m); !slack.IsGone(err) {
			return t, err
		}
	}
	ts, err := h.workspace.Post(ctx, channel, m)
	if err != nil {
		return t, err
	}
	t.Channel, t.TS = channel, ts
	return t, h.store.KeepThread(ctx, dynamo.InSlack, r.ID, t)
}
