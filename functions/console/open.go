package console

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"sluice/events"
	"sluice/shared/console"
	"sluice/shared/dynamo"
	"sluice/shared/page"
	"sluice/shared/pass"
	"sluice/shared/rollout"
	"sluice/shared/secretsmanager"
	"sluice/shared/start"
)

// opened shows what a link is for. A link for looking lets the visitor in at once. A link that names a person asks for a click, because
// programs that fetch links by themselves do not click.
func (h *handler) opened(ctx context.Context, r start.Request) (start.Answer, error) {
	text := r.Query["t"]
	p, err := h.keys.Open(ctx, pass.Link, text)
	switch {
	case err != nil:
		return h.unopened(ctx, err)
	case p.Looks():
		return h.look(ctx, r, p)
	}
	return door(p, text), nil
}

// look lets in a visitor who may look. Where the browser has a person's session already, the session stays: whoever sends people such a
// link cannot sign them out.
func (h *handler) look(ctx context.Context, r start.Request, p pass.Pass) (start.Answer, error) {
	session, err := h.session(ctx, r)
	var refusal pass.Refusal
	switch {
	case err == nil && !session.Looks():
		a := redirect(destination(p))
		a.Note = "led somebody on who is in already"
		return a, nil
	case err != nil && !errors.As(err, &refusal) && !secretsmanager.IsNotSetUp(err):
		return start.Answer{}, err
	}
	return h.admit(ctx, r, p)
}

// open lets in the person whom a link names, once.
func (h *handler) open(ctx context.Context, r start.Request) (start.Answer, error) {
	form, err := url.ParseQuery(string(r.Body))
	if err != nil {
		return refused(http.StatusBadRequest, "That cannot be read", "The form is not one of ours.", "Open the link again."), nil
	}
	p, err := h.keys.Open(ctx, pass.Link, form.Get("t"))
	switch {
	case err != nil:
		return h.unopened(ctx, err)
	case p.Looks():
		return h.look(ctx, r, p)
	}
	err = h.store.OpenPass(ctx, p.ID, console.NewID(), time.Unix(p.Until, 0))
	if dynamo.IsConflict(err) {
		return refused(http.StatusGone, "This link was opened before", "A link that says who you are opens once.", "Press the button in Slack for a new one. If it was not you who opened it, tell your team and abort the release."), nil
	}
	if err != nil {
		return start.Answer{}, err
	}
	return h.admit(ctx, r, p)
}

// admit gives the browser a session and leads it on.
func (h *handler) admit(ctx context.Context, r start.Request, p pass.Pass) (start.Answer, error) {
	session, err := h.keys.Sign(ctx, pass.Session, pass.Pass{ID: console.NewID(), How: p.How, By: p.By, Until: h.Now().Add(console.SessionLife).Unix()})
	if err != nil {
		return start.Answer{}, err
	}
	a := redirect(destination(p))
	a.Cookie, a.Note = setCookie(r, session), "let somebody in"
	return a, nil
}

// destination is where a link leads.
func destination(p pass.Pass) string {
	if p.Release == "" {
		return page.Home
	}
	return page.Path(p.Release)
}

func (h *handler) unopened(ctx context.Context, err error) (start.Answer, error) {
	status, title := http.StatusForbidden, "This link does not open"
	if errors.Is(err, pass.Expired) {
		status, title = http.StatusGone, "This link is too old"
	}
	text := err.Error()
	return h.closed(ctx, err, status, title, strings.ToUpper(text[:1])+text[1:]+".", "Use the newest message in Slack or the newest mail about the release; its button sends you a new link of your own.")
}

// door is the page with the one button that opens a link.
func door(p pass.Pass, text string) start.Answer {
	v := page.Door(p.By, text)
	return show(http.StatusOK, &v.Nonce, func(w io.Writer) error { return v.HTML(w) })
}

// form is what a visitor posted about a release.
type form struct{ url.Values }

// read takes a form that was shown in this session, of our own page.
func (h *handler) read(ctx context.Context, r start.Request, session pass.Pass) (form, error) {
	values, err := url.ParseQuery(string(r.Body))
	if err != nil {
		return form{}, pass.Forged
	}
	p, err := h.keys.Open(ctx, pass.Form, values.Get(page.FieldSession))
	if err == nil && (p.ID != session.ID || p.How != session.How || p.By != session.By) {
		err = pass.Forged
	}
	return form{values}, err
}

// ofForms is the pass in the forms of a session. It names whom the session names, so that the same sort of key signs both.
func ofForms(session pass.Pass) pass.Pass {
	return pass.Pass{ID: session.ID, How: session.How, By: session.By, Until: session.Until}
}

// word is the form in the words of decide.
func (f form) word(about rollout.Release, session pass.Pass, r start.Request, now time.Time) events.Word {
	w := events.Word{
		Release: about.ID, Do: r.Query["do"], Step: number(f.Get(page.FieldStep)), Digest: f.Get(page.FieldDigest),
		How: session.How, By: session.By, Comment: f.Get(page.FieldComment), Origin: r.Source + " " + r.Header["user-agent"],
	}
	switch w.Do {
	case events.Abort, events.Override, events.Undo, events.Freeze:
		w.Comment = f.Get(page.FieldReason)
	}
	if w.Freezes() {
		w.Release, w.Service = "", about.Service
	}
	if d, err := time.ParseDuration(f.Get(page.FieldFor)); err == nil && d > 0 {
		w.Until = now.Add(d)
	}
	return w
}
