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

	"sluice/shared/traffic"
)

// client speaks to the service as an SDK client would. The SDK has no client for it.
type client struct{ aws aws.Config }

// call asks the service about one of its targets.
func (r client) call(ctx context.Context, operation, name string, in, out any) error {
	body, status, err := r.persist(ctx, operation, in)
	if err != nil {
		return fmt.Errorf("asking memory to %s of %s: %w", operation, name, err)
	}
	if status != http.StatusOK {
		return refusal(name, body)
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("reading memory's answer about %s: %w", name, err)
	}
	return nil
}

// tries is how often a call is made when its answer is lost or is a fault of the service. The SDK's clients do the same.
const tries = 3

func (r client) persist(ctx context.Context, operation string, in any) (body []byte, status int, err error) {
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

func (r client) post(ctx context.Context, operation string, in any) (body []byte, status int, err error) {
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
		return fmt.Errorf("asking memory about %s: it answered %.200q", name, body)
	}
	switch code := e.Type[strings.LastIndex(e.Type, "#")+1:]; code {
	case "Stale", "InProgress":
		return fmt.Errorf("writing %s: %w", name, traffic.ErrMoved)
	case "NotFound":
		return &traffic.Obstacle{What: e.Message, Remedy: "make it again"}
	default:
		return fmt.Errorf("asking memory about %s: %s: %s", name, code, e.Message)
	}
}
