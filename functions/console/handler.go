// Package console shows releases to people in a browser, and takes what they say about them.
//
// GET shows and POST decides, so programs that fetch links by themselves (mail filters, chat previews, prefetching browsers) change nothing.
// Whoever opened a link has a session in a cookie; a link that names a person opens once.
package console

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"sluice/events"
	"sluice/shared/console"
	"sluice/shared/dynamo"
	"sluice/shared/lambda"
	"sluice/shared/pass"
	"sluice/shared/secretsmanager"
	"sluice/shared/ssm"
	"sluice/shared/start"
)

type config struct {
	Table       string `env:"SLUICE_TABLE"`
	Definitions string `env:"SLUICE_DEFINITIONS"`
	Links       string `env:"SLUICE_LINKS_SECRET"`
	People      string `env:"SLUICE_PEOPLE_SECRET"`
	Decide      string `env:"SLUICE_DECIDE"`
	Self        string `env:"SLUICE_CONSOLE_FUNCTION"`
}

type handler struct {
	start.World
	store       store
	definitions *ssm.Definitions
	keys        *console.Keys
	decide      *lambda.Function
	self        *lambda.Function
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	look, people := secretsmanager.NewPair(w.AWS, c.Links, secretsmanager.Key, w.Now), secretsmanager.NewPair(w.AWS, c.People, secretsmanager.Key, w.Now)
	h := &handler{
		World: w, store: dynamo.New(w.AWS, c.Table), definitions: ssm.New(w.AWS, c.Definitions),
		keys: console.NewKeys(look, people, w.Now), decide: lambda.New(w.AWS, c.Decide), self: lambda.New(w.AWS, c.Self),
	}
	web, link := start.Web(w, "console", h.handle), h.link
	return func(ctx context.Context, raw json.RawMessage) (any, error) {
		var in invitation
		if json.Unmarshal(raw, &in) == nil && in.Link != nil {
			return link(ctx, in)
		}
		return web(ctx, raw)
	}, nil
}

// An invitation asks for a link. It comes from somebody whom IAM lets invoke this function. A request over the function's address
// cannot look like one.
type invitation struct {
	Link *struct {
		Release string `json:"release"`
		How     string `json:"how"` // mail or slack, with By: who will answer by the link. Without both the link is for looking
		By      string `json:"by"`
	} `json:"link"`
}

// invited is the answer to an invitation.
type invited struct {
	URL string `json:"url"`
}

func (h *handler) link(ctx context.Context, in invitation) (invited, error) {
	address, err := h.self.Address(ctx)
	if err != nil {
		return invited{}, err
	}
	url, err := h.keys.Link(ctx, address, in.Link.Release, in.Link.How, in.Link.By)
	return invited{url}, err // the person who waits for this answer reads in it that a key is missing
}

// Where things are.
const (
	pathOpen     = "/open"
	pathServices = "/services.json"
	pathRelease  = "/releases/"
	pathEvidence = "/evidence.json" // of a release
	mostBody     = 16 << 10         // bytes of a form
)

func (h *handler) handle(ctx context.Context, r start.Request) (start.Answer, error) {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case !reads && r.Method != http.MethodPost:
		a := refused(http.StatusMethodNotAllowed, "That is not done here", "A page is read or posted to.", "")
		a.Header["allow"] = "GET, HEAD, POST"
		return a, nil
	case !reads && foreign(r):
		return elsewhere(), nil
	case len(r.Body) > mostBody:
		return refused(http.StatusRequestEntityTooLarge, "Too long", "A form may have 16 KiB.", "Write less, and link to the rest."), nil
	case r.Path == pathOpen && reads:
		return h.opened(ctx, r)
	case r.Path == pathOpen:
		return h.open(ctx, r)
	}
	session, err := h.session(ctx, r)
	if err != nil {
		return h.closed(ctx, err, http.StatusUnauthorized, "Who are you?", "This browser has no session, or it is over.", "Open the link in Slack or in your mail again; it lets you in for "+hours(console.SessionLife)+".")
	}
	id, asJSON := strings.CutSuffix(strings.TrimPrefix(r.Path, pathRelease), ".json")
	switch {
	case reads && (r.Path == "/" || r.Path == pathServices):
		return h.list(ctx, r)
	case reads && strings.HasPrefix(r.Path, pathRelease) && strings.HasSuffix(r.Path, pathEvidence):
		return h.evidence(ctx, strings.TrimSuffix(strings.TrimPrefix(r.Path, pathRelease), pathEvidence))
	case !strings.HasPrefix(r.Path, pathRelease) || strings.Contains(id, "/") || id == "":
		return notFound(), nil
	case reads:
		return h.release(ctx, r, session, id, asJSON)
	}
	return h.said(ctx, r, session, id)
}

// session opens the pass that the browser has kept.
func (h *handler) session(ctx context.Context, r start.Request) (pass.Pass, error) {
	return h.keys.Open(ctx, pass.Session, r.Cookies[cookieName(r)])
}

// closed is the answer to a pass that does not open: a refusal where the pass was read, and "not set up" where a key is missing.
func (h *handler) closed(ctx context.Context, err error, status int, title, text, remedy string) (start.Answer, error) {
	var refusal pass.Refusal
	switch {
	case errors.As(err, &refusal):
		return refused(status, title, text, remedy), nil
	case secretsmanager.IsNotSetUp(err):
		h.Log.WarnContext(ctx, "pages are not set up", "why", err)
		return refused(http.StatusServiceUnavailable, "The pages are not set up", "No key was put into the secret that signs this: links for looking have one, and what names people has another.", "See docs/operations.md, \"The release page\"."), nil
	}
	return start.Answer{}, err
}

func hours(d time.Duration) string { return strings.TrimSuffix(d.String(), "0m0s") }

// said takes a form and hands it to decide, which carries it out once and says in the record what became of it.
func (h *handler) said(ctx context.Context, r start.Request, session pass.Pass, id string) (start.Answer, error) {
	form, err := h.read(ctx, r, session)
	if err != nil {
		return h.closed(ctx, err, http.StatusForbidden, "That did not come from our page", "The form is not one that was shown in this session, or it was shown long ago.", "Load the page again and repeat.")
	}
	record, err := h.store.Release(ctx, id)
	if dynamo.IsNotFound(err) {
		return notFound(), nil
	}
	if err != nil {
		return start.Answer{}, err
	}
	word := form.word(record, session, r, h.Now())
	if err := word.Check(); err != nil {
		return refused(http.StatusBadRequest, "That cannot be done", "The form asks for something that is not known here.", "Load the page again and repeat."), nil
	}
	if record.Definition.Known(session.How, session.By) == "" {
		return refused(http.StatusForbidden, "You may only look", "The definition of "+record.Service+" does not name you.", "Ask one of its people, or have yourself added to people: of the definition."), nil
	}
	if err := h.decide.Send(ctx, events.Spoken{Word: &word}); err != nil {
		return start.Answer{}, err
	}
	a := redirect(pathRelease + id + "?said=" + word.Do)
	a.Note = word.Do + " for " + id
	return a, nil
}
