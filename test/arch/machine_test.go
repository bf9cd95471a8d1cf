package arch

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/shared/rollout"
)

type state struct {
	Type, Resource, Next, Default string
	End                           bool
	TimeoutSeconds                int
	TimeoutSecondsPath            string
	Retry                         []struct{ ErrorEquals []string }
	Catch                         []struct {
		ErrorEquals []string
		Next        string
	}
	Choices []struct{ Variable, StringEquals, Next string }
}

func machine(t *testing.T) map[string]state {
	t.Helper()
	text, err := os.ReadFile("../../infra/release.asl.json")
	if err != nil {
		t.Fatal(err)
	}
	var m struct{ States map[string]state }
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m.States
}

// TestMachineAndTransitionTableAreOne compares the state machine's edges with the domain's.
func TestMachineAndTransitionTableAreOne(t *testing.T) {
	var drawn []rollout.Edge
	for name, s := range machine(t) {
		from := rollout.State(name)
		if s.Next != "" {
			drawn = append(drawn, rollout.Edge{From: from, To: rollout.State(s.Next), Why: "done"})
		}
		for _, c := range s.Choices {
			drawn = append(drawn, rollout.Edge{From: from, To: rollout.State(c.Next), Why: c.StringEquals})
		}
		if s.Default != "" { // whatever is not known goes back
			drawn = append(drawn, rollout.Edge{From: from, To: rollout.State(s.Default), Why: string(rollout.NextBack)})
		}
		for _, c := range s.Catch {
			why := "error"
			if slices.Contains(c.ErrorEquals, "States.Timeout") {
				why = "time-out"
			}
			drawn = append(drawn, rollout.Edge{From: from, To: rollout.State(c.Next), Why: why})
		}
	}
	order := func(a, b rollout.Edge) int {
		return strings.Compare(string(a.From+a.To)+a.Why, string(b.From+b.To)+b.Why)
	}
	want := slices.SortedFunc(slices.Values(rollout.Edges), order)
	slices.SortFunc(drawn, order)
	if diff := cmp.Diff(want, drawn); diff != "" {
		t.Errorf("transition table and release.asl.json differ (-table +asl):\n%s", diff)
	}
}

// TestEveryTaskRetriesCatchesAndEnds holds what section 4 of the design asks of each task.
func TestEveryTaskRetriesCatchesAndEnds(t *testing.T) {
	for name, s := range machine(t) {
		if s.Type != "Task" {
			continue
		}
		if len(s.Retry) == 0 {
			t.Errorf("%s has no Retry: one throttle would end the release", name)
		}
		// A Settle that fails ends the execution: sweep hears of it. After leads no release: there is no traffic to bring back.
		if len(s.Catch) == 0 && name != string(rollout.StateSettle) && name != string(rollout.StateAfter) {
			t.Errorf("%s has no Catch: an error would leave the traffic where it is", name)
		}
		if s.TimeoutSeconds == 0 && s.TimeoutSecondsPath == "" {
			t.Errorf("%s has no time-out: it could wait for ever", name)
		}
		ends := len(s.Catch) > 1 && s.Catch[0].ErrorEquals[0] == "States.Timeout"
		looksAgain := len(s.Retry) > 1 && s.Retry[0].ErrorEquals[0] == "States.Timeout"
		if waits := strings.HasSuffix(s.Resource, ".waitForTaskToken"); waits && !ends && !looksAgain {
			t.Errorf("%s waits by token, and its time-out is neither its end nor another look", name)
		}
	}
}
