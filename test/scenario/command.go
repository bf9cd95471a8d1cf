package scenario

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"sluice/events"
)

// Operators have the policy of those who use the command line; many may take the role on, each under a name of their own choice.
const Operators = "operators"

// Hires makes the role of operators.
func (w *World) Hires() {
	w.T.Helper()
	_, err := w.Sandbox.NewRole("/", Operators, stackName+"-operator")
	w.must(err)
}

// Commands sends an order to the address of command as the command line does: signed, as a session of the operators.
func (w *World) Commands(session string, o events.Order) (out events.Outcome, status int) {
	w.T.Helper()
	body, err := json.Marshal(o)
	w.must(err)
	r, err := http.NewRequestWithContext(w.ctx, http.MethodPost, w.address("command"), bytes.NewReader(body))
	w.must(err)
	r.Header.Set("Content-Type", "application/json")
	key := w.Sandbox.KeyAs("arn:aws:iam::123456789012:role/"+Operators, session)
	sum := sha256.Sum256(body)
	w.must(v4.NewSigner().SignHTTP(w.ctx, key, r, hex.EncodeToString(sum[:]), "lambda", w.home.Region, time.Now()))
	answer, err := w.web().Do(r)
	if w.ctx.Err() != nil { // the world ended meanwhile
		return out, 0
	}
	w.must(err)
	defer func() { _ = answer.Body.Close() }()
	_ = json.NewDecoder(answer.Body).Decode(&out) // what is no answer of ours stays empty
	return out, answer.StatusCode
}

// Insists says an order again each minute until it counts, as people do who are told that it failed; for two hours at most.
func (w *World) Insists(session string, o events.Order) {
	w.T.Helper()
	for range 120 {
		if out, _ := w.Commands(session, o); out.Done {
			return
		}
		w.Pass(time.Minute)
	}
}
