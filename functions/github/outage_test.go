package github_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

// visits are the calls that come to GitHub. The one that is due fails, or something else happens while GitHub works at it.
type visits struct {
	mu        sync.Mutex
	made      int
	fails     int    // which call; 0 is none
	late      bool   // it has done what it was to do
	meanwhile func() // during the first call
}

func (v *visits) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		v.mu.Lock()
		v.made++
		now, happens := v.made, v.meanwhile
		v.meanwhile = nil
		v.mu.Unlock()
		if happens != nil {
			happens()
		}
		if now == v.fails {
			if v.late {
				next.ServeHTTP(discarded{}, r)
			}
			http.Error(rw, "<h1>Bad gateway</h1>", http.StatusBadGateway)
			return
		}
		next.ServeHTTP(rw, r)
	})
}

// discarded is an answer that nobody gets.
type discarded struct{}

func (discarded) Header() http.Header         { return http.Header{} }
func (discarded) Write(b []byte) (int, error) { return len(b), nil }
func (discarded) WriteHeader(int)             {}

// A second deployment would stand there as running for ever.
func TestGitHubThatFailsInTheMiddleKnowsAllOfItAfterTheNextTry(t *testing.T) {
	for fails := 1; fails <= 4; fails++ { // list, deploy, mark, progress
		for _, late := range []bool{false, true} {
			t.Run(fmt.Sprintf("call %d, late %t", fails, late), func(t *testing.T) {
				calls := &visits{fails: fails, late: late}
				byhand.RunWith(t, scenario.Options{Outside: calls.count}, scenario.Canary, func(w *byhand.World) {
					e := about(events.ReleaseBuilding, ofCommit(w))
					w.Refuses("github", e, "502")
					w.Pass(time.Minute) // until Lambda tries again
					w.Does("github", e)
					if got := strings.ReplaceAll(known(w), "queued queued", "queued"); got != "pending, queued" {
						t.Errorf("GitHub knows %q", got)
					}
				})
			})
		}
	}
}

func TestGitHubKnowsTheEndWhereverTheFirstTryDied(t *testing.T) {
	byhand.Crashing(t, "github", scenario.Options{}, scenario.Canary, func(w *byhand.World) {
		r := ofCommit(w)
		begins(w, r)
		w.Again("github", about(events.ReleaseShifted, r))
		ends(w, r)
		w.Again("github", about(events.ReleaseSucceeded, r))
		if got := strings.ReplaceAll(known(w), "in_progress in_progress", "in_progress"); !strings.HasPrefix(got, "success, in_progress success") || len(w.GitHub.Deployments()) != 1 {
			w.T.Errorf("GitHub knows %q", got)
		}
	})
}

// Two events come at once. The second leaves word: what it is about would otherwise be told by nobody.
func TestWhatHappensWhileGitHubIsToldIsToldToo(t *testing.T) {
	calls := &visits{}
	byhand.RunWith(t, scenario.Options{Outside: calls.count}, scenario.Canary, func(w *byhand.World) {
		r := ofCommit(w)
		said := 0
		calls.meanwhile = func() {
			begins(w, r)
			w.Does("github", about(events.ReleaseShifted, r))
			said = len(w.GitHub.Deployments()) + len(w.GitHub.Statuses())
		}
		w.Does("github", about(events.ReleaseBuilding, r))
		if got := known(w); said != 0 || got != "pending, queued in_progress" {
			t.Errorf("GitHub knows %q, %d of it from a second writer beside the first", got, said)
		}
	})
}

// The writer before it was killed: its turn is over in less than a minute, when Lambda tries again.
func TestWriterThatDiedIsFollowedByAnother(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := ofCommit(w)
		if _, err := w.Store.TakeThread(w.T.Context(), dynamo.InGitHub, r.ID, "another", time.Now(), time.Now().Add(45*time.Second)); err != nil {
			t.Fatal(err)
		}
		w.Pass(time.Minute)
		w.Does("github", about(events.ReleaseStarted, r))
		if got := known(w); got != "pending, queued" {
			t.Errorf("GitHub knows %q", got)
		}
	})
}
