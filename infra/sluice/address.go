package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"sluice/events"
	"sluice/shared/lambda"
)

// order sends an order to the address of the function command, signed, so that AWS knows who it is from. It answers what came of it; a word that
// does not count is a failure that says why, and what to do instead.
func (e engine) order(ctx context.Context, o events.Order, now time.Time) (events.Outcome, error) {
	var out events.Outcome
	address, err := lambda.New(e.AWS, e.Function("command")).Address(ctx)
	if err != nil {
		return out, err
	}
	body, err := json.Marshal(o)
	if err != nil {
		return out, fmt.Errorf("encoding the order: %w", err)
	}
	r, err := e.signed(ctx, address, body, now)
	if err != nil {
		return out, err
	}
	answer, err := e.client().Do(r)
	if err != nil {
		return out, &away{fmt.Errorf("Sluice did not answer (%w): look at what came of it (sluice get), then say it again", err)}
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return out, fmt.Errorf("reading the answer of Sluice: %w", err)
	}
	return read(answer.StatusCode, text)
}

// read reads the answer of the function, or of Lambda before it.
func read(status int, text []byte) (out events.Outcome, err error) {
	if json.Unmarshal(text, &out) != nil || out.Says == "" {
		switch status {
		case http.StatusForbidden:
			return out, &failure{wrongUse, errors.New("AWS does not let you speak to Sluice. What to do: attach the policy that the stack's output OperatorPolicy names to your role")}
		case http.StatusTooManyRequests:
			return out, &away{errors.New("Sluice is busy: say it again in a moment")}
		}
		return out, &away{fmt.Errorf("Sluice failed (%d): say it again, and if this stays, look into the logs of its functions command and decide", status)}
	}
	if out.Done {
		return out, nil
	}
	said := strings.TrimSuffix(out.Says, ".")
	if out.Remedy != "" {
		said += ". What to do: " + out.Remedy
	}
	status = map[int]int{http.StatusConflict: rejected}[status]
	if status == done {
		status = wrongUse
	}
	return out, &failure{status, errors.New(said)}
}

// signed is the request with a signature of version 4 for Lambda (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html).
func (e engine) signed(ctx context.Context, address string, body []byte, now time.Time) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("addressing Sluice: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "sluice")
	key, err := e.AWS.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the AWS credentials: %w", err)
	}
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, key, r, hex.EncodeToString(sum[:]), "lambda", e.AWS.Region, now); err != nil {
		return nil, fmt.Errorf("signing the order: %w", err)
	}
	return r, nil
}

// client sends what is not a call of AWS's API. A test has AWS in its own process.
func (e engine) client() aws.HTTPClient {
	if _, usual := e.AWS.HTTPClient.(*awshttp.BuildableClient); !usual && e.AWS.HTTPClient != nil {
		return e.AWS.HTTPClient
	}
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: dial}}
}

// dial knows that names below localhost are this machine (RFC 6761, 6.3), which not every resolver does: make run's addresses are such names.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	if host, port, err := net.SplitHostPort(address); err == nil && strings.HasSuffix(host, ".localhost") {
		address = net.JoinHostPort("127.0.0.1", port)
	}
	return (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, network, address)
}
