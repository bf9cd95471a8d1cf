// Package command takes what people say at the command line. Its address wants a signature of AWS, so AWS states who they are; the function
// hands that to decide and to trigger, and answers what was done, or why not and what to do instead.
package command

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"sluice/events"
	"sluice/shared/console"
	"sluice/shared/dynamo"
	"sluice/shared/lambda"
	"sluice/shared/request"
	"sluice/shared/rollout"
	"sluice/shared/secretsmanager"
	"sluice/shared/start"
)

type config struct {
	Table   string `env:"SLUICE_TABLE"`
	Decide  string `env:"SLUICE_DECIDE"`
	Trigger string `env:"SLUICE_TRIGGER"`
	Links   string `env:"SLUICE_LINKS_SECRET"`
	Console string `env:"SLUICE_CONSOLE" optional:"there are Regions where functions have no addresses"`
}

type handler struct {
	start.World
	store    store
	decide   *lambda.Function
	requests request.Desk
	links    *console.Looks
	console  string
}

// store is what command does to the table; dynamo.Store implements it.
type store interface {
	Release(ctx context.Context, id string) (rollout.Release, error)
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	table := dynamo.New(w.AWS, c.Table)
	h := &handler{
		World: w, store: table, decide: lambda.New(w.AWS, c.Decide), requests: request.Desk{Trigger: lambda.New(w.AWS, c.Trigger), Records: table},
		links: console.NewLooks(secretsmanager.NewPair(w.AWS, c.Links, secretsmanager.Key, w.Now), w.Now), console: c.Console,
	}
	return start.Web(w, "command", h.handle), nil
}

// mostBody, in bytes, is far more than an order has.
const mostBody = 16 << 10

func (h *handler) handle(ctx context.Context, r start.Request) (start.Answer, error) {
	switch {
	case r.Method != http.MethodPost:
		return refuse(http.StatusMethodNotAllowed, "sluice posts to this address", "use the command sluice"), nil
	case len(r.Body) > mostBody:
		return refuse(http.StatusRequestEntityTooLarge, "the order is too long", "write less, and link to the rest"), nil
	}
	if _, nobody := rollout.ReadCaller(r.Caller); nobody != nil {
		return refuse(http.StatusForbidden, nobody.Reason, nobody.Remedy), nil
	}
	order, err := events.ReadOrder(r.Body)
	if err != nil {
		return malformed(err)
	}
	switch order.Do {
	case events.Ask:
		return h.ask(ctx, r.Caller, *order.Request)
	case events.Open:
		return h.open(ctx, order.Release)
	}
	return h.say(ctx, r, order)
}

// ask has trigger make a release, in the caller's name.
func (h *handler) ask(ctx context.Context, caller string, request events.ReleaseRequest) (start.Answer, error) {
	request.Requester = caller
	record, err := h.requests.Ask(ctx, request, h.Now())
	if err != nil {
		return malformed(err)
	}
	o := events.Outcome{Heard: events.Heard{Done: true, Says: record.Candidate() + " of " + record.Service + " was asked for."}, Release: record.ID, Page: record.Page}
	if record.By != caller {
		o.Heard = events.Heard{Says: "somebody else has asked for a release with this key", Remedy: "choose another key"}
	}
	if why := record.Rejection; why != nil && o.Done {
		o.Heard = events.Heard{Says: why.Reason, Remedy: why.Remedy}
	}
	return answer(o), nil
}

// say hands a word to decide, as the caller's, and waits for what it does.
func (h *handler) say(ctx context.Context, r start.Request, o events.Order) (start.Answer, error) {
	word := events.Word{
		Release: o.Release, Service: o.Service, Until: o.Until, Do: o.Do, Step: o.Step, Digest: o.Digest, How: rollout.ByIAM, By: r.Caller, Comment: o.Comment, Gate: o.Gate,
		Origin: r.Source + " " + r.Header["user-agent"],
	}
	if err := word.Check(); err != nil {
		return malformed(err)
	}
	var record rollout.Release
	var err error
	if !word.Freezes() {
		record, err = h.store.Release(ctx, word.Release)
	}
	if dynamo.IsNotFound(err) {
		return noRelease(word.Release), nil
	}
	if err != nil {
		return start.Answer{}, err
	}
	var heard events.Heard
	if err := h.decide.Ask(ctx, events.Spoken{Word: &word}, &heard); err != nil {
		return start.Answer{}, err
	}
	return answer(events.Outcome{Heard: heard, Release: record.ID, Page: record.Page}), nil
}

// answer is 200 for what was done, and 409 for what does not count as things stand.
func answer(o events.Outcome) start.Answer {
	status := http.StatusOK
	if !o.Done {
		status = http.StatusConflict
	}
	return written(status, o)
}

func refuse(status int, why, remedy string) start.Answer {
	return written(status, events.Outcome{Heard: events.Heard{Says: why, Remedy: remedy}})
}

// malformed is the answer to what cannot be read.
func malformed(err error) (start.Answer, error) {
	var m *events.Malformed
	if !errors.As(err, &m) {
		return start.Answer{}, err
	}
	return refuse(http.StatusBadRequest, m.Field+" "+m.Wrong, m.Remedy), nil
}

func written(status int, o events.Outcome) start.Answer {
	text, _ := json.Marshal(o) // it cannot fail on texts
	return start.Answer{Status: status, Header: map[string]string{"content-type": "application/json"}, Body: string(text), Note: o.Says}
}
