package scenario

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"sluice/shared/rollout"
)

const (
	staged   = "/checkout/staging/limit"
	produced = "/checkout/production/limit"
)

// carrying is a definition that carries a parameter, at a place.
func carrying(place, from string) string {
	return Hooking(Canary, `{"name":"limits",`+place+`,"carry":[{"parameter":"`+produced+`","from":"`+from+`"}]}`)
}

// What people saw is written before the first traffic, and put back with the traffic: by an alarm during the release, and by one after the promotion.
func TestReleaseCarriesAParameterAndPutsItBack(t *testing.T) {
	for name, test := range map[string]struct {
		given        func(w *World)
		serves, back string
	}{
		"that changes":            {func(w *World) { w.Flag(produced, "10") }, "20 at version 2", "10 at version 3"},
		"that is created":         {func(*World) {}, "20 at version 1", "none"},
		"that is as it should be": {func(w *World) { w.Flag(produced, "20") }, "20 at version 1", "20 at version 1"},
	} {
		for when, red := range map[string]time.Duration{"during the release": 15 * time.Minute, "after the promotion": 65 * time.Minute} {
			t.Run(name+", "+when, func(t *testing.T) {
				RunWith(t, Options{Edit: WithHooks}, func(w *World) {
					w.Given(carrying(`"before":"first"`, staged))
					w.Flag(staged, "20")
					test.given(w)
					id := w.Requested("2")
					w.AtStep(id, 0)
					if got := w.Parameter(produced); got != test.serves {
						t.Errorf("with the first traffic the parameter is %s, want %s", got, test.serves)
					}
					w.Pass(red)
					w.AlarmRed(Alarm)
					r := w.Ended(id)
					w.Pass(time.Minute)
					if got := w.Parameter(produced); r.End != rollout.RolledBack || w.Serves() != "1" || got != test.back {
						t.Errorf("%s, and the parameter is %s, want %s\n%s", r.End, got, test.back, Story(w.asItIs(id)))
					}
					w.wantRan(id, "limits-back", rollout.GatePass, produced)
					w.quiet()
				})
			})
		}
	}
}

// A promotion keeps what it carried, and the page says what that was.
func TestPromotionKeepsWhatItCarried(t *testing.T) {
	RunWith(t, Options{Edit: WithHooks}, func(w *World) {
		w.Given(carrying(`"before":"promotion"`, staged))
		w.Flag(staged, "20")
		w.Flag(produced, "10")
		id := w.Requested("2")
		w.AtStep(id, 1)
		w.Flag(staged, "30") // of no interest any more: people saw 20
		r := w.Ended(id)
		w.Pass(time.Minute)
		if got := w.Parameter(produced); r.End != rollout.Succeeded || got != "20 at version 2" || !strings.Contains(Story(r), "It carries: "+produced+": 10 becomes 20.") {
			t.Errorf("%s, the parameter is %s\n%s", r.End, got, Story(r))
		}
	})
}

// The label says which version has been tried.
func TestReleaseCarriesTheVersionWithALabel(t *testing.T) {
	RunWith(t, Options{Edit: WithHooks}, func(w *World) {
		w.Given(carrying(`"before":"first"`, staged+":tested"))
		w.Flag(staged, "20")
		_, err := w.Parameters.LabelParameterVersion(w.ctx, &ssm.LabelParameterVersionInput{Name: aws.String(staged), Labels: []string{"tested"}})
		w.must(err)
		w.Flag(staged, "30")
		w.Ended(w.Requested("2"))
		if got := w.Parameter(produced); got != "20 at version 1" {
			t.Errorf("the parameter is %s", got)
		}
	})
}

// A secret is in no record, page, message or log.
func TestSecretThatIsCarriedIsShownToNobody(t *testing.T) {
	RunWith(t, Options{Edit: WithHooks}, func(w *World) {
		w.Given(carrying(`"before":"first"`, staged))
		w.Secret(staged, "hunter2-new")
		w.Secret(produced, "hunter2-old")
		id := w.Requested("2")
		w.AtStep(id, 0)
		if got := w.Parameter(produced); got != "hunter2-new at version 2" {
			t.Errorf("the parameter is %s", got)
		}
		w.AlarmRed(Alarm)
		w.Ended(id)
		w.Pass(time.Minute)
		if got := w.Parameter(produced); got != "hunter2-old at version 3" {
			t.Errorf("the parameter is %s", got)
		}
		record, err := json.Marshal(w.asItIs(id))
		w.must(err)
		if strings.Contains(string(record), "hunter2") {
			t.Errorf("the record has it: %s", record)
		}
		if !strings.Contains(string(record), "of the secret "+staged) {
			t.Errorf("the record does not say that a secret is carried: %s", record)
		}
	})
}

// What was shown is written, or nothing; and what somebody else wrote stays.
func TestWhatSomebodyElseWroteStays(t *testing.T) {
	t.Run("before it is carried", func(t *testing.T) {
		RunWith(t, Options{Edit: WithHooks}, func(w *World) {
			w.Given(carrying(`"beforeStep":2`, staged))
			w.Flag(staged, "20")
			w.Flag(produced, "10")
			id := w.Requested("2")
			w.AtStep(id, 0)
			w.Flag(produced, "11")
			r := w.Ended(id)
			w.Pass(time.Minute)
			if got := w.Parameter(produced); r.End != rollout.RolledBack || got != "11 at version 2" || !strings.Contains(r.Cause.Reason, "at version 2 now, and was at version 1 when the release was planned") {
				t.Errorf("%s %+v, the parameter is %s", r.End, r.Cause, got)
			}
		})
	})
	t.Run("after it was carried", func(t *testing.T) {
		RunWith(t, Options{Edit: WithHooks}, func(w *World) {
			w.Given(carrying(`"before":"first"`, staged))
			w.Flag(staged, "20")
			w.Flag(produced, "10")
			id := w.Requested("2")
			w.AtStep(id, 0)
			w.Flag(produced, "12")
			w.AlarmRed(Alarm)
			w.Ended(id)
			w.Pass(time.Minute)
			if got := w.Parameter(produced); got != "12 at version 3" {
				t.Errorf("the parameter is %s", got)
			}
			w.wantRan(id, "limits-back", rollout.GateFail, "it is at version 3, and stays as it is")
			if told := w.Told(id); !slices.Contains(told, "hook-failed") {
				t.Errorf("people heard %v", told)
			}
		})
	})
}

func TestReleaseThatCannotCarryIsRejected(t *testing.T) {
	for name, test := range map[string]struct {
		given  func(w *World)
		reason string
	}{
		"what is not there":          {func(*World) {}, "there is no parameter " + staged},
		"a secret into what is none": {func(w *World) { w.Secret(staged, "20"); w.Flag(produced, "10") }, staged + " is a SecureString and " + produced + " a String"},
	} {
		t.Run(name, func(t *testing.T) {
			RunWith(t, Options{Edit: WithHooks}, func(w *World) {
				w.Given(carrying(`"before":"first"`, staged))
				test.given(w)
				r := w.Ended(w.Requested("2"))
				if r.End != rollout.Rejected || !strings.Contains(r.Rejection.Reason, test.reason) || w.Serves() != "1" {
					t.Errorf("%s %+v", r.End, r.Rejection)
				}
			})
		})
	}
}
