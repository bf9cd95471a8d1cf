// Package webhook takes the webhooks of GitHub, GitLab and Bitbucket and tells the bus of each push, once.
package webhook

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/secretsmanager"
	"sluice/shared/start"
	"sluice/shared/webhook"
)

type config struct {
	Table   string `env:"SLUICE_TABLE"`
	Bus     string `env:"SLUICE_BUS"`
	Secrets string `env:"SLUICE_WEBHOOK_SECRETS"` // name of the secrets, without the host
}

type handler struct {
	start.World
	store   *dynamo.Store
	bus     *eventbridge.Bus
	secrets map[string]*secretsmanager.Pair // by host
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	h := &handler{World: w, store: dynamo.New(w.AWS, c.Table), bus: eventbridge.New(w.AWS, c.Bus), secrets: map[string]*secretsmanager.Pair{}}
	for _, host := range []string{events.GitHub, events.GitLab, events.Bitbucket} {
		h.secrets[host] = secretsmanager.NewPair(w.AWS, c.Secrets+host, w.Now)
	}
	return start.Web(w, "webhook", h.handle), nil
}

// handle answers so that the host's own page of deliveries says what to mend. What fails is answered with 502 by Lambda, and is
// sent again by the host or by whoever reads that page.
func (h *handler) handle(ctx context.Context, r start.Request) (start.Answer, error) {
	host := strings.TrimPrefix(r.Path, "/")
	secret := h.secrets[host]
	switch {
	case secret == nil:
		return answer(http.StatusNotFound, "Webhooks are taken at /github, /gitlab and /bitbucket."), nil
	case r.Method != http.MethodPost:
		return answer(http.StatusMethodNotAllowed, "A webhook is posted to this address."), nil
	}
	secrets, err := secret.Values(ctx)
	if errors.Is(err, secretsmanager.ErrMissing) {
		h.Log.WarnContext(ctx, "webhooks are not set up", "host", host, "why", err)
		return answer(http.StatusServiceUnavailable, "No secret was put in for "+host+"; see docs/operations.md."), nil
	}
	if err != nil {
		return start.Answer{}, err
	}
	pushes, note, refusal := webhook.Read(webhook.Delivery{Host: host, Header: r.Header, Body: r.Body}, secrets, h.Now())
	if refusal != nil {
		return answer(refusal.Status, fmt.Sprintf("Refused: %s. What to do: %s.", refusal.Reason, refusal.Remedy)), nil
	}
	return h.tell(ctx, pushes, note)
}

// tell puts pushes on the bus. The guard against replays is written afterwards: a delivery that dies in between is told again, by
// the same name, rather than never.
func (h *handler) tell(ctx context.Context, pushes []events.Push, note string) (start.Answer, error) {
	told := 0
	for _, p := range pushes {
		seen, err := h.store.Delivered(ctx, p.Delivery)
		if err != nil {
			return start.Answer{}, err
		}
		if seen {
			continue
		}
		if err := h.bus.Put(ctx, events.CommitPushed, p); err != nil {
			return start.Answer{}, err
		}
		if err := h.store.KeepDelivery(ctx, p.Delivery, h.Now()); err != nil {
			return start.Answer{}, err
		}
		told++
	}
	switch {
	case len(pushes) == 0:
		return answer(http.StatusOK, note), nil
	case told == 0:
		return answer(http.StatusOK, "This push was told before."), nil
	}
	return answer(http.StatusAccepted, fmt.Sprintf("Told of %d.", told)), nil
}

func answer(status int, text string) start.Answer {
	return start.Answer{Status: status, Body: text + "\n", Note: text}
}
