// Package button handles the buttons that people press in Slack. It answers within Slack's three seconds: decide does what follows,
// and the message shows it.
package button

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"sluice/events"
	"sluice/shared/console"
	"sluice/shared/dynamo"
	"sluice/shared/lambda"
	"sluice/shared/rollout"
	"sluice/shared/secretsmanager"
	"sluice/shared/slack"
	"sluice/shared/start"
)

type config struct {
	Table   string `env:"SLUICE_TABLE"`
	Signing string `env:"SLUICE_SLACK_SIGNING_SECRET"`
	People  string `env:"SLUICE_PEOPLE_SECRET"`
	Console string `env:"SLUICE_CONSOLE" optional:"there are Regions where functions have no addresses"`
	Decide  string `env:"SLUICE_DECIDE"`
}

type handler struct {
	start.World
	store   store
	signing *secretsmanager.Pair
	links   *console.Persons
	console string
	decide  *lambda.Function
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	h := &handler{
		World: w, store: dynamo.New(w.AWS, c.Table), signing: secretsmanager.NewPair(w.AWS, c.Signing, secretsmanager.Signing, w.Now),
		links: console.NewPersons(secretsmanager.NewPair(w.AWS, c.People, secretsmanager.Key, w.Now), w.Now), console: c.Console, decide: lambda.New(w.AWS, c.Decide),
	}
	return start.Web(w, "button", h.handle), nil
}

// mostBody, in bytes, is far more than Slack sends about a message of ours.
const mostBody = 1 << 20

func (h *handler) handle(ctx context.Context, r start.Request) (start.Answer, error) {
	switch {
	case r.Method != http.MethodPost:
		return answer(http.StatusMethodNotAllowed, "Slack posts to this address; people do not come here."), nil
	case len(r.Body) > mostBody:
		return answer(http.StatusRequestEntityTooLarge, "The request is too large."), nil
	}
	secrets, err := h.signing.Values(ctx)
	if secretsmanager.IsNotSetUp(err) {
		h.Log.WarnContext(ctx, "buttons are not set up", "why", err)
		return answer(http.StatusServiceUnavailable, "No signing secret of Slack was put in: the log of the function button says what to do. See docs/operations.md."), nil
	}
	if err != nil {
		return start.Answer{}, err
	}
	err = h.verify(r, secrets)
	if errors.Is(err, slack.ErrForged) { // the secret may have been changed a moment ago
		if secrets, again := h.signing.Again(ctx); again == nil {
			err = h.verify(r, secrets)
		} else if !secretsmanager.IsNotSetUp(again) {
			return start.Answer{}, again
		}
	}
	if err != nil {
		return answer(http.StatusUnauthorized, "Refused: "+err.Error()+"."), nil
	}
	i, err := slack.ReadInteraction(r.Body)
	if err != nil {
		return answer(http.StatusBadRequest, "Refused: "+err.Error()+"."), nil
	}
	return h.pressed(ctx, i, r)
}

func (h *handler) verify(r start.Request, secrets []string) error {
	return slack.Verify(r.Header["x-slack-request-timestamp"], r.Header["x-slack-signature"], r.Body, secrets, h.Now())
}

func (h *handler) pressed(ctx context.Context, i slack.Interaction, r start.Request) (start.Answer, error) {
	switch i.Action {
	case slack.ActionLook: // the browser is there already
		return answer(http.StatusOK, ""), nil
	case slack.ActionPage:
		return h.page(ctx, i)
	case slack.ActionApprove, slack.ActionReject:
		return h.answered(ctx, i, r)
	}
	return answer(http.StatusBadRequest, "Refused: there is no such button."), nil
}

// answered hands every answer on to decide, which says whether it counts. Whoever may not answer is told so at once.
func (h *handler) answered(ctx context.Context, i slack.Interaction, r start.Request) (start.Answer, error) {
	word := events.Word{
		Release: i.Value.Release, Do: i.Action, Step: i.Value.Step, Digest: i.Value.Digest, How: rollout.BySlack, By: i.User,
		Origin: r.Source + " " + r.Header["user-agent"],
	}
	if err := word.Check(); err != nil {
		return answer(http.StatusBadRequest, "Refused: the button is not one of ours."), nil
	}
	record, err := h.store.Release(ctx, word.Release)
	if dynamo.IsNotFound(err) {
		h.whisper(ctx, i, "There is no such release any more.")
		return answer(http.StatusOK, ""), nil
	}
	if err != nil {
		return start.Answer{}, err
	}
	if err := h.decide.Send(ctx, events.Spoken{Word: &word}); err != nil {
		return start.Answer{}, err
	}
	if why := refusal(record, word); why != nil {
		h.whisper(ctx, i, fmt.Sprintf("Your answer does not count: %s. What to do: %s.", slack.Escape(why.Reason), slack.Escape(why.Remedy)))
	}
	a := answer(http.StatusOK, "")
	a.Note = word.Do + " for " + word.Release
	return a, nil
}

// refusal is why an answer does not count, as far as button can know that without asking Slack; nil otherwise.
func refusal(r rollout.Release, w events.Word) *rollout.Rejection {
	approval, why := r.Question(w.Step, w.Digest)
	if why != nil {
		return why
	}
	person, why := r.Respondent(approval, w.How, w.By)
	if person == "" && approval.AsksTeam(w.How, w.By) { // decide finds out whether they are in the group, and says so in the thread
		return nil
	}
	return why
}

// page sends whoever pressed the button a link of their own.
func (h *handler) page(ctx context.Context, i slack.Interaction) (start.Answer, error) {
	if h.console == "" {
		h.whisper(ctx, i, "There are no pages here: functions have no addresses in this Region. Answer with the command in the message.")
		return answer(http.StatusOK, ""), nil
	}
	link, err := h.links.To(ctx, h.console, i.Value.Release, rollout.BySlack, i.User)
	switch {
	case secretsmanager.IsNotSetUp(err):
		h.Log.WarnContext(ctx, "links that name people are not set up", "why", err)
		h.whisper(ctx, i, "The pages are not set up for people: no key was put into the secret that signs their links. See docs/operations.md, \"The release page\".")
	case err != nil:
		return start.Answer{}, err
	default:
		h.whisper(ctx, i, "<"+link+"|Open the release as you>. The link is yours alone and opens once.")
	}
	return answer(http.StatusOK, ""), nil
}

// patience is how long Slack may take to accept a whisper. It is part of the three seconds in which Slack wants our answer.
const patience = 1500 * time.Millisecond

// whisper writes to one person. It gives up when Slack does not take it: the message in the channel says the same a moment later.
func (h *handler) whisper(ctx context.Context, i slack.Interaction, text string) {
	if i.Reply == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := slack.Whisper(ctx, h.HTTP, i.Reply, text); err != nil {
		h.Log.WarnContext(ctx, "could not answer whoever pressed a button", "error", err)
	}
}

func answer(status int, text string) start.Answer {
	if text != "" {
		text += "\n"
	}
	return start.Answer{Status: status, Body: text, Note: text}
}
