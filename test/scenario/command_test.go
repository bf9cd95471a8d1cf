package scenario

import (
	"net/http"
	"strings"
	"testing"

	"sluice/events"
	"sluice/shared/rollout"
)

// signing has a role among its people, whoever has taken it on.
var signing = with(Asking, `"linus":{"event":"linus"}`, `"linus":{"aws":"arn:aws:iam::123456789012:role/`+Operators+`"}`)

// Who is not known by what AWS states of them is told what to do, and who is known speaks once and is answered at once.
func TestWordOfTheCommandLineIsAnsweredAtOnce(t *testing.T) {
	Run(t, func(w *World) {
		w.Hires()
		w.Given(signing)
		id := w.Requested("2")
		w.Asks(id, 3)
		asked := w.recorded(id).Asked
		order := events.Order{Do: events.Approve, Release: id, Step: asked.Step, Digest: "something else"}
		if out, status := w.Commands("linus", order); status != http.StatusConflict || out.Done || !strings.Contains(out.Remedy, "look at the release and answer again") {
			t.Errorf("an answer to another question: %d, %+v", status, out)
		}
		order.Digest = asked.Digest
		if out, status := w.Commands("linus", order); status != http.StatusOK || !out.Done || out.Says != "approve counts as linus for step 4 of 4, 100 % of the traffic." {
			t.Errorf("%d, %+v", status, out)
		}
		r := w.Ended(id)
		if a := r.Answers[r.AnswerKey(3, "linus")]; r.End != rollout.Succeeded || a.How != rollout.ByIAM {
			t.Errorf("ended %s by %+v", r.End, a)
		}
		if out, status := w.Commands("linus", events.Order{Do: events.Abort, Release: "checkout-0123456789ab"}); status != http.StatusNotFound || out.Remedy == "" {
			t.Errorf("no such release: %d, %+v", status, out)
		}
	})
}

// The record holds whom AWS states, whatever the request says of who asks.
func TestReleaseIsAskedForInTheNameThatAWSStates(t *testing.T) {
	Run(t, func(w *World) {
		w.Hires()
		w.Given(signing)
		request := events.ReleaseRequest{Service: Service, Revision: "2", Requester: "ci", Key: "job-7"}
		for range 2 { // the same key asks once
			if out, status := w.Commands("ada", events.Order{Do: events.Ask, Request: &request}); status != http.StatusOK || out.Release != request.ID("") {
				t.Fatalf("%d, %+v", status, out)
			}
		}
		r := w.recorded(request.ID(""))
		if want := "arn:aws:sts::123456789012:assumed-role/" + Operators + "/ada"; r.By != want {
			t.Errorf("asked for by %s, want %s", r.By, want)
		}
		w.Asks(r.ID, 3)
		asked := w.recorded(r.ID).Asked
		out, _ := w.Commands("linus", events.Order{Do: events.Approve, Release: r.ID, Step: asked.Step, Digest: asked.Digest})
		if out.Done || !strings.Contains(out.Says, "linus started the release") {
			t.Errorf("the role approves what it has asked for, under another name: %+v", out)
		}
		if out, status := w.Commands("ada", events.Order{Do: events.Ask, Request: &events.ReleaseRequest{Service: Service, Revision: "two", Key: "x"}}); status != http.StatusConflict || out.Remedy == "" {
			t.Errorf("no version: %d, %+v", status, out)
		}
	})
}
