package sweep_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/google/go-cmp/cmp"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// schedule is the event of the rule that comes every five minutes.
func schedule() events.Envelope[any] {
	return byhand.Event("Scheduled Event", map[string]any{})
}

// failed is the event of an execution that led a release and died.
func failed(execution, release string) events.Envelope[any] {
	return byhand.Event(events.ExecutionStatusChange, events.Execution{
		ExecutionArn: execution, Status: "FAILED", Input: fmt.Sprintf(`{"release":%q,"step":0,"next":"","seconds":1}`, release),
	})
}

// led gives a release its execution, which hangs in its first task for ever.
func led(w *byhand.World, r rollout.Release) {
	machine, name := parts(r.Execution)
	_, err := w.Machine.StartExecution(w.T.Context(), &sfn.StartExecutionInput{StateMachineArn: &machine, Name: &name, Input: aws.String(`{"functions":""}`)})
	if err != nil {
		w.T.Fatal(err)
	}
}

// parts are the state machine's ARN and the name of an execution's ARN.
func parts(execution string) (machine, name string) {
	i := strings.LastIndex(execution, ":")
	return strings.Replace(execution[:i], ":execution:", ":stateMachine:", 1), execution[i+1:]
}

// dies stops what leads a release.
func dies(w *byhand.World, r rollout.Release) {
	led(w, r)
	w.Stopped(r.ID)
}

// names lists the executions that run.
func names(w *byhand.World) []string {
	var running []string
	for _, e := range w.Executions() {
		if e.Status == "RUNNING" {
			running = append(running, aws.ToString(e.Name))
		}
	}
	slices.Sort(running)
	return running
}

func TestReleaseOfADeadMachineIsTakenBackByOneOther(t *testing.T) {
	for name, wake := range map[string]func(r rollout.Release) events.Envelope[any]{
		"by the schedule":             func(rollout.Release) events.Envelope[any] { return schedule() },
		"by the event of its failure": func(r rollout.Release) events.Envelope[any] { return failed(r.Execution, r.ID) },
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				r := w.Baking("2")
				dies(w, r)
				for range 3 { // late, doubled, and the schedule beside the event
					w.Does("sweep", wake(r))
				}
				if got, want := names(w), []string{r.ID + "-2"}; !slices.Equal(got, want) {
					t.Errorf("executions %v run, want %v", got, want)
				}
				if trail := w.Trail(r.ID); strings.Count(trail, "a new one takes it back") != 1 || w.Release(r.ID).Machines != 2 {
					t.Errorf("machine %d; the trail says\n%s", w.Release(r.ID).Machines, trail)
				}
			})
		})
	}
}

func TestReleaseWhoseMachineRunsIsLeftAlone(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Baking("2")
		led(w, r)
		before := w.Release(r.ID)
		w.Does("sweep", schedule())
		w.Does("sweep", failed(r.Execution+"-0", r.ID)) // of an older execution
		if diff := cmp.Diff(before, w.Release(r.ID)); diff != "" || len(names(w)) != 1 {
			t.Errorf("executions %v; record (-before +after):\n%s", names(w), diff)
		}
	})
}

// trigger writes the record a moment before it starts the execution.
func TestExecutionThatWasNeverBornIsStartedAfterItsGrace(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Created("2")
		w.Pass(time.Minute)
		w.Does("sweep", schedule())
		if got := names(w); len(got) != 0 {
			t.Errorf("%v started a minute after the record: trigger may be about to", got)
		}
		w.Pass(2 * time.Minute)
		w.Does("sweep", schedule())
		if got := names(w); !slices.Equal(got, []string{r.ID}) {
			t.Errorf("executions %v run, want the first one of %s", got, r.ID)
		}
		if got := w.Release(r.ID); got.Machines != 1 || got.End != "" {
			t.Errorf("machine %d, ended %q; want it to begin as if nothing had been", got.Machines, got.End)
		}
	})
}

// Who takes a release over writes that down first, and may die before the start.
func TestTakeoverThatWasWrittenAndNotStartedIsStarted(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Baking("2")
		r.Machines, r.Execution = 2, r.Execution+"-2"
		if err := w.Store.Led(w.T.Context(), r, rollout.Line{At: time.Now(), Who: "sweep", What: "It died here."}); err != nil {
			t.Fatal(err)
		}
		w.Pass(3 * time.Minute)
		w.Does("sweep", schedule())
		if got := names(w); !slices.Equal(got, []string{r.ID + "-2"}) || w.Release(r.ID).Machines != 2 {
			t.Errorf("executions %v run, machine %d; want the second", got, w.Release(r.ID).Machines)
		}
	})
}

func TestAfterFiveDeadMachinesSomebodyIsPaged(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Baking("2")
		dies(w, r)
		for range 4 {
			w.Does("sweep", schedule())
			w.Stopped(r.ID)
		}
		w.Does("sweep", schedule())
		got := w.Release(r.ID)
		if got.End != rollout.Stuck || got.Machines != 5 || got.Cause == nil || len(names(w)) != 0 || len(w.Open()) != 0 {
			t.Errorf("it ended %q after %d machines because of %+v; open %v", got.End, got.Machines, got.Cause, w.Open())
		}
		if told := w.Told(r.ID); told[len(told)-1] != "stuck" {
			t.Errorf("people heard %v", told)
		}
		w.Pass(time.Minute)
		if n := w.Metric("Stuck", "Environment", "sandbox"); n != 1 {
			t.Errorf("%v are counted as stuck, and the page depends on that", n)
		}
	})
}

// Mail is written from the record, so the end comes before the page; whoever dies in between is followed by the next sweep.
func TestStuckReleaseIsPagedThoughWhoWroteItsEndDied(t *testing.T) {
	dead := byhand.For("sweep", sandboxtest.Fail("events:PutEvents", 1, wire.AccessDenied("it died here")))
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{dead}}, scenario.Canary, func(w *byhand.World) {
		r := w.Baking("2")
		dies(w, r)
		for range 4 {
			w.Does("sweep", schedule())
			w.Stopped(r.ID)
		}
		w.Refuses("sweep", schedule(), "it died here")
		if got := w.Release(r.ID); got.End != rollout.Stuck || len(w.Open()) != 1 {
			t.Fatalf("it ended %q; open %v", got.End, w.Open())
		}
		w.Does("sweep", schedule())
		if told := w.Told(r.ID); told[len(told)-1] != "stuck" || len(w.Open()) != 0 {
			t.Errorf("people heard %v; open %v", told, w.Open())
		}
	})
}

// One that cannot be looked at must not hide the others, and must not be forgotten.
func TestEachReleaseIsLookedAtByItself(t *testing.T) {
	unseen := byhand.For("sweep", sandboxtest.Fail("states:DescribeExecution", 1, wire.AccessDenied("not this one")))
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{unseen}}, scenario.Canary, func(w *byhand.World) {
		first := w.Created("2")
		dies(w, first)
		w.Pass(time.Second)
		second := w.Created("3")
		dies(w, second)
		w.Refuses("sweep", schedule(), "not this one")
		if got := names(w); len(got) != 1 {
			t.Errorf("executions %v run, want the other release's", got)
		}
		w.Does("sweep", schedule())
		if got, want := names(w), []string{first.ID + "-2", second.ID + "-2"}; len(got) != 2 || !slices.Contains(got, want[0]) || !slices.Contains(got, want[1]) {
			t.Errorf("executions %v run, want %v", got, want)
		}
	})
}

// People start executions of the same state machine by hand; those lead nobody.
func TestExecutionThatLeadsNoReleaseIsNobodysBusiness(t *testing.T) {
	for name, input := range map[string]string{"another input": `{"hello":"world"}`, "no input": "", "no JSON": "hello"} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				w.Does("sweep", byhand.Event(events.ExecutionStatusChange, events.Execution{ExecutionArn: "arn:of:a:person", Input: input}))
				if made := len(w.Calls("sweep")); made != 0 {
					t.Errorf("it took %d calls", made)
				}
			})
		})
	}
}

// The index lags behind: what it still lists as open may have ended.
func TestReleaseThatHasEndedStaysEnded(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Begun("2")
		dies(w, r)
		w.Fenced(r)
		w.Leads("settle", byhand.Start(r))
		ended := w.Release(r.ID)
		w.Does("sweep", failed(r.Execution, r.ID))
		w.Does("sweep", schedule())
		if diff := cmp.Diff(ended, w.Release(r.ID)); diff != "" || len(names(w)) != 0 {
			t.Errorf("executions %v; record (-before +after):\n%s", names(w), diff)
		}
	})
}

// Another execution leads the release by now, and what became of its predecessor says nothing about it.
func TestDeathOfAnExecutionDoesNotConcernItsSuccessor(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Baking("2")
		predecessor := r.Execution
		r.Machines, r.Execution = 2, predecessor+"-2"
		if err := w.Store.Led(w.T.Context(), r, rollout.Line{At: time.Now(), Who: "sweep", What: "Taken back."}); err != nil {
			t.Fatal(err)
		}
		w.Does("sweep", failed(predecessor, r.ID))
		if n := w.Made("sweep", "states:DescribeExecution"); n > 0 || len(names(w)) > 0 {
			t.Errorf("sweep looked at the successor %d times, and these run: %v", n, names(w))
		}
	})
}
