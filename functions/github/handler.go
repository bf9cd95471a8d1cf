// Package github tells GitHub how the releases of its commits go.
//
// It makes what it tells from the record as it stands, so events that come late, twice or out of order do no harm.
package github

import (
	"context"
	"errors"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/github"
	"sluice/shared/secretsmanager"
	"sluice/shared/start"
)

type config struct {
	Environment string `env:"SLUICE_ENVIRONMENT"`
	Table       string `env:"SLUICE_TABLE"`
	API         string `env:"SLUICE_GITHUB_API"`
	Secret      string `env:"SLUICE_GITHUB_SECRET"`
	Console     string `env:"SLUICE_CONSOLE" optional:"there are Regions where functions have no addresses"`
}

type handler struct {
	start.World
	config
	store store
	host  *github.Host
	token *secretsmanager.Secret
}

// New builds the handler.
func New(w start.World) (any, error) {
	h := &handler{World: w}
	if err := w.Decode(&h.config); err != nil {
		return nil, err
	}
	h.store, h.token = dynamo.New(w.AWS, h.Table), secretsmanager.New(w.AWS, h.Secret, secretsmanager.HostToken, w.Now)
	h.host = github.New(w.HTTP, h.API, h.token.Value)
	return start.Handle(w, "github", h.handle), nil
}

// handle tells nothing while there is no token: whoever wants GitHub to know puts one in.
func (h *handler) handle(ctx context.Context, e events.Envelope[events.Release]) (struct{}, error) {
	if e.ReplayName != "" {
		return struct{}{}, nil
	}
	r, err := h.store.Release(ctx, e.Detail.Release)
	if dynamo.IsNotFound(err) {
		h.Log.InfoContext(ctx, "ignored a release without a record", "release", e.Detail.Release)
		return struct{}{}, nil
	}
	if err != nil {
		return struct{}{}, err
	}
	if _, ours := github.Of(r, h.Environment, ""); !ours {
		return struct{}{}, nil
	}
	if _, err := h.token.Value(ctx); errors.Is(err, secretsmanager.ErrMissing) {
		h.Log.InfoContext(ctx, "GitHub is not told", "why", err)
		return struct{}{}, nil
	}
	return struct{}{}, h.store.InTurn(ctx, dynamo.InGitHub, r.ID, start.Invocation(ctx), h.Now, h.tell)
}

// tell brings GitHub up to date. The page's address has no pass in it, because everybody who sees the commit sees the address.
func (h *handler) tell(ctx context.Context, release string, t dynamo.Thread) (dynamo.Thread, error) {
	r, err := h.store.Release(ctx, release)
	if err != nil {
		return t, err
	}
	page := ""
	if h.Console != "" {
		page = h.Console + "releases/" + release
	}
	now, _ := github.Of(r, h.Environment, page)
	if now.Said() == t.Said {
		return t, nil
	}
	if t.TS == "" {
		if t.TS, err = h.host.Deploy(ctx, now.Repository, now.Commit, now.Deployment); err != nil {
			return t, err
		}
		if err := h.store.KeepThread(ctx, dynamo.InGitHub, release, t); err != nil {
			return t, err
		}
	}
	if err := h.host.Mark(ctx, now.Repository, now.Commit, now.Status); err != nil {
		return t, err
	}
	if err := h.host.Progress(ctx, now.Repository, t.TS, now.Progress); err != nil {
		return t, err
	}
	t.Said = now.Said()
	return t, h.store.KeepThread(ctx, dynamo.InGitHub, release, t)
}
