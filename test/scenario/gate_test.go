package scenario

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
)

// The bubble's time begins on Saturday, 1 January 2000, at 00:00 UTC.
const (
	office    = `"windows":[{"days":["mon","tue","wed","thu"],"from":"09:00","until":"16:00","zone":"Europe/Berlin"}]`
	millennia = `"freezes":[{"from":"1999-12-20T00:00:00+01:00","until":"2000-01-02T08:00:00+01:00","owner":"linus","reason":"the year 2000"}]`
	flag      = `"flags":[{"parameter":"/checkout/releases","equals":"on"}]`
	inspects  = "Gates Admit "
	looks     = "Gates Wait Admit "
)

// longer gives a release more time before its gates.
func longer(definition string) string {
	return with(definition, `"revertWindow"`, `"queueLimit":"120h","revertWindow"`)
}

// gate is how a gate of a release stands.
func (w *World) gate(id, name string) rollout.Gate {
	w.T.Helper()
	r := w.asItIs(id)
	for _, g := range r.Gates {
		if g.Name == name {
			return g
		}
	}
	w.T.Fatalf("there is no gate %s among %+v:\n%s", name, r.Gates, Story(r))
	return rollout.Gate{}
}

// wantGate checks what a gate says now.
func (w *World) wantGate(id, name string, verdict rollout.GateVerdict, why string) {
	w.T.Helper()
	if g := w.gate(id, name); g.Verdict != verdict || !strings.Contains(g.Why, why) {
		w.T.Errorf("gate %s says %s: %s\nwant %s: %s", name, g.Verdict, g.Why, verdict, why)
	}
}

func TestReleaseWithOpenGatesBeginsAtOnce(t *testing.T) {
	RunWith(t, Options{Edit: WithGates}, func(w *World) {
		w.Given(Gated(`"windows":[{"zone":"UTC"}],"freezes":[{"from":"2001-01-01T00:00:00Z","until":"2001-01-02T00:00:00Z","owner":"grace","reason":"later"}],` + flag))
		w.Flag("/checkout/releases", "on")
		id := w.Requested("2")
		r := w.Ended(id)
		w.Then(r, rollout.Succeeded, began+inspects+step+step+step+step+ends, "2")
		if n, most := w.Transitions(r), rollout.Transitions(4)+4; n > most {
			t.Errorf("%d transitions, want at most %d", n, most)
		}
		for _, g := range r.Gates {
			if g.Verdict != rollout.GatePass || !strings.Contains(Story(r), "Gate "+g.Name+" is open: ") {
				t.Errorf("gate %+v is not open, or not told:\n%s", g, Story(r))
			}
		}
	})
}

func TestReleaseWaitsForItsWindow(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(longer(Gated(office)))
		id := w.Requested("2")
		w.Pass(time.Minute)
		w.wantGate(id, "windows", rollout.GateWait, "opens on Mon 3 Jan 09:00 CET")
		w.At("2000-01-03T07:59:59Z")
		if got := w.Serves(); got != "1" {
			t.Errorf("before the window the alias serves %s", got)
		}
		r := w.Ended(id)
		if r.End != rollout.Succeeded || r.Started.UTC().Format(time.DateTime) != "2000-01-03 08:00:00" {
			t.Errorf("%s, begun at %v, want it to begin when the window opens:\n%s", r.End, r.Started.UTC(), Story(r))
		}
		if n := strings.Count(Story(r), "Gate windows"); n != 2 {
			t.Errorf("the trail tells of the window %d times, want once for each change:\n%s", n, Story(r))
		}
	})
}

func TestFreezeIsToldWithItsOwnerAndReason(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(longer(Gated(millennia)))
		id := w.Requested("2")
		w.Pass(time.Minute)
		w.wantGate(id, "freezes", rollout.GateWait, "linus froze it until Sun 2 Jan 08:00 +0100: the year 2000.")
		r := w.Ended(id)
		if r.End != rollout.Succeeded || r.Started.Before(time.Date(2000, 1, 2, 7, 0, 0, 0, time.UTC)) {
			t.Errorf("%s, begun at %v:\n%s", r.End, r.Started, Story(r))
		}
	})
}

func TestFlagOpensTheGateWhenItIsSet(t *testing.T) {
	RunWith(t, Options{Edit: WithGates}, func(w *World) {
		w.Given(Gated(flag))
		id := w.Requested("2")
		w.Pass(time.Minute)
		w.wantGate(id, "flag /checkout/releases", rollout.GateWait, "There is no parameter /checkout/releases")
		w.Flag("/checkout/releases", "off")
		w.Pass(5 * time.Minute)
		w.wantGate(id, "flag /checkout/releases", rollout.GateWait, `is "off", and must be "on"`)
		w.Flag("/checkout/releases", "on")
		w.Pass(5 * time.Minute)
		if r := w.asItIs(id); r.Started.IsZero() {
			t.Errorf("it has not begun:\n%s", Story(r))
		}
	})
}

func TestAllGatesThatAreShutAreTold(t *testing.T) {
	RunWith(t, Options{Edit: WithGates}, func(w *World) {
		w.Given(Gated(office + "," + millennia + "," + flag))
		id := w.Requested("2")
		w.Pass(time.Minute)
		if shut := w.asItIs(id).Shut(); len(shut) != 3 {
			t.Errorf("%d gates are told, want all three: %+v", len(shut), shut)
		}
	})
}

func TestReleaseIsRejectedWhenItsGateStaysShutOrMayNotBeWaitedFor(t *testing.T) {
	for name, test := range map[string]struct{ gates, reason string }{
		"longer than its queue limit": {office, "it waited longer than 24h: gate windows: It is outside of the windows"},
		"and the policy is to reject": {office + `,"whenShut":"reject"`, "gate windows is shut: It is outside of the windows"},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Given(Gated(test.gates))
				r := w.Ended(w.Requested("2"))
				if r.End != rollout.Rejected || !strings.Contains(r.Rejection.Reason, test.reason) || r.Rejection.Remedy == "" {
					t.Errorf("%s %+v, want a rejection: %s", r.End, r.Rejection, test.reason)
				}
				if took := r.Ended.Sub(r.Created); took > 24*time.Hour+time.Minute {
					t.Errorf("it was rejected after %v", took)
				}
			})
		})
	}
}

// A fix must be able to pass while another release waits for its calendar.
func TestReleaseBeforeItsGatesDoesNotHoldTheTarget(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(longer(Gated(office)))
		waits := w.Requested("2")
		w.Pass(time.Minute)
		w.Define(Canary)
		fix := w.Ended(w.Requested("3"))
		if fix.End != rollout.Succeeded || w.Serves() != "3" || w.asItIs(waits).End != "" {
			t.Errorf("the fix ended %s:\n%s", fix.End, Story(fix))
		}
	})
}

// What was open when the release came to its gates may be shut when it comes out of the queue.
func TestGatesAreLookedAtAgainAfterTheQueue(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(longer(Gated(`"windows":[{"from":"00:00","until":"00:20","zone":"UTC"}]`)))
		first := w.Requested("2")
		w.AtStep(first, 0)
		second := w.Requested("3")
		w.Ended(first)
		w.Pass(time.Minute)
		w.wantGate(second, "windows", rollout.GateWait, "opens on Sun 2 Jan 00:00 UTC")
		if r := w.Ended(second); r.Started.UTC().Day() != 2 {
			t.Errorf("it began at %v:\n%s", r.Started.UTC(), Story(r))
		}
	})
}

func TestAbortEndsTheWaitBeforeAGateAtOnce(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(Gated(office))
		id := w.Requested("2")
		w.Pass(time.Minute)
		w.Aborted(id)
		w.Pass(10 * time.Second)
		w.Then(w.asItIs(id), rollout.Aborted, began+looks+"Gates "+ends, "1")
	})
}

func TestSomebodyWhoIsNamedOverridesWhatIsShut(t *testing.T) {
	RunWith(t, Options{Edit: WithGates}, func(w *World) {
		w.Given(Gated(office + "," + flag + `,"override":["grace"]`))
		id := w.Requested("2")
		w.Pass(time.Minute)
		w.Overrides(id, "grace", "the fix cannot wait", "")
		w.Pass(10 * time.Second)
		r := w.asItIs(id)
		if r.Started.IsZero() || len(r.Overrides) != 1 {
			t.Fatalf("it has not begun, or the override is not in the record: %+v\n%s", r.Overrides, Story(r))
		}
		o := r.Overrides[0]
		if o.By != "grace" || o.How != rollout.ByEvent || o.Reason != "the fix cannot wait" || fmt.Sprint(o.Gates) != "[windows flag /checkout/releases]" || o.At.IsZero() {
			t.Errorf("the record says %+v", o)
		}
		w.Redeliver("decide", w.LastEvent("decide"))
		if r = w.Ended(id); r.End != rollout.Succeeded || len(r.Overrides) != 1 || strings.Count(Story(r), "Overrides gates windows, flag /checkout/releases (by event): the fix cannot wait") != 1 {
			t.Errorf("%s, %d overrides:\n%s", r.End, len(r.Overrides), Story(r))
		}
	})
}

func TestOverrideThatDoesNotCountLeavesALineAndOpensNothing(t *testing.T) {
	for name, test := range map[string]struct {
		gates, by, reason, gate string
		said                    string
	}{
		"somebody else":             {office + `,"override":["grace"]`, "linus", "please", "", `The override of "linus" does not count: "linus" is not among those who may override by event; ask one of grace.`},
		"somebody unknown":          {office + `,"override":["grace"]`, "mallory", "please", "", "does not count"},
		"without a reason":          {office + `,"override":["grace"]`, "grace", " ", "", "it has no reason"},
		"nobody may":                {office, "grace", "please", "", "nobody may override the gates of checkout"},
		"a gate that there is none": {office + `,"override":["grace"]`, "grace", "please", "freezes", `gate "freezes" is not shut; name one of: windows`},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Given(Gated(test.gates))
				id := w.Requested("2")
				w.Pass(time.Minute)
				w.Overrides(id, test.by, test.reason, test.gate)
				w.Pass(5 * time.Minute)
				r := w.asItIs(id)
				if !r.Started.IsZero() || len(r.Overrides) != 0 || !strings.Contains(Story(r), test.said) {
					t.Errorf("overrides %+v, want none and the line %q:\n%s", r.Overrides, test.said, Story(r))
				}
			})
		})
	}
}

// A word opens the gates that it is about: neither what it does not name, nor the lease, nor a red guard alarm.
func TestOverrideOpensNothingElse(t *testing.T) {
	t.Run("another gate", func(t *testing.T) {
		RunWith(t, Options{Edit: WithGates}, func(w *World) {
			w.Given(Gated(office + "," + flag + `,"override":["grace"]`))
			id := w.Requested("2")
			w.Pass(time.Minute)
			w.Overrides(id, "grace", "I know", "windows")
			w.Pass(10 * time.Minute)
			if r := w.asItIs(id); !r.Started.IsZero() || len(r.Shut()) != 1 {
				t.Errorf("shut are %+v, want the flag:\n%s", r.Shut(), Story(r))
			}
			w.Flag("/checkout/releases", "on")
			if r := w.Ended(id); r.End != rollout.Succeeded {
				t.Errorf("ended %s:\n%s", r.End, Story(r))
			}
		})
	})
	t.Run("a red guard alarm", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(Gated(office + `,"override":["grace"]`))
			w.RedAlarm(Alarm)
			id := w.Requested("2")
			w.Pass(time.Minute)
			w.Overrides(id, "grace", "I know", "")
			if r := w.Ended(id); r.End != rollout.Rejected || !strings.Contains(r.Rejection.Reason, "red already") {
				t.Errorf("ended %s %+v", r.End, r.Rejection)
			}
		})
	})
	t.Run("the lease", func(t *testing.T) {
		Run(t, func(w *World) {
			w.Given(Gated(`"windows":[{"from":"00:00","until":"00:04","zone":"UTC"}],"override":["grace"]`))
			first := w.Requested("2")
			w.AtStep(first, 0)
			w.At("2000-01-01T00:05:00Z")
			second := w.Requested("3")
			w.Pass(10 * time.Second)
			w.Overrides(second, "grace", "I know", "")
			w.Pass(time.Minute)
			if r := w.asItIs(second); !r.Started.IsZero() || !strings.Contains(Story(r), "Waits in the queue behind release "+first) {
				t.Errorf("it does not wait for the target:\n%s", Story(r))
			}
		})
	})
}

// What people see of the gates, and that they can override there; whoever is not named is not offered it.
func TestPageShowsTheGatesAndTakesAnOverride(t *testing.T) {
	RunWith(t, Options{Edit: WithGates}, func(w *World) {
		definition := with(Gated(office+","+flag+`,"override":["dan"]`), `"linus":{"event":"linus"}`, `"linus":{"event":"linus"},"dan":{"mail":"dan@example.com"}`)
		w.Given(definition)
		w.Flag("/checkout/releases", "on")
		id := w.Requested("2")
		w.Pass(5 * time.Minute)
		b := w.Browser().Opens(w.Invited(id)).Continues()
		if !strings.Contains(b.Page, "Shut: windows") || !strings.Contains(b.Page, "Open: flag /checkout/releases") || !strings.Contains(b.Page, "Waiting for a gate") {
			t.Errorf("the page does not show the gates:\n%s", b.Page)
		}
		b.Presses("override", "the fix cannot wait")
		w.Pass(time.Minute)
		r := w.asItIs(id)
		if len(r.Overrides) != 1 || r.Overrides[0].By != "dan" || r.Overrides[0].How != rollout.ByMail || r.Started.IsZero() {
			t.Errorf("overrides %+v:\n%s", r.Overrides, Story(r))
		}
		var view struct {
			Gates []struct{ Name, Verdict, Word, Why string }
			May   struct{ Override bool }
		}
		w.must(json.Unmarshal([]byte(b.Goes("/releases/"+id+".json").Page), &view))
		if len(view.Gates) != 2 || view.Gates[0].Name != "windows" || view.Gates[0].Word != "Overridden" || view.Gates[0].Why == "" || view.Gates[1].Verdict != "pass" || view.May.Override {
			t.Errorf("the JSON says %+v", view)
		}
	})
}

func TestMutedGuardAlarmKeepsTheReleaseOutUntilItSpeaks(t *testing.T) {
	RunWith(t, Options{Edit: WithGates}, func(w *World) {
		w.Given(Gated(`"unmuted":true`))
		over := time.Now().Add(50 * time.Minute)
		w.Muted(Alarm, over)
		id := w.Requested("2")
		w.Pass(time.Minute)
		w.wantGate(id, "unmuted", rollout.GateWait, "Guard alarm checkout-errors is silenced by mute rule maintenance, so it would not bring the release back, until Sat 1 Jan 00:5")
		r := w.Ended(id)
		if r.End != rollout.Succeeded || r.Started.Sub(over).Abs() > 2*time.Minute {
			t.Errorf("%s, begun at %v, want it when the mute is over:\n%s", r.End, r.Started.UTC(), Story(r))
		}
		w.quiet()
	})
}

func TestMutedGuardAlarmMattersOnlyWhereItWouldHold(t *testing.T) {
	RunWith(t, Options{Edit: WithGates}, func(w *World) {
		w.Given(with(Gated(`"unmuted":true`), `"alarms":["checkout-errors"]`, `"alarms":["checkout-errors"],"whenMuted":"rollBack"`))
		w.Muted(Alarm, time.Now().Add(50*time.Minute))
		id := w.Requested("2")
		w.Pass(time.Minute)
		if r := w.asItIs(id); r.Started.IsZero() {
			t.Errorf("it has not begun:\n%s", Story(r))
		}
	})
}

func TestPeopleInSlackSeeWhatKeepsTheReleaseOut(t *testing.T) {
	RunWith(t, Options{Edit: WithGates}, func(w *World) {
		w.Given(chatting(Gated(office)))
		id := w.Requested("2")
		w.Pass(time.Minute)
		m, thread := w.chat()
		if !strings.Contains(Says(m), "Gate windows is shut: It is outside of the windows") || !strings.Contains(thread, "Gate windows is shut") {
			t.Errorf("the message says\n%s\n%s", Says(m), thread)
		}
		w.Pass(3 * time.Hour)
		if got := w.Told(id); !equal(got, []string{"held"}) {
			t.Errorf("people heard %v, want one word for one change", got)
		}
	})
}
