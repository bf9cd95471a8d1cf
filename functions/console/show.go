package console

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/judge"
	"sluice/shared/page"
	"sluice/shared/pass"
	"sluice/shared/rollout"
	"sluice/shared/start"
)

// release shows one release, as HTML or as JSON.
func (h *handler) release(ctx context.Context, r start.Request, session pass.Pass, id string, asJSON bool) (start.Answer, error) {
	record, ledger, err := h.seen(ctx, id)
	if err != nil {
		return absent(err)
	}
	forms, err := h.keys.Sign(ctx, pass.Form, ofForms(session))
	if err != nil {
		return start.Answer{}, err
	}
	visitor := page.Visitor{Person: record.Definition.Known(session.How, session.By), Session: forms}
	frozen, err := h.store.Freezes(ctx)
	if err != nil {
		return start.Answer{}, err
	}
	v := page.Release(record, ledger, visitor, h.Now(), said(r.Query["said"])).Under(frozen, h.Now())
	if asJSON {
		return asData(v.JSON)
	}
	return show(http.StatusOK, &v.Nonce, func(w io.Writer) error { return v.HTML(w) }), nil
}

// seen is a release with its evidence.
func (h *handler) seen(ctx context.Context, id string) (r rollout.Release, l judge.Ledger, err error) {
	if r, err = h.store.Release(ctx, id); err == nil {
		l, err = h.store.Ledger(ctx, id)
	}
	return r, l, err
}

// absent is the answer where a release could not be read.
func absent(err error) (start.Answer, error) {
	if dynamo.IsNotFound(err) {
		return notFound(), nil
	}
	return start.Answer{}, err
}

// evidence answers everything that the verdicts of a release came from, for a replay.
func (h *handler) evidence(ctx context.Context, id string) (start.Answer, error) {
	record, ledger, err := h.seen(ctx, id)
	if err != nil {
		return absent(err)
	}
	minutes, err := h.store.Minutes(ctx, id)
	if err != nil {
		return start.Answer{}, err
	}
	return asData(func(w io.Writer) error { return json.NewEncoder(w).Encode(judge.RecordOf(record, ledger, minutes)) })
}

// said is what the visitor reads after sending a form.
func said(what string) page.Notice {
	switch what {
	case events.Approve:
		return page.Notice{Text: "Your approval is on its way. It shows below as soon as it is counted."}
	case events.Reject:
		return page.Notice{Text: "Your rejection is on its way. It shows below as soon as it is counted."}
	case events.Abort:
		return page.Notice{Text: "The release is told to stop. Traffic goes back first; the page follows."}
	case events.AskAgain:
		return page.Notice{Text: "Those who can answer are asked again, unless they were asked within five minutes."}
	case events.Freeze:
		return page.Notice{Text: "The freeze is on its way. It shows below as soon as it stands."}
	case events.Unfreeze:
		return page.Notice{Text: "The freeze is being lifted. What waited goes on."}
	case events.Undo:
		return page.Notice{Text: "The promotion is told to be taken back. How, or why not, shows below."}
	case events.Override:
		return page.Notice{Text: "Your override is on its way. Whether it counts shows below."}
	case events.Promote:
		return page.Notice{Text: "The release is told to go to 100 % now, after what people still have to approve."}
	}
	return page.Notice{}
}

// recent is how many releases of a service are listed.
const recent = 6

// list shows all services.
func (h *handler) list(ctx context.Context, r start.Request) (start.Answer, error) {
	names, err := h.definitions.Names(ctx)
	if err != nil {
		return start.Answer{}, err
	}
	services := make([]page.Service, 0, len(names))
	for _, name := range names {
		releases, err := h.store.Recent(ctx, name, recent)
		if err != nil {
			return start.Answer{}, err
		}
		s := page.Service{Name: name}
		for _, one := range releases {
			if one.End == "" && s.Running == nil {
				s.Running = &one
				continue
			}
			s.Recent = append(s.Recent, one)
		}
		services = append(services, s)
	}
	frozen, err := h.store.Freezes(ctx)
	if err != nil {
		return start.Answer{}, err
	}
	v := page.Releases(services, page.Visitor{}, h.Now()).Under(frozen, h.Now())
	if r.Path == pathServices {
		return asData(v.JSON)
	}
	return show(http.StatusOK, &v.Nonce, func(w io.Writer) error { return v.HTML(w) }), nil
}

// show makes a page, with a content security policy that allows nothing but what is in the page.
func show(status int, nonce *string, html func(io.Writer) error) start.Answer {
	*nonce = rand.Text()
	var b bytes.Buffer
	if err := html(&b); err != nil {
		return start.Answer{Status: http.StatusInternalServerError, Body: "The page could not be made.\n", Note: err.Error()}
	}
	return start.Answer{Status: status, Body: b.String(), Header: map[string]string{
		"content-type": "text/html; charset=utf-8", "content-security-policy": page.Policy(*nonce), "x-frame-options": "DENY",
	}}
}

func asData(write func(io.Writer) error) (start.Answer, error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return start.Answer{}, err
	}
	return start.Answer{Status: http.StatusOK, Body: b.String(), Header: map[string]string{"content-type": "application/json"}}, nil
}

func refused(status int, title, text, remedy string) start.Answer {
	v := page.Refused(status, title, text, remedy)
	a := show(status, &v.Nonce, func(w io.Writer) error { return v.HTML(w) })
	a.Note = title
	return a
}

func notFound() start.Answer {
	return refused(http.StatusNotFound, "There is nothing here", "No release has this address.", "Go to the list of services.")
}

func redirect(to string) start.Answer {
	return start.Answer{Status: http.StatusSeeOther, Header: map[string]string{"location": to}}
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d.Seconds())) }

// number reads the number of a step. A text that is no number becomes a step that no release has.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}
