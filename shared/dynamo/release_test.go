package dynamo_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sluice/shared/dynamo"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// full is a release with something in every kind of field.
func full(id string) rollout.Release {
	d := rollout.Definition{
		Service: "checkout", Target: rollout.Target{LambdaAlias: &kind.LambdaAlias{Function: "checkout", Alias: "live"}},
		Strategy: rollout.Strategy{BlueGreen: &rollout.BlueGreen{Test: rollout.Test{Payload: json.RawMessage(`{"ping":true}`)}, Bake: rollout.Duration(90 * time.Second)}},
		Guard:    rollout.Guard{Alarms: []string{alarm}},
		Checks: rollout.Checks{Ceilings: []rollout.Ceiling{{Percent: 0.1, Errors: 3, Metrics: &rollout.Metric{
			Namespace: "Shop", Requests: "Orders", Errors: "Failures", RevisionDimension: "Version", Dimensions: map[string]string{"Region": "eu"},
		}}}},
		RevertWindow: rollout.Duration(48 * time.Hour),
	}.WithDefaults()
	return rollout.Release{
		ID: id, Service: "checkout", Revision: rollout.Revision{Version: "42", Commit: "c0ffee", Author: "ada"}, Created: noon, Machines: 1, Open: "open",
		Definition: d, Steps: d.Strategy.Steps(), Audit: []rollout.Line{{At: noon, Who: "trigger", What: "Asked for."}},
	}
}

func recorded(t *testing.T, s *dynamo.Store, id string) rollout.Release {
	t.Helper()
	r, err := s.Release(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func create(t *testing.T, s *dynamo.Store, r rollout.Release) {
	t.Helper()
	if err := s.Create(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

func line(what string) rollout.Line { return rollout.Line{At: noon, Who: "test", What: what} }

func TestRecordComesBackAsItWasWritten(t *testing.T) {
	s := open(t)
	create(t, s, full("r1"))
	if diff := cmp.Diff(full("r1"), recorded(t, s, "r1")); diff != "" {
		t.Errorf("record (-written +read):\n%s", diff)
	}
}

func TestRecordIsMadeOnce(t *testing.T) {
	s := open(t)
	create(t, s, full("r1"))
	other := full("r1")
	other.Service = "other"
	if err := s.Create(t.Context(), other); !dynamo.IsConflict(err) {
		t.Errorf("creating again: %v, want a conflict", err)
	}
	if got := recorded(t, s, "r1").Service; got != "checkout" {
		t.Errorf("the second one replaced the first: %s", got)
	}
}

func TestRecordThatIsNotThereIsNotMadeByAChange(t *testing.T) {
	s := open(t)
	if err := s.Note(t.Context(), "r1", line("Nobody.")); !dynamo.IsConflict(err) {
		t.Errorf("noting: %v, want a conflict", err)
	}
	if _, err := s.Release(t.Context(), "r1"); !dynamo.IsNotFound(err) {
		t.Errorf("reading: %v, want not found", err)
	}
}

// changes are all changes of a record, with the fields that they leave behind.
var changes = map[string]struct {
	write func(t *testing.T, s *dynamo.Store, r rollout.Release, l rollout.Line) error
	edit  func(r *rollout.Release)
}{
	"Note": {
		write: func(t *testing.T, s *dynamo.Store, r rollout.Release, l rollout.Line) error {
			return s.Note(t.Context(), r.ID, l)
		},
		edit: func(*rollout.Release) {},
	},
	"Planned": {
		write: func(t *testing.T, s *dynamo.Store, r rollout.Release, l rollout.Line) error {
			return s.Planned(t.Context(), r, l)
		},
		edit: func(r *rollout.Release) {
			r.State, r.Steps, r.Definition.RevertWindow = rollout.StatePlan, []rollout.Step{{Weight: 1250, Bake: 7}}, 9
		},
	},
	"Rejected": {
		write: func(t *testing.T, s *dynamo.Store, r rollout.Release, l rollout.Line) error {
			return s.Rejected(t.Context(), r.ID, *r.Rejection, l)
		},
		edit: func(r *rollout.Release) { r.Rejection = rollout.Because("no", "try later") },
	},
	"Started": {
		write: func(t *testing.T, s *dynamo.Store, r rollout.Release, l rollout.Line) error {
			return s.Started(t.Context(), r, l)
		},
		edit: func(r *rollout.Release) {
			r.State, r.Epoch, r.Stable, r.Started, r.Step = rollout.StateAdmit, 7, "41", noon.Add(time.Millisecond), 1
		},
	},
	"Shifted": {
		write: func(t *testing.T, s *dynamo.Store, r rollout.Release, l rollout.Line) error {
			return s.Shifted(t.Context(), r, l)
		},
		edit: func(r *rollout.Release) {
			r.State, r.Step, r.BakeUntil = rollout.StateShift, 1, noon.Add(time.Minute)
		},
	},
	"Judged": {
		write: func(t *testing.T, s *dynamo.Store, r rollout.Release, l rollout.Line) error {
			return s.Judged(t.Context(), r, l)
		},
		edit: func(r *rollout.Release) {
			r.State, r.Verdict, r.Extended = rollout.StateJudge, "Pass.", 2
		},
	},
	"GoesBack": {
		write: func(t *testing.T, s *dynamo.Store, r rollout.Release, l rollout.Line) error {
			return s.GoesBack(t.Context(), r, l)
		},
		edit: func(r *rollout.Release) {
			f := because("red")
			r.Cause = &f
		},
	},
	"Asked": {
		write: func(t *testing.T, s *dynamo.Store, r rollout.Release, l rollout.Line) error {
			return s.Asked(t.Context(), r, l)
		},
		edit: func(r *rollout.Release) {
			r.State = rollout.StateAsk
			r.Asked = &rollout.Asked{Step: 1, Since: noon, Until: noon.Add(time.Hour), Digest: "d"}
		},
	},
	"Ended": {
		write: func(t *testing.T, s *dynamo.Store, r rollout.Release, l rollout.Line) error {
			return s.Ended(t.Context(), r, l)
		},
		edit: func(r *rollout.Release) {
			r.State, r.End, r.Ended, r.Reverted = rollout.StateSettle, rollout.RolledBack, noon.Add(time.Hour), true
		},
	},
	"Led": {
		write: func(t *testing.T, s *dynamo.Store, r rollout.Release, l rollout.Line) error {
			return s.Led(t.Context(), r, l)
		},
		edit: func(r *rollout.Release) { r.Execution, r.Machines = "arn", 2 },
	},
	"AskAbort": {
		write: func(t *testing.T, s *dynamo.Store, r rollout.Release, l rollout.Line) error {
			return s.AskAbort(t.Context(), r.ID, *r.Abort, l)
		},
		edit: func(r *rollout.Release) { f := because("stop"); r.Abort = &f },
	},
}

// TestEveryChangeAndItsLineAreOneCall: no change is without its line in the audit trail, and no line without its change.
func TestEveryChangeAndItsLineAreOneCall(t *testing.T) {
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			var made counter
			s := open(t, made.watch)
			create(t, s, full("r1"))
			want := full("r1")
			change.edit(&want)
			made.calls = nil
			if err := change.write(t, s, want, line(name)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]int{"UpdateItem": 1}, made.calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			want.Audit = append(want.Audit, line(name))
			if diff := cmp.Diff(want, recorded(t, s, "r1")); diff != "" {
				t.Errorf("record (-want +got):\n%s", diff)
			}
		})
	}
}

func TestChangeThatComesTooLateLeavesNoLine(t *testing.T) {
	s := open(t)
	create(t, s, full("r1"))
	if err := s.AskAbort(t.Context(), "r1", because("stop"), line("Asked to stop.")); err != nil {
		t.Fatal(err)
	}
	if err := s.Started(t.Context(), full("r1"), line("Started.")); !dynamo.IsConflict(err) {
		t.Errorf("starting after an abort: %v, want a conflict", err)
	}
	ended := full("r1")
	ended.End = rollout.Aborted
	if err := s.Ended(t.Context(), ended, line("Ended.")); err != nil {
		t.Fatal(err)
	}
	if err := s.AskAbort(t.Context(), "r1", because("again"), line("Asked again.")); !dynamo.IsConflict(err) {
		t.Errorf("aborting after the end: %v, want a conflict", err)
	}
	var told []string
	for _, l := range recorded(t, s, "r1").Audit {
		told = append(told, l.What)
	}
	if got := strings.Join(told, " "); got != "Asked for. Asked to stop. Ended." {
		t.Errorf("the audit trail tells: %s", got)
	}
}

func TestOpenListsWhatHasNotEnded(t *testing.T) {
	s := open(t)
	rejected := full("rejected-at-once")
	rejected.End = rollout.Rejected
	ended, reverted := full("ended"), full("reverted")
	for _, r := range []rollout.Release{rejected, ended, reverted, full("running")} {
		create(t, s, r)
	}
	ended.End, reverted.End = rollout.Succeeded, rollout.Succeeded
	for _, r := range []rollout.Release{ended, reverted} {
		if err := s.Ended(t.Context(), r, line("Ended.")); err != nil {
			t.Fatal(err)
		}
		if !openIDs(t, s)[r.ID] {
			t.Errorf("%s is not open, and nobody has let go of its lease yet", r.ID)
		}
		if err := s.Closed(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	reverted.Machines = 2
	if err := s.Led(t.Context(), reverted, line("Taken back.")); err != nil { // opens it again
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]bool{"running": true, "reverted": true}, openIDs(t, s)); diff != "" {
		t.Errorf("open (-want +got):\n%s", diff)
	}
}

// TestOpenReadsPastOnePage: a query answers one megabyte at most.
func TestOpenReadsPastOnePage(t *testing.T) {
	var made counter
	s := open(t, made.watch)
	want := map[string]bool{}
	for n := range 9 {
		r := full(fmt.Sprintf("r%d", n))
		r.Audit[0].What = strings.Repeat("x", 300_000)
		create(t, s, r)
		want[r.ID] = true
	}
	if diff := cmp.Diff(want, openIDs(t, s)); diff != "" {
		t.Errorf("open (-want +got):\n%s", diff)
	}
	if made.calls["Query"] < 2 {
		t.Errorf("it took %d queries; the test wants several pages", made.calls["Query"])
	}
}

func openIDs(t *testing.T, s *dynamo.Store) map[string]bool {
	t.Helper()
	found, err := s.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, r := range found {
		ids[r.ID] = true
	}
	return ids
}

// The answer to the first one may have been lost, and the execution that it led to may be over by the second.
func TestTakeoverIsWrittenOnce(t *testing.T) {
	s := open(t)
	r := full("r1")
	create(t, s, r)
	r.Machines, r.Execution = 2, "second"
	for range 2 {
		if err := s.Led(t.Context(), r, line("Taken back.")); err != nil {
			t.Fatal(err)
		}
		r.End = rollout.RolledBack
		if err := s.Ended(t.Context(), r, line("Ended.")); err != nil {
			t.Fatal(err)
		}
		if err := s.Closed(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if got := recorded(t, s, "r1"); len(got.Audit) != 4 || got.Machines != 2 {
		t.Errorf("machines %d, audit %v", got.Machines, got.Audit)
	}
	if still := openIDs(t, s); len(still) > 0 {
		t.Errorf("open again: %v", still)
	}
}

// A settle that is slow must not close what another execution has taken over since.
func TestOnlyTheExecutionThatLeadsAReleaseClosesIt(t *testing.T) {
	s := open(t)
	first := full("r1")
	create(t, s, first)
	second := first
	second.Machines, second.Execution = 2, "second"
	if err := s.Led(t.Context(), second, line("Taken back.")); err != nil {
		t.Fatal(err)
	}
	for _, r := range []rollout.Release{first, second} {
		if err := s.Closed(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if still := openIDs(t, s)["r1"]; still != (r.Machines == 1) {
			t.Errorf("after execution %d closed it, it is open: %v", r.Machines, still)
		}
	}
}

// A sweep that saw a release open before it ended must not lead it once more: its traffic is somebody else's by then.
func TestReleaseThatIsOverIsNotOpenedAgain(t *testing.T) {
	s := open(t)
	first := full("r1")
	create(t, s, first)
	first.End = rollout.RolledBack
	if err := s.Ended(t.Context(), first, line("Ended.")); err != nil {
		t.Fatal(err)
	}
	if err := s.Closed(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	second := first
	second.Machines, second.Execution = 2, "second"
	if err := s.Led(t.Context(), second, line("Taken back.")); err != nil {
		t.Fatal(err)
	}
	if got := recorded(t, s, "r1"); got.Execution == "second" || openIDs(t, s)["r1"] {
		t.Errorf("execution %s leads a release that is over; open: %v", got.Execution, openIDs(t, s))
	}
}

// The record is read by scripts, too, that print it as it is: what a sentence hides must be visible in it.
func TestRecordHidesNothingFromWhoReadsIt(t *testing.T) {
	const hidden, seen = "gnp\u202E\u200B", "gnp<U+202E><U+200B>"
	s, fence, why := open(t), rollout.Fence{Kind: rollout.ByPerson, By: "ada", Reason: hidden, At: noon}, *rollout.Because(hidden, hidden)
	r := full("r1")
	r.Rejection = &why
	create(t, s, r)
	if got := recorded(t, s, "r1").Rejection; got.Reason != seen || got.Remedy != seen {
		t.Errorf("created with %+q", got)
	}
	r.Rejection, r.ID = nil, "r2"
	create(t, s, r)
	r.Gates, r.Obstacle, r.Cause, r.End = []rollout.Gate{{Name: "windows", Why: hidden}}, &why, &fence, rollout.Stuck
	_, gated := s.Gated(t.Context(), r, line(hidden))
	for _, err := range []error{
		gated, s.Rejected(t.Context(), "r2", why, line(hidden)), s.Seen(t.Context(), "r2", hidden, line(hidden)),
		s.AskAbort(t.Context(), "r2", fence, line(hidden)), s.Ended(t.Context(), r, rollout.Line{Who: hidden}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	got := recorded(t, s, "r2")
	for what, text := range map[string]string{
		"rejection": got.Rejection.Reason, "verdict": got.Verdict, "gate": got.Gates[0].Why, "abort": got.Abort.Reason, "cause": got.Cause.Reason, "obstacle": got.Obstacle.Remedy,
		"trail": got.Audit[1].What, "who": got.Audit[len(got.Audit)-1].Who,
	} {
		if text != seen {
			t.Errorf("%s: %+q, want %+q", what, text, seen)
		}
	}
	if hidden != r.Gates[0].Why || hidden != fence.Reason {
		t.Error("the values of the caller were changed")
	}
}
