// Package memory splits the traffic of targets in memory, which the sandbox has and AWS has not. What is the same for all kinds is tried on it.
package memory

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// Router is the traffic.Router of targets in memory.
type Router struct{ aws aws.Config }

var _ traffic.Router = (*Router)(nil)

// Ports opens all that the kind can do.
func Ports(cfg aws.Config) traffic.Ports { return traffic.Ports{Router: New(cfg)} }

// New builds a router on the account and region of cfg.
func New(cfg aws.Config) *Router { return &Router{cfg} }

// message is what goes over the wire, both ways.
type message struct {
	Name   string    `json:"name,omitempty"`
	Serves *division `json:"serves,omitempty"`
	Lock   string    `json:"lock,omitempty"`
	Moving string    `json:"moving,omitempty"`
}

type division struct {
	Stable    string `json:"stable"`
	Candidate string `json:"candidate"`
	Weight    int    `json:"weight"`
}

// Read implements traffic.Router.
func (r *Router) Read(ctx context.Context, t rollout.Target) (rollout.Split, error) {
	return r.call(ctx, "Read", message{Name: t.Memory.Target})
}

// Write implements traffic.Router.
func (r *Router) Write(ctx context.Context, t rollout.Target, to rollout.Split, lock string) (rollout.Split, error) {
	to = to.Plain()
	return r.call(ctx, "Write", message{Name: t.Memory.Target, Serves: &division{to.Stable, to.Candidate, int(to.Weight)}, Lock: lock})
}

func (r *Router) call(ctx context.Context, operation string, in message) (rollout.Split, error) {
	body, status, err := r.persist(ctx, operation, in)
	if err != nil {
		return rollout.Split{}, fmt.Errorf("asking memory to %s target %s: %w", operation, in.Name, err)
	}
	if status != http.StatusOK {
		return rollout.Split{}, refusal(in.Name, body)
	}
	out := message{Serves: &division{}}
	if err := json.Unmarshal(body, &out); err != nil {
		return rollout.Split{}, fmt.Errorf("reading memory's answer about target %s: %w", in.Name, err)
	}
	return rollout.Split{Stable: out.Serves.Stable, Candidate: out.Serves.Candidate, Weight: rollout.Weight(out.Serves.Weight), Tag: out.Lock, Moving: out.Moving}, nil
}

// tries is how often a call is made whose answer is lost or is a fault of the service, as the SDK's clients do.
const tries = 3

func (r *Router) persist(ctx context.Context, operation string, in message) (body []byte, status int, err error) {
	for n := range tries {
		body, status, err = r.post(ctx, operation, in)
		if err == nil && status < http.StatusInternalServerError {
			break
		}
		select {
		case <-ctx.Done():
			return nil, 0, ctx.Err()
		case <-time.After(100 * time.Millisecond << n):
		}
	}
	return body, status, err
}

func (r *Router) post(ctx context.Context, operation string, in message) (body []byte, status int, err error) {
	payload, err := json.Marshal(in)
	if err != nil {
		return nil, 0, err
	}
	address := aws.ToString(r.aws.BaseEndpoint)
	if address == "" {
		address = "https://memory." + r.aws.Region + ".amazonaws.com"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/", bytes.NewReader(payload))
	if err != nil {
		return nil, 0, err
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", "Memory."+operation)
	sum := sha256.Sum256(payload)
	credentials, err := r.aws.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, 0, err
	}
	if err := v4.NewSigner().SignHTTP(ctx, credentials, request, hex.EncodeToString(sum[:]), "memory", r.aws.Region, time.Now()); err != nil {
		return nil, 0, err
	}
	answer, err := r.aws.HTTPClient.Do(request)
	if err != nil {
		return nil, 0, err
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	return body, answer.StatusCode, err
}

// refusal is an error that the service answered.
func refusal(name string, body []byte) error {
	var e struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal(body, &e); err != nil {
		return fmt.Errorf("asking memory about target %s: it answered %.200q", name, body)
	}
	switch code := e.Type[strings.LastIndex(e.Type, "#")+1:]; code {
	case "Stale":
		return fmt.Errorf("writing target %s: %w", name, traffic.ErrMoved)
	case "NotFound":
		return &traffic.Obstacle{What: e.Message, Remedy: "make it again"}
	default:
		return fmt.Errorf("asking memory about target %s: %s: %s", name, code, e.Message)
	}
}
