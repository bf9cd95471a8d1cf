package redrive

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"

	"sluice/events"
	"sluice/infra/session"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// told does what a person asks for, such as "guard -send all", and answers what was printed.
func told(w *scenario.World, asked string) (string, error) {
	words := append(strings.Fields(asked), "", "", "")
	wish := Wish{Function: words[0]}
	for flag, field := range map[string]*string{"-show": &wish.Show, "-send": &wish.Send, "-drop": &wish.Drop} {
		for i, word := range words {
			if word == flag {
				*field = words[i+1]
			}
		}
	}
	return tell(w, "sandbox", wish)
}

func tell(w *scenario.World, environment string, wish Wish) (string, error) {
	var out bytes.Buffer
	open := func(context.Context) (session.Engine, error) {
		return session.Engine{Environment: environment, AWS: w.Sandbox.Config("")}, nil
	}
	err := Run(context.Background(), wish, open, os.DirFS("../.."), time.Now, &out)
	return out.String(), err
}

// lost is a world in which SNS did not answer while notify tried to tell of a release: its events are dead letters now.
func lost(t *testing.T, story func(w *scenario.World)) {
	down := sandboxtest.Fail("sns:Publish", 9*2, &snstypes.InternalErrorException{}) // three tries of each of two events, each three times
	scenario.RunWith(t, scenario.Options{Middleware: []wire.Middleware{down}}, func(w *scenario.World) {
		w.Given(scenario.Canary)
		w.Subscribe()
		w.GivesUp("notify")
		w.Requested("77") // there is no such version
		w.Requested("78")
		w.Pass(20 * time.Minute)
		if n := w.DeadLetters("notify"); n != 2 {
			t.Fatalf("%d dead letters, want 2", n)
		}
		story(w)
	})
}

func TestEventThatNobodyHandledReachesPeopleAfterAll(t *testing.T) {
	lost(t, func(w *scenario.World) {
		text, err := told(w, "notify")
		if err != nil || strings.Count(text, "release.rejected") != 2 || !strings.Contains(text, "--send all") {
			t.Fatalf("the list says %v\n%s", err, text)
		}
		if w.DeadLetters("notify") != 2 {
			t.Fatal("looking at events took some away")
		}
		before := w.Mail()
		if text, err := told(w, "notify -send all"); err != nil || strings.Count(text, ": handled") != 2 {
			t.Errorf("sending says %v\n%s", err, text)
		}
		mail := strings.TrimPrefix(w.Mail(), before)
		if !strings.Contains(mail, "has no version 77") || !strings.Contains(mail, "has no version 78") || w.DeadLetters("notify") != 0 {
			t.Errorf("%d events are left, and people got only\n%s", w.DeadLetters("notify"), mail)
		}
		if _, err := told(w, "notify -send all"); err == nil || !strings.Contains(err.Error(), "is empty") {
			t.Errorf("sending nothing says %v", err)
		}
	})
}

func TestEventThatFailsAgainStaysInTheQueue(t *testing.T) {
	scenario.Run(t, func(w *scenario.World) {
		w.Given(scenario.Canary)
		w.GivesUp("guard")
		w.Redeliver("guard", []byte(`"no event"`))
		w.Pass(10 * time.Minute)
		text, err := told(w, "guard -send all")
		if err == nil || !strings.Contains(err.Error(), "1 failed again and stay") || !strings.Contains(text, "no event") {
			t.Errorf("it says %v\n%s", err, text)
		}
		if w.DeadLetters("guard") != 1 {
			t.Fatal("the event is lost")
		}
		text, err = told(w, "guard")
		if err != nil {
			t.Fatal(err)
		}
		id := strings.Fields(strings.Split(text, "\n")[1])[0]
		if text, err := told(w, "guard -show "+id); err != nil || !strings.Contains(text, `"no event"`) || !strings.Contains(text, "ErrorMessage: ") {
			t.Errorf("showing it says %v\n%s", err, text)
		}
		if text, err := told(w, "guard -drop "+id); err != nil || !strings.Contains(text, "removed") || w.DeadLetters("guard") != 0 {
			t.Errorf("removing it says %v\n%s", err, text)
		}
	})
}

func TestWrongUseSaysWhatIsRight(t *testing.T) {
	scenario.Run(t, func(w *scenario.World) {
		for arguments, says := range map[string]string{
			"":                          "no function is named",
			"plan":                      "a function that events wake",
			"guard -send all -drop all": "choose one",
			"guard -drop 1":             "too short for an id",
			"guard -drop 1f0c2b3a":      "holds no event whose id begins with",
			"gaurd":                     `there is no function "gaurd"; did you mean guard?`,
			"sluice-sandbox-guard":      "write one of admit, ask, build, button",
		} {
			if _, err := told(w, arguments); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%q: %v, want %q", arguments, err, says)
			}
		}
		if _, err := tell(w, "nowhere", Wish{Function: "guard"}); err == nil || !strings.Contains(err.Error(), `"nowhere" the environment`) {
			t.Errorf("elsewhere: %v", err)
		}
	})
}

// What a person said counts only through the function that recognised them, and the queue does not know which that was.
func TestWordThatNobodyHandledCountsAfterAll(t *testing.T) {
	down := byhand.For("decide", sandboxtest.Fail("dynamodb:GetItem", 3*3, &ddbtypes.InternalServerError{})) // three tries of three attempts
	scenario.RunWith(t, scenario.Options{Middleware: []wire.Middleware{down}}, func(w *scenario.World) {
		w.Given(strings.Replace(scenario.Canary, `{"event":"grace"}`, `{"mail":"grace@example.com"}`, 1))
		w.GivesUp("decide")
		id := w.Requested("2")
		w.AtStep(id, 0)
		word, err := json.Marshal(events.Spoken{Word: &events.Word{Release: id, Do: events.Abort, How: rollout.ByMail, By: "grace@example.com"}})
		if err != nil {
			t.Fatal(err)
		}
		w.Redeliver("decide", word)
		w.Pass(5 * time.Minute)
		if text, err := told(w, "decide"); err != nil || !strings.Contains(text, "abort "+id+", said by grace@example.com (mail)") {
			t.Fatalf("the list does not say whose word it is: %v\n%s", err, text)
		}
		if text, err := told(w, "decide -send all"); err != nil || !strings.Contains(text, ": handled") {
			t.Errorf("sending says %v\n%s", err, text)
		}
		if r := w.Ended(id); r.End != rollout.Aborted {
			t.Errorf("the release ended %s", r.End)
		}
	})
}
