// Package webhook takes the webhooks of GitHub, GitLab and Bitbucket, and tells the bus of each push once.
package webhook

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/pushed"
	"sluice/shared/secretsmanager"
	"sluice/shared/ssm"
	"sluice/shared/start"
	"sluice/shared/webhook"
)

type config struct {
	Table   string `env:"SLUICE_TABLE"`
	Bus     string `env:"SLUICE_BUS"`
	Secrets string `env:"SLUICE_WEBHOOK_SECRETS"` // name of the secrets, without the host

	Sources     string `env:"SLUICE_SOURCES"`
	Definitions string `env:"SLUICE_DEFINITIONS"`
}

type handler struct {
	start.World
	store   store
	bus     *eventbridge.Bus
	secrets map[string]*secrets // by host
	expects *pushed.Forecaster
}

// secrets are what a host signs with: the repository's own secret where it has one, and otherwise the host's.
type secrets struct {
	host         *secretsmanager.Pair
	repositories *secretsmanager.Family
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	h := &handler{World: w, store: dynamo.New(w.AWS, c.Table), bus: eventbridge.New(w.AWS, c.Bus), secrets: map[string]*secrets{}}
	h.expects = pushed.New(ssm.NewSources(w.AWS, c.Sources), ssm.New(w.AWS, c.Definitions))
	for _, host := range []string{events.GitHub, events.GitLab, events.Bitbucket} {
		h.secrets[host] = &secrets{secretsmanager.NewPair(w.AWS, c.Secrets+host, secretsmanager.Any, w.Now), secretsmanager.NewFamily(w.AWS, c.Secrets+host, secretsmanager.Any, w.Now)}
	}
	return start.Web(w, "webhook", h.handle), nil
}

// handle answers so that the host's own page of deliveries says what to mend. Lambda answers a failure with 502, and the host, or
// whoever reads that page, sends the delivery again.
func (h *handler) handle(ctx context.Context, r start.Request) (start.Answer, error) {
	host := strings.TrimPrefix(r.Path, "/")
	known := h.secrets[host]
	switch {
	case known == nil:
		return answer(http.StatusNotFound, "Webhooks are taken at /github, /gitlab and /bitbucket."), nil
	case r.Method != http.MethodPost:
		return answer(http.StatusMethodNotAllowed, "A webhook is posted to this address."), nil
	}
	d := webhook.Delivery{Host: host, Header: r.Header, Body: r.Body}
	d.Of = webhook.Claimed(d)
	values, err := known.of(ctx, d.Of)
	if secretsmanager.IsNotSetUp(err) {
		h.Log.WarnContext(ctx, "webhooks are not set up", "host", host, "why", err)
		return answer(http.StatusServiceUnavailable, "No secret that counts was put in for "+host+": the log of the function webhook says what to do. See docs/operations.md."), nil
	}
	if err != nil {
		return start.Answer{}, err
	}
	pushes, note, refusal := webhook.Read(d, values, h.Now())
	if unauthorized(refusal) {
		if values, err = known.again(ctx, d.Of, values); err != nil {
			return start.Answer{}, err
		}
		pushes, note, refusal = webhook.Read(d, values, h.Now())
	}
	switch {
	case refusal != nil:
		if unauthorized(refusal) {
			h.hint(ctx, host, d.Of, values)
		}
		return answer(refusal.Status, fmt.Sprintf("Refused: %s. What to do: %s.", refusal.Reason, refusal.Remedy)), nil
	case len(pushes) == 0:
		return answer(http.StatusOK, note), nil
	}
	return h.tell(ctx, pushes)
}

func unauthorized(r *webhook.Refusal) bool { return r != nil && r.Status == http.StatusUnauthorized }

// hint says what is odd about a secret that did not fit, to those who may read the log.
func (h *handler) hint(ctx context.Context, host, repository string, secrets []string) {
	for i, s := range secrets {
		if odd := secretsmanager.Odd(s); odd != "" {
			h.Log.WarnContext(ctx, "a webhook did not fit, and its secret looks odd", "host", host, "repository", repository, "version", [...]string{"current", "previous"}[i], "it", odd)
		}
	}
}

// of reads the secrets for the deliveries of a repository, each of which must fit one. Where the repository has its own, the host's do not count.
func (s *secrets) of(ctx context.Context, repository string) ([]string, error) {
	if repository != "" {
		if own, err := s.repositories.Values(ctx, webhook.SecretOf(repository)); err != nil || own != nil {
			return own, err
		}
	}
	return s.host.Values(ctx)
}

// again reads the secrets anew for a delivery that fits none of the known secrets: they may have been changed a moment ago, and most
// hosts do not send again what was refused. A secret that was taken away meanwhile lets nobody in.
func (s *secrets) again(ctx context.Context, repository string, known []string) ([]string, error) {
	var now []string
	var err error
	if repository != "" {
		now, err = s.repositories.Again(ctx, webhook.SecretOf(repository))
	}
	if now == nil && err == nil {
		now, err = s.host.Again(ctx)
	}
	if secretsmanager.IsNotSetUp(err) {
		return known, nil
	}
	return now, err
}

// tell puts pushes on the bus, and says what will come of them.
func (h *handler) tell(ctx context.Context, pushes []events.Push) (start.Answer, error) {
	status, said := http.StatusOK, make([]string, len(pushes))
	for i, p := range pushes {
		seen, err := h.store.Delivered(ctx, p.Delivery)
		if err != nil {
			return start.Answer{}, err
		}
		if seen {
			said[i] = before(p)
			continue
		}
		if p, err = h.ran(ctx, p); dynamo.IsNotFound(err) {
			said[i] = fmt.Sprintf("Nothing is released: no push that brought commit %.7s to %s was told. Send the event \"push\" to this address, too; what a tag brings does not count for a branch.", p.Commit, p.Ref)
			continue
		}
		if err == nil {
			err = h.put(ctx, p)
		}
		if err != nil {
			return start.Answer{}, err
		}
		var released bool
		if said[i], released = h.forecast(ctx, p); released {
			status = http.StatusAccepted
		}
	}
	return answer(status, strings.Join(said, "\n")), nil
}

// before is the answer to a push that was told of already.
func before(p events.Push) string {
	if p.Workflow != "" {
		return fmt.Sprintf("This was told before: workflow %q has succeeded for commit %.7s once, and a commit is tried once. Ask for its release with the event release.requested to have it again.", p.Workflow, p.Commit)
	}
	return "This push was told before."
}

// ran is the push that a workflow has run for. Only the push tells what it brought, who wrote it and which files it changed.
func (h *handler) ran(ctx context.Context, p events.Push) (events.Push, error) {
	if p.Workflow == "" {
		return p, nil
	}
	brought, err := h.store.Push(ctx, webhook.Brought(p))
	if err != nil {
		return p, err
	}
	brought.Workflow, brought.Delivery, brought.At = p.Workflow, p.Delivery, p.At
	return brought, nil
}

// put tells the bus, and writes the guard against replays afterwards: a delivery that dies in between is told again, under the same
// name, rather than never.
func (h *handler) put(ctx context.Context, p events.Push) error {
	if err := h.bus.Put(ctx, events.CommitPushed, p); err != nil {
		return err
	}
	if p.Host == events.GitHub && p.Workflow == "" && strings.HasPrefix(p.Ref, "refs/heads/") {
		if err := h.store.KeepPush(ctx, webhook.Brought(p), p, h.Now()); err != nil {
			return err
		}
	}
	return h.store.KeepDelivery(ctx, p.Delivery, !p.At.IsZero(), h.Now())
}

// patience is how long reading the definitions may take. It is part of the ten seconds in which GitHub wants its answer.
const patience = 3 * time.Second

// forecast says what a push leads to. The push is on the bus already, so nothing fails when that cannot be said.
func (h *handler) forecast(ctx context.Context, p events.Push) (said string, released bool) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	push := pushed.Of(p)
	said, released, err := h.expects.Forecast(ctx, push)
	if err != nil {
		h.Log.WarnContext(ctx, "could not say what a push leads to", "repository", push.Repository, "commit", p.Commit, "error", err)
		return fmt.Sprintf("Accepted: commit %s is told. What it leads to could not be read in time: look at the page of services.", push.Short()), true
	}
	if released {
		said = "Accepted: " + said
	}
	return said, released
}

func answer(status int, text string) start.Answer {
	return start.Answer{Status: status, Body: text + "\n", Note: text}
}
