package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// spoken makes the first orders to Sluice's address fail as Lambda does, after they arrived or before.
func spoken(times int64, after bool) func(http.Handler) http.Handler {
	var n atomic.Int64
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.UserAgent() != "sluice" || n.Add(1) > times {
				next.ServeHTTP(w, r)
				return
			}
			if after {
				next.ServeHTTP(discarded{http.Header{}}, r)
			}
			http.Error(w, "Internal Server Error", http.StatusBadGateway)
		})
	}
}

// discarded is an answer that nobody gets.
type discarded struct{ header http.Header }

func (d discarded) Header() http.Header         { return d.header }
func (d discarded) Write(p []byte) (int, error) { return len(p), nil }
func (d discarded) WriteHeader(int)             {}

// A job that cannot reach Sluice for a moment makes one release, however often its request arrived.
func TestReleaseIsAskedForUntilSluiceAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		times  int64
		after  bool
		status int
		says   string
	}{
		"a moment":                   {5, false, done, "version 2 of checkout was asked for."},
		"a moment, after it arrived": {5, true, done, "version 2 of checkout was asked for."},
		"for good":                   {1 << 40, false, wrongUse, "Sluice failed (502)"},
	} {
		t.Run(name, func(t *testing.T) {
			scenario.RunWith(t, scenario.Options{Wrap: spoken(test.times, test.after)}, func(w *scenario.World) {
				w.Given(scenario.Canary)
				says(w, "release checkout 2", test.status, test.says)
				if seen, _ := spells(w, "list"); strings.Count(seen, "checkout-") > 1 {
					t.Errorf("there is more than one release:\n%s", seen)
				}
			})
		})
	}
}

// In China functions have no addresses: a job asks by an event, follows the record, and leaves what came of it for the steps after it.
func TestJobReleasesWhereFunctionsHaveNoAddresses(t *testing.T) {
	scenario.RunWith(t, scenario.Options{Region: "cn-north-1"}, func(w *scenario.World) {
		w.Given(scenario.Canary)
		file := filepath.Join(t.TempDir(), "result")
		says(w, "release checkout 2 -w --author ada --result "+file, done, "asked for, by an event.", "succeeded. The candidate serves all traffic.")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		id, _, _ := strings.Cut(strings.TrimPrefix(string(text), "release="), "\n")
		if r, _ := w.Recorded(id); r.End != rollout.Succeeded || r.Revision.Author != "ada" || !strings.Contains(string(text), "\nend=succeeded\n") {
			t.Errorf("%+v, and the result is %q", r.Revision, text)
		}
	})
}
