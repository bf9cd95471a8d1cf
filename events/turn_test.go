package events_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"sluice/events"
)

func turn(input string) events.Turn {
	return events.Turn{Execution: "shop-c0d76431-b0e7-4a5b-97e3-e8ee786eb6f6", Since: time.Unix(1, 0), Asks: json.RawMessage(input)}
}

// There are no artifacts: the commit is one that somebody has named.
func TestTurnWaitsForTheReleaseThatItsInputNames(t *testing.T) {
	for input, want := range map[string]events.StageRequest{
		`{"service":"checkout","revision":"42","author":"ada"}`: {Service: "checkout", Revision: "42", Author: "ada"},
		`{"service":"checkout","commit":"c0ffee"}`:              {Service: "checkout", Commit: "c0ffee"},
	} {
		if got, err := turn(input).Reads(); err != nil || got != want {
			t.Errorf("%s: %+v (%v), want %+v", input, got, err, want)
		}
	}
	for input, field := range map[string]string{
		"": "Input", "[]": "Input", "{}": "Input.service", `{"service":"checkout"}`: "Input.revision", `{"service":"checkout","revison":"42"}`: "Input",
		`{"service":"checkout","revision":"#{Build.VERSION}"}`: "Input", `{"service":"checkout","revision":42}`: "Input",
	} {
		_, err := turn(input).Reads()
		var malformed *events.Malformed
		if !errors.As(err, &malformed) || malformed.Field != field || malformed.Remedy == "" {
			t.Errorf("%s: %v, want one about %s", input, err, field)
		}
	}
}

// The name becomes the key of a request, and the release's id is read from the table.
func TestTurnIsOfAnExecution(t *testing.T) {
	for name, change := range map[string]func(*events.Turn){
		"no name":           func(t *events.Turn) { t.Execution = "" },
		"a name with a dot": func(t *events.Turn) { t.Execution = "by.hand" },
		"a blank":           func(t *events.Turn) { t.Execution = "by hand" },
		"no time":           func(t *events.Turn) { t.Since = time.Time{} },
		"another item":      func(t *events.Turn) { t.Release = "lease#checkout" },
	} {
		if one := turn("{}"); !one.Known() {
			t.Fatal("a turn of CodePipeline's is not known")
		} else if change(&one); one.Known() {
			t.Errorf("%s: it is known", name)
		}
	}
}
