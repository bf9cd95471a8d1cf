package scenario

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/sandbox/cfn"
)

// smallAccount is the least that an account must give for the reservations of the golden template: with 50 of them, AWS keeps 100.
const smallAccount = 150

// flood is 300 visitors who call the webhook's address without pause, whether they are let in or not. Each call takes some
// seconds, as if what the function asks for were slow.
func (w *World) flood() (stop func(), refused *atomic.Int64) {
	address, over := w.address("webhook")+"github", atomic.Bool{}
	refused = &atomic.Int64{}
	for range 300 {
		go func() {
			for !over.Load() {
				r, err := http.NewRequestWithContext(w.ctx, http.MethodPost, address, strings.NewReader("{}"))
				if err != nil {
					return
				}
				r.Header.Set("X-GitHub-Event", "push")
				answer, err := w.web().Do(r)
				if err != nil {
					return
				}
				_ = answer.Body.Close()
				if answer.StatusCode == http.StatusTooManyRequests {
					refused.Add(1)
				}
				time.Sleep(time.Second)
			}
		}()
	}
	return func() { over.Store(true) }, refused
}

// What anybody can call may not take from the guard what it needs to bring traffic back: once a flood kept it waiting for
// twenty minutes.
func TestFloodFromTheInternetDoesNotStarveTheGuard(t *testing.T) {
	slow := on("webhook", "*", func() { time.Sleep(8 * time.Second) })
	flooded := func(t *testing.T, edit func(*cfn.Template)) (waited time.Duration) {
		RunWith(t, Options{Edit: edit, Middleware: slow, Concurrency: smallAccount}, func(w *World) {
			w.Given(Canary)
			id := w.Requested("2")
			w.AtStep(id, 0)
			stop, refused := w.flood()
			w.Pass(20 * time.Second)
			w.AlarmRed(Alarm)
			red := time.Now()
			for w.Serves() != "1" && time.Since(red) < time.Minute {
				w.Pass(time.Second)
			}
			waited = time.Since(red)
			stop()
			if r := w.Ended(id); r.End != rollout.RolledBack {
				t.Errorf("it ended %s", r.End)
			}
			if refused.Load() == 0 {
				t.Error("the flood was no flood: nobody was refused")
			}
		})
		return waited
	}
	const soon = 5 * time.Second
	if waited := flooded(t, nil); waited > soon {
		t.Errorf("with its reservation the guard took %v", waited)
	}
	if waited := flooded(t, withoutReservations); waited <= soon { // which try of Lambda's gets through is chance
		t.Errorf("without reservations the guard took %v: this story shows nothing", waited)
	}
}

func withoutReservations(t *cfn.Template) {
	for _, r := range t.Resources {
		delete(r.Properties, "ReservedConcurrentExecutions")
	}
}
