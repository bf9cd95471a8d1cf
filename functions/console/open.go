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
	"sluice/shared/start"
)

// opened shows what a link is for. One for looking lets in at once; one that names a person asks for a click, which nothing does
// that fetches links by itself.
func (h *handler) opened(text string, keys []string) start.Answer {
	p, err := pass.Open(pass.Link, text, keys, h.Now())
	switch {
	case err != nil:
		return unopened(err)
	case p.Looks():
		return h.admit(p, keys)
	}
	return door(p, text)
}

// open lets the person in whom a link names, once.
func (h *handler) open(ctx context.Context, r start.Request, keys []string) (start.Answer, error) {
	form, err := url.ParseQuery(string(r.Body))
	if err != nil {
		return refused(http.StatusBadRequest, "That cannot be read", "The form is not one of ours.", "Open the link again."), nil
	}
	p, err := pass.Open(pass.Link, form.Get("t"), keys, h.Now())
	if err != nil {
		return unopened(err), nil
	}
	if !p.Looks() {
		err := h.store.OpenPass(ctx, p.ID, time.Unix(p.Until, 0))
		if dynamo.IsConflict(err) {
			return refused(http.StatusGone, "This link was opened before", "A link that says who you are opens once.", "Press the button in Slack for a new one. If it was not you who opened it, tell your team and abort the release."), nil
		}
		if err != nil {
			return start.Answer{}, err
		}
	}
	return h.admit(p, keys), nil
}

// admit gives the browser a session and leads it on.
func (h *handler) admit(p pass.Pass, keys []string) start.Answer {
	session := pass.Pass{ID: console.NewID(), How: p.How, By: p.By, Until: h.Now().Add(console.SessionLife).Unix()}
	to := page.Home
	if p.Release != "" {
		to = page.Path(p.Release)
	}
	a := redirect(to)
	// Lax: the first visit comes from a link on another site. Forms are signed besides.
	a.Cookie = cookie + "=" + pass.Sign(pass.Session, session, keys) + "; Path=/; Max-Age=" + seconds(console.SessionLife) + "; HttpOnly; Secure; SameSite=Lax"
	a.Note = "let somebody in"
	return a
}

func unopened(err error) start.Answer {
	status, title := http.StatusForbidden, "This link does not open"
	if errors.Is(err, pass.Expired) {
		status, title = http.StatusGone, "This link is too old"
	}
	text := err.Error()
	return refused(status, title, strings.ToUpper(text[:1])+text[1:]+".", "Use the newest message in Slack or the newest mail about the release.")
}

// door is the page with the one button that opens a link.
func door(p pass.Pass, text string) start.Answer {
	v := page.Door(p.By, text)
	return show(http.StatusOK, &v.Nonce, func(w io.Writer) error { return v.HTML(w) })
}

// form is what a visitor posted about a release.
type form struct{ url.Values }

// read takes a form that was shown in this session, of our own page.
func read(r start.Request, session pass.Pass, keys []string, now time.Time) (form, bool) {
	values, err := url.ParseQuery(string(r.Body))
	if err != nil || r.Header["sec-fetch-site"] == "cross-site" {
		return form{}, false
	}
	p, err := pass.Open(pass.Form, values.Get(page.FieldSession), keys, now)
	return form{values}, err == nil && p.ID == session.ID
}

// word is the form in the words of decide.
func (f form) word(release string, session pass.Pass, r start.Request) events.Word {
	w := events.Word{
		Release: release, Do: r.Query["do"], Step: number(f.Get(page.FieldStep)), Digest: f.Get(page.FieldDigest),
		How: session.How, By: session.By, Comment: f.Get(page.FieldComment), Origin: r.Source + " " + r.Header["user-agent"],
	}
	if w.Do == events.Abort || w.Do == events.Override {
		w.Comment = f.Get(page.FieldReason)
	}
	return w
}
