package trigger_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sluice/events"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// asked is a request as trigger gets it, and the id of the release that it makes.
func asked(r events.ReleaseRequest) (events.Envelope[any], string) {
	e := byhand.Event(events.ReleaseRequested, r)
	return e, events.ReleaseID(r.Service, r.Revision, e.ID)
}

func TestRecordTellsWhoAskedForWhatAndWhy(t *testing.T) {
	for name, test := range map[string]struct{ requester, by string }{
		"by name":               {"ci", "ci"},
		"by the event's source": {"", "story"},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				e, id := asked(events.ReleaseRequest{Service: scenario.Service, Revision: "2", Commit: "c0ffee", Author: "ada", Reason: "faster", Requester: test.requester})
				w.Does("trigger", e)
				got := w.Release(id)
				if !strings.HasSuffix(got.Page, "/releases/"+id) {
					t.Errorf("its page is %q", got.Page)
				}
				got.Execution, got.Page, got.Audit = "", "", nil
				want := rollout.Release{
					ID: id, Service: scenario.Service, Place: scenario.Here, Revision: rollout.Revision{Version: "2", Commit: "c0ffee", Author: "ada"}, Reason: "faster",
					By: test.by, Event: e.ID, Kind: kind.LambdaAliasID, State: rollout.StatePlan, Created: time.Now(), Machines: 1, Open: "open",
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("record (-want +got):\n%s", diff)
				}
				if n := w.Running(); n != 1 {
					t.Errorf("%d executions lead it, want one", n)
				}
			})
		})
	}
}

// What is no release id could become part of a command or a page.
func TestParentThatIsNoReleaseIsRefused(t *testing.T) {
	for parent, want := range map[string]string{
		"shop-0a1b2c3d4e5f": "shop-0a1b2c3d4e5f", "": "",
		"shop": "", "../shop-0a1b2c3d4e5f": "", strings.Repeat("shop", 20) + "-0a1b2c3d4e5f": "",
	} {
		byhand.Run(t, func(w *byhand.World) {
			e, id := asked(events.ReleaseRequest{Service: scenario.Service, Revision: "2", Parent: parent})
			w.Does("trigger", e)
			r := w.Release(id)
			if r.Parent != want {
				t.Errorf("asked for as a part of %q, it is one of %q", parent, r.Parent)
			}
			if refused := r.End == rollout.Rejected; refused != (parent != want) || refused && !strings.HasPrefix(r.Rejection.Reason, "detail.parent is ") {
				t.Errorf("asked for as a part of %q, it ended %q: %+v", parent, r.End, r.Rejection)
			}
		})
	}
}

// Whoever does not know whether a request arrived sends it again.
func TestRequestSentTwiceWithItsKeyMakesOneRelease(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		request := events.ReleaseRequest{Service: scenario.Service, Revision: "2", Key: "job-7"}
		for range 2 {
			e, _ := asked(request)
			e.ID = rand.Text()
			w.Does("trigger", e)
		}
		if _, found := w.Recorded(request.ID("")); !found || w.Running() != 1 || len(w.Open()) != 1 {
			t.Errorf("known by its key: %v; %d executions, open releases %v; want one", found, w.Running(), w.Open())
		}
	})
}

// An archive may be replayed for another reason: what it holds is history.
func TestReplayedRequestReleasesNothing(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		e, id := asked(events.ReleaseRequest{Service: scenario.Service, Revision: "2"})
		e.ReplayName = "look-at-yesterday"
		w.Does("trigger", e)
		if _, found := w.Recorded(id); found || w.Running() != 0 || len(w.Calls("trigger")) != 0 {
			t.Errorf("it made a record (%v), %d executions and %d calls", found, w.Running(), len(w.Calls("trigger")))
		}
	})
}

func TestUnknownServiceIsRejectedOnceWithItsRemedy(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		e, id := asked(events.ReleaseRequest{Service: "chekout", Revision: "2"})
		w.Does("trigger", e)
		first := w.Release(id)
		want := rollout.Rejection{Reason: `no service is called "chekout"`, Remedy: "add infra/services/<service>.yaml and deploy, or correct detail.service"}
		if first.End != rollout.Rejected || first.Rejection == nil || *first.Rejection != want {
			t.Errorf("it ended %q: %+v, want %+v", first.End, first.Rejection, want)
		}
		time.Sleep(time.Minute)
		w.Does("trigger", e)
		if diff := cmp.Diff(first, w.Release(id)); diff != "" {
			t.Errorf("the same event once more changed the record (-before +after):\n%s", diff)
		}
		if len(w.Executions()) != 0 || len(w.Open()) != 0 {
			t.Errorf("executions %d, open %v; want nothing that waits for an end", len(w.Executions()), w.Open())
		}
	})
}

// A record without an execution, and an execution without an answer, are what a crash in the middle leaves.
func TestSecondTryFinishesWhatTheFirstBegan(t *testing.T) {
	for name, fault := range map[string]wire.Middleware{
		"the start failed":             sandboxtest.Fail("states:StartExecution", 1, wire.AccessDenied("not yet")),
		"the record's answer was lost": sandboxtest.LoseAnswer("dynamodb:PutItem"),
		"the start's answer was lost":  sandboxtest.LoseAnswer("states:StartExecution"),
	} {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{fault}}, scenario.Canary, func(w *byhand.World) {
				e, id := asked(events.ReleaseRequest{Service: scenario.Service, Revision: "2"})
				_, _ = w.Call("trigger", e) // Lambda tries again after a failure
				w.Does("trigger", e)
				if r := w.Release(id); len(r.Audit) != 1 || r.End != "" || len(w.Executions()) != 1 {
					t.Errorf("%d lines, %d executions, ended %q; want one release that runs", len(r.Audit), len(w.Executions()), r.End)
				}
			})
		})
	}
}

// No definition was read, so nobody knows whether there is one: to reject the release would be wrong.
func TestDefinitionThatCannotBeReadIsTriedAgain(t *testing.T) {
	throttled := sandboxtest.Fail("ssm:GetParameter", sandboxtest.Always, wire.Throttled("Rate exceeded"))
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{throttled}}, scenario.Canary, func(w *byhand.World) {
		e, id := asked(events.ReleaseRequest{Service: scenario.Service, Revision: "2"})
		_, err := w.Call("trigger", e)
		if _, found := w.Recorded(id); err == nil || !strings.Contains(err.Error(), "Rate exceeded") || found {
			t.Errorf("the answer is %v, and there is a record: %v", err, found)
		}
	})
}
