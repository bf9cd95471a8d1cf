package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"sluice/infra/screen"
	"sluice/infra/session"
	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// spells types a command as a person does who has no terminal, and answers what they see and the exit status.
func spells(w *scenario.World, words ...string) (seen string, status int) {
	return spellsAs(w, "", words...)
}

// spellsAs types with the key of a role; the empty role is the person at the keyboard.
func spellsAs(w *scenario.World, role string, words ...string) (seen string, status int) {
	var out bytes.Buffer
	d := desk{
		out: &out, errs: &out, pen: screen.Pen{Columns: 80}, checkout: "../..", now: time.Now, getenv: func(string) string { return "" },
		find: func(_ context.Context, environment, _ string) (session.Engine, error) {
			return session.Engine{Environment: "sandbox", AWS: w.Sandbox.Config(role)}, nil
		},
	}
	status = d.run(w.T.Context(), words)
	return out.String(), status
}

// says checks what a command says and how it ends.
func says(w *scenario.World, words string, status int, parts ...string) {
	w.T.Helper()
	seen, got := spells(w, strings.Fields(words)...)
	if got != status {
		w.T.Errorf("sluice %s: exit status %d, want %d\n%s", words, got, status, seen)
	}
	for _, part := range parts {
		if !strings.Contains(strings.Join(strings.Fields(seen), " "), part) {
			w.T.Errorf("sluice %s does not say %q\n%s", words, part, seen)
		}
	}
}

func TestServicesNameShowsTheReleaseThatRuns(t *testing.T) {
	scenario.Run(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		says(w, "get checkout", wrongUse, "nothing of checkout was released in sandbox yet", "sluice release checkout REVISION")
		says(w, "__complete get c", done, "checkout :4") // 4: no names of files
		says(w, "completion zsh", done, "#compdef sluice")
		id := w.Requested("2")
		w.AtStep(id, 1)
		w.Pass(3 * time.Minute)
		says(w, "get checkout", done, "checkout Running at 25 %", id, "version 1 75 %", "25 % version 2", "5 min left", "Requested by story", "sluice abort checkout -e sandbox")
		says(w, "list", done, "checkout Running at 25 % 1 → 2")
		says(w, "list --running", done, "checkout Running at 25 %")
		says(w, "why checkout", done, "It has not ended")
		seen, _ := spells(w, "get", id, "-o", "json")
		var v struct {
			ID    string `json:"id"`
			Split struct{ Weight float64 }
		}
		if err := json.Unmarshal([]byte(seen), &v); err != nil || v.ID != id || v.Split.Weight != 25 {
			t.Errorf("%v, %+v\n%s", err, v, seen)
		}
		w.Ended(id)
		says(w, "list --running", done, "Nothing is being released in sandbox.")
		says(w, "why checkout", done, "It succeeded", "Keep version 1 until")
	})
}

func TestEveryMistypedWordIsAnsweredWithTheRightOne(t *testing.T) {
	scenario.Run(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		for words, want := range map[string]string{
			"get chekout":               `sandbox has no service "chekout"; did you mean checkout?`,
			"get checkout-0123456789ab": "sandbox has no release checkout-0123456789ab; sluice list",
			"get":                       "a word is missing; write: sluice get SERVICE",
			"get checkout shop":         `"shop" was not expected`,
			"gte checkout":              `there is no command "gte"; did you mean get?`,
			"get checkout -o yaml":      `there is no output "yaml": write -o json`,
			"get checkout --wait":       "unknown flag: --wait; sluice get --help",
			"plan chekout":              "did you mean checkout?",
			"redrive gaurd":             "did you mean guard?",
			"redrive guard --send":      "flag needs an argument: --send",
			"replay a b":                `"b" was not expected`,
		} {
			says(w, words, wrongUse, want)
		}
	})
}

// A release that never begins is no success of who asked for it.
func TestReleaseThatIsTurnedAwayAtOnceIsAnswered(t *testing.T) {
	scenario.Run(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		says(w, "release checkout 99", rejected, "version 99 of checkout was asked for", "rejected.", "Why:", "What to do:")
		says(w, "release checkout 1", done, "succeeded.", "serves all traffic already")
		begun := time.Now()
		says(w, "release checkout 2", done, "version 2 of checkout was asked for", "Follow it: sluice get checkout-")
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("it took %s until the release was on its way", took)
		}
		says(w, "release checkout 3", done, "version 3 of checkout was asked for", "Follow it:") // it waits for its turn
	})
}

func TestWatchEndsAsTheReleaseDoes(t *testing.T) {
	for name, test := range map[string]struct {
		meanwhile func(w *scenario.World)
		status    int
		says      string
	}{
		"promoted":       {func(*scenario.World) {}, done, "succeeded. The candidate serves all traffic."},
		"an alarm":       {func(w *scenario.World) { w.AlarmRed(scenario.Alarm) }, wentBack, "Why: Guard alarm checkout-errors went red"},
		"no such thing":  {nil, rejected, "What to do:"},
		"does not wait ": {func(*scenario.World) {}, noEnd, "goes on: it has not ended within 1m"},
	} {
		t.Run(name, func(t *testing.T) {
			scenario.Run(t, func(w *scenario.World) {
				w.Given(scenario.Canary)
				words := "get checkout -w"
				if test.meanwhile == nil {
					w.Requested("77")
					w.Pass(time.Second)
				} else {
					w.AtStep(w.Requested("2"), 0)
					test.meanwhile(w)
				}
				if test.status == noEnd {
					words += " --patience 1m"
				}
				says(w, words, test.status, test.says)
			})
		})
	}
}

func TestWhyTellsWhyTheLastOneWentBack(t *testing.T) {
	scenario.Run(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		bad := w.Requested("2")
		w.AtStep(bad, 1)
		w.AlarmRed(scenario.Alarm)
		w.Ended(bad)
		w.AlarmGreen(scenario.Alarm)
		if r := w.Ended(w.Requested("2")); r.End != rollout.Succeeded {
			t.Fatalf("the second one ended %s", r.End)
		}
		says(w, "why checkout", done, bad, "An alarm went red ("+scenario.Alarm+")", "at step 2 of 4, 25 %")
	})
}

// Whoever may not read is told what they need.
func TestWhoMayNotReadIsToldWhichPolicyIsMissing(t *testing.T) {
	scenario.Run(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		seen, status := spellsAs(w, "sluice-sandbox-nobody", "get", "checkout")
		if status != wrongUse || !strings.Contains(seen, "OperatorPolicy") {
			t.Errorf("exit status %d\n%s", status, seen)
		}
	})
}
