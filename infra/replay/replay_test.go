package replay

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/infra/session"
	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// recorded is half an hour in which the candidate of checkout failed twice as often, under checks that tolerate five times.
func recorded() judge.Record {
	begun := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC).Unix()
	rec := judge.Record{
		Release: "checkout-1f0c2b3a4d5e", Service: "checkout", Stable: "41", Candidate: "42", End: rollout.Succeeded, Shifts: []int64{begun},
		Steps:      []rollout.Step{{Weight: 1000, Bake: rollout.Duration(30 * time.Minute)}},
		Definition: rollout.Definition{Service: "checkout", Checks: rollout.Checks{Errors: []rollout.Compared{{Tolerate: 5, Cluster: 1}}}},
	}
	for m := range int64(30) {
		rec.Minutes = append(rec.Minutes, judge.Minute{Key: "errors0", Point: judge.Point{At: begun + 60*m, Arms: judge.Arms{
			Candidate: judge.Counts{Requests: 1000, Errors: 30}, Stable: judge.Counts{Requests: 9000, Errors: 90},
		}}})
	}
	return rec
}

func TestReplayTellsWhatOtherChecksWouldHaveSaid(t *testing.T) {
	stricter := recorded().Definition.Checks
	stricter.Errors = []rollout.Compared{{Tolerate: 1.25, Cluster: 1}}
	text := report(recorded(), stricter)
	then, now, found := strings.Cut(text, "By the checks in this checkout:")
	if !found || strings.Contains(then, "Fail") || !strings.Contains(now, "Fail") || !strings.Contains(now, "about 3 times as many") {
		t.Errorf("it says\n%s", text)
	}
	if !strings.Contains(report(recorded(), recorded().Definition.WithDefaults().Checks), "The checks in this checkout are the same.") {
		t.Error("it does not say that nothing was changed")
	}
	stricter.Latency = []rollout.Slower{{}}
	if text := report(recorded(), stricter); !strings.Contains(text, "count what was not recorded (latency0)") {
		t.Errorf("it says\n%s", text)
	}
}

func TestReplayReadsAFileAndSaysWhatIsWrong(t *testing.T) {
	folder := t.TempDir()
	good, bad, again := filepath.Join(folder, "good.json"), filepath.Join(folder, "bad.json"), filepath.Join(folder, "again.json")
	text, err := json.Marshal(recorded())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{good: text, bad: []byte(`{"release":""}`)} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	judged := func(w Wish) error {
		w.Root = "../.."
		if w.Environment == "" {
			w.Environment = "production"
		}
		return Run(t.Context(), w, func(context.Context) (session.Engine, error) {
			return session.Engine{}, errors.New("nobody is logged in")
		}, &out)
	}
	if err := judged(Wish{File: good, Export: again}); err != nil || !strings.Contains(out.String(), "version 42 beside 41 of checkout, succeeded") {
		t.Errorf("%v\n%s", err, out.String())
	}
	if err := judged(Wish{File: again}); err != nil {
		t.Errorf("what it exported cannot be read: %v", err)
	}
	for says, wish := range map[string]Wish{
		"download it from the release's page": {File: bad},
		"no release is named":                 {},
		"leave one out":                       {File: good, Release: "checkout-1f0c2b3a4d5e"},
		`"checkout" is no id of a release: it is the service and twelve characters`: {Release: "checkout"},
		"did you mean prod?":  {Environment: "Prod", Release: "checkout-1f0c2b3a4d5e"},
		"no such file":        {File: folder + "/none"},
		"nobody is logged in": {Release: "checkout-1f0c2b3a4d5e"},
	} {
		if err := judged(wish); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: %v, want %q", wish, err, says)
		}
	}
}
