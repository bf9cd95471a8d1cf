package jobs

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/shared/gates"
	"sluice/shared/rollout"
	"sluice/shared/secretsmanager"
)

// The headers of a request to an endpoint.
const (
	HeaderTime      = "Sluice-Timestamp" // seconds since 1970
	HeaderSignature = "Sluice-Signature" // Sign
	HeaderDelivery  = "Sluice-Delivery"  // the same when a request is repeated
)

// Tries of an endpoint that does not answer, or answers that it cannot now, and the pause after the first.
const (
	tries = 3
	pause = time.Second
)

// longestAnswer is how much of an answer is read, in bytes.
const longestAnswer = 64 << 10

// Endpoints are addresses of the internet that definitions name. No redirect is followed: it could lead a signed request to somebody else.
type Endpoints struct {
	http *http.Client // start.World.Public
	aws  aws.Config
	now  func() time.Time
}

// Sign is the signature of a body at a time, in seconds: HMAC-SHA256 in hexadecimal digits, over "v1:<seconds>:<body>".
func Sign(seconds string, body []byte, key string) string {
	mac := hmac.New(sha256.New, []byte(key))
	fmt.Fprintf(mac, "v1:%s:%s", seconds, body)
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}

// Post sends the event to the endpoint of a job and judges its answer, within its time. It has not ended when that is over. An endpoint that is away,
// or says so (408, 429, 5xx), is asked again twice, with the same delivery: it may have heard the first one.
func (e *Endpoints) Post(ctx context.Context, j rollout.Job, event rollout.JobEvent) (gates.Progress, error) {
	key, err := secretsmanager.New(e.aws, j.Secret, secretsmanager.Key, e.now).Value(ctx)
	if secretsmanager.IsNotSetUp(err) {
		return failed("%v", err), nil
	}
	if err != nil {
		return gates.Progress{}, err
	}
	body, err := json.Marshal(event)
	if err != nil {
		return gates.Progress{}, fmt.Errorf("encoding the event for %s: %w", j.HTTP, err)
	}
	limited, cancel := context.WithTimeout(ctx, j.Within.Std())
	defer cancel()
	var p gates.Progress
	for try := range tries {
		if try > 0 {
			select {
			case <-time.After(pause << (try - 1)):
			case <-limited.Done():
			}
		}
		var again bool
		if p, again = e.ask(limited, j, event, body, key); !again {
			break
		}
	}
	if limited.Err() != nil && ctx.Err() == nil && p.Failed != "" {
		return gates.Progress{}, nil
	}
	return p, ctx.Err()
}

// ask sends one request. again says that a later one may be answered otherwise.
func (e *Endpoints) ask(ctx context.Context, j rollout.Job, event rollout.JobEvent, body []byte, key string) (p gates.Progress, again bool) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, j.HTTP, bytes.NewReader(body))
	if err != nil {
		return failed("POST %s: %v", j.HTTP, err), false
	}
	seconds := strconv.FormatInt(e.now().Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Sluice")
	r.Header.Set(HeaderTime, seconds)
	r.Header.Set(HeaderSignature, Sign(seconds, body, key))
	r.Header.Set(HeaderDelivery, event.Release+"/"+cmp.Or(event.Hook, j.Gate())) // a test has no name of its own
	answer, err := e.http.Do(r)
	if err != nil {
		return failed("%v", err), true
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(io.LimitReader(answer.Body, longestAnswer))
	switch code := answer.StatusCode; {
	case err != nil:
		return failed("POST %s: %v", j.HTTP, err), true
	case code >= 300 && code < 400:
		return failed("POST %s was answered %d: redirects are not followed", j.HTTP, code), false
	case code < 200 || code >= 300:
		return failed("POST %s was answered %d, and not 2xx", j.HTTP, code), code >= 500 || code == http.StatusRequestTimeout || code == http.StatusTooManyRequests
	}
	var verdict rollout.JobAnswer
	if json.Unmarshal(said, &verdict) == nil && verdict.Failed() { // many endpoints answer with a text, or with nothing
		return failed("%s", verdict.Reason()), false
	}
	return gates.Progress{Ended: true}, false
}

func failed(format string, args ...any) gates.Progress {
	return gates.Progress{Ended: true, Failed: fmt.Sprintf(format, args...)}
}
