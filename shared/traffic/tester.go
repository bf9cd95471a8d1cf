package traffic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"sluice/events"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// Tester tries a candidate before it gets traffic: by an invocation, or by a request to the place where its kind has it reached.
type Tester struct {
	prober Prober
	front  Front
	http   *http.Client // follows no redirect, and asks only what the internet can ask (start.World.Public)
}

// TesterOf builds the tester above the ports of a kind.
func TesterOf(p Ports, client *http.Client) Tester { return Tester{p.Prober, p.Front, client} }

// spreads is how long a change of a rule is given until all nodes of a load balancer know it. AWS names no figure: this one is ours.
const spreads = 10 * time.Second

// Test carries out a test. failure is empty when it passed; otherwise it says what went wrong. A test that failed is not tried again. Errors:
// rollout.NotReady when the revision is still being prepared, an Obstacle when it can never be tried, others when the outcome is unknown.
func (t Tester) Test(ctx context.Context, target rollout.Target, revision string, test rollout.Test) (failure string, err error) {
	if t.front == nil {
		return t.prober.Probe(ctx, target, revision, test.Payload)
	}
	pointed, err := t.front.Point(ctx, target, revision)
	if err != nil {
		return "", err
	}
	if pointed == Anew {
		select {
		case <-time.After(spreads):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	front, _ := target.Spec().(kind.Fronted)
	return t.ask(ctx, front.Front(), test.Asked())
}

// ask makes the request.
func (t Tester) ask(ctx context.Context, base string, asked rollout.TestRequest) (failure string, err error) {
	limited, cancel := context.WithTimeout(ctx, asked.Within.Std())
	defer cancel()
	address := strings.TrimSuffix(base, "/") + asked.Path
	request, err := http.NewRequestWithContext(limited, asked.Method, address, strings.NewReader(asked.Body))
	if err != nil {
		return "", fmt.Errorf("making the request of a test: %w", err)
	}
	for name, value := range asked.Headers {
		if request.Header.Set(name, value); strings.EqualFold(name, "Host") {
			request.Host = value
		}
	}
	answer, err := t.http.Do(request)
	said := asked.Method + " " + address
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case limited.Err() != nil && err != nil:
		return fmt.Sprintf("%s was not answered within %s", said, asked.Within), nil
	case err != nil:
		return said + " got no answer: " + events.Line(cause(err)), nil
	}
	defer answer.Body.Close()
	if asked.Passes(answer.StatusCode) {
		return "", nil
	}
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 200)) // what can be read of it helps; the status is what counts
	failure = fmt.Sprintf("%s was answered %d, and not %s", said, answer.StatusCode, asked.Wanted())
	if line := events.Line(strings.TrimSpace(string(text))); line != "" {
		failure += ": " + line
	}
	return failure, nil
}

// cause is an error of a request without the method and the URL, which stand before it.
func cause(err error) string {
	if wrapped := new(url.Error); errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return err.Error()
}
