package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"sluice/test/sandbox/run/exhibit"
)

// runs are runs of the show one after the other, as far as the repository goes.
type runs struct {
	work
	base string
	hook hook
	told atomic.Int32 // pushes that the webhook heard of
}

func newRuns(t *testing.T) *runs {
	t.Helper()
	w := newWork(t) // the settings of git; the repository that it makes is not used
	t.Chdir(root(t))
	r := &runs{work: w, base: filepath.Join(t.TempDir(), "play")}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		r.told.Add(1)
		_, _ = io.WriteString(w, "Accepted")
	}))
	t.Cleanup(server.Close)
	r.hook = hook{Endpoint: server.URL, Host: "webhook", Secret: "secret"}
	return r
}

// root is that of the sources, wherever the test has gone.
func root(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join(sources, "../../.."))
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// sources is where the tests are.
var sources, _ = os.Getwd()

// begins opens the repository as a run does; end closes it.
func (r *runs) begins() (repository *repository, end func()) {
	r.t.Helper()
	home, err := claim(r.base)
	if err != nil {
		r.t.Fatal(err)
	}
	repository, err = openRepository(r.t.Context(), home, r.t.TempDir(), r.hook)
	if err != nil {
		r.t.Fatal(err)
	}
	return repository, func() { repository.close(); home.leave() }
}

// in runs git in the clone.
func (r *runs) in(repository *repository, args ...string) (string, error) {
	out, err := exec.Command("git", append([]string{"-C", repository.folder}, args...)...).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func (r *runs) writes(repository *repository, file, text string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(repository.folder, file), []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// Ctrl-C took the repository away, with what had not been pushed.
func TestNextRunGoesOnFromTheRepositoryWithWhatWasNotPushed(t *testing.T) {
	r := newRuns(t)
	first, end := r.begins()
	if _, _, err := first.push(t.Context(), exhibit.Change{Author: "ada", Message: "Faster checkout"}); err != nil {
		t.Fatal(err)
	}
	if todo := first.catchUp(t.Context()); todo != "" || first.kept {
		t.Errorf("a new repository: kept %v, and before a push %q is to be done", first.kept, todo)
	}
	r.writes(first, "main.go", "package main\n\nconst failing = 35.0 // mine\n") // the line that the show changes, too
	for _, args := range [][]string{{"add", "--all"}, {"commit", "--quiet", "--no-gpg-sign", "--message", "Mine"}} {
		if out, err := r.in(first, args...); err != nil {
			t.Fatal(out)
		}
	}
	mine, _ := r.in(first, "rev-parse", "HEAD")
	r.writes(first, "draft.go", "package main\n")
	end()
	if out, err := r.in(first, "push", "origin", "HEAD:main"); err == nil || !strings.Contains(out, "make run is not up") {
		t.Errorf("a push that nobody hears of: %v\n%s", err, out)
	}

	second, end := r.begins()
	defer end()
	if now, _ := r.in(second, "rev-parse", "HEAD"); now != mine || !second.kept {
		t.Fatalf("the next run has %s, want %s", now, mine)
	}
	if text, err := os.ReadFile(filepath.Join(second.folder, "draft.go")); err != nil || len(text) == 0 {
		t.Errorf("what was not committed is gone: %v", err)
	}
	said := second.greeting(t.Context())
	for _, want := range []string{"1 commit not pushed and 1 file not committed", second.folder, "mv " + r.base + " " + r.base + ".before"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	if _, _, err := second.push(t.Context(), exhibit.Change{Author: "ada", Message: "Faster checkout"}); err != nil {
		t.Fatalf("the show on a repository that has seen it: %v", err)
	}
	todo := second.catchUp(t.Context())
	if out, err := r.in(second, strings.Fields(strings.TrimPrefix(strings.SplitN(todo, " #", 2)[0], "git "))...); todo == "" || err != nil {
		t.Fatalf("before a push %q is to be done: %v\n%s", todo, err, out)
	}
	if text, err := os.ReadFile(filepath.Join(second.folder, "main.go")); err != nil || !strings.Contains(string(text), "35.0 // mine") {
		t.Errorf("the change is gone: %v\n%s", err, text)
	}
	before := r.told.Load()
	if out, err := r.in(second, "push", "origin", "HEAD:main"); err != nil || r.told.Load() != before+1 {
		t.Errorf("the push: %v, told %d times\n%s", err, r.told.Load()-before, out)
	}
}

func TestTwoRunsAtOnceWorkInTwoRepositories(t *testing.T) {
	r := newRuns(t)
	first, endFirst := r.begins()
	second, endSecond := r.begins()
	if first.folder == second.folder || second.kept {
		t.Errorf("both work in %s", first.folder)
	}
	endFirst()
	endSecond()
	third, end := r.begins()
	defer end()
	if third.folder != first.folder || !third.kept {
		t.Errorf("the next run works in %s, want %s", third.folder, first.folder)
	}
}

func TestRunThatWasEndedWhileItMadeTheRepositoryIsNoObstacle(t *testing.T) {
	r := newRuns(t)
	home, err := claim(r.base)
	if err != nil {
		t.Fatal(err)
	}
	r.git("init", "--quiet", "--bare", home.bare())
	r.git("clone", "--quiet", home.bare(), home.clone())
	home.leave()
	repository, end := r.begins()
	defer end()
	if log, err := r.in(repository, "log", "--oneline"); err != nil || strings.Count(log, "\n") != 0 {
		t.Errorf("the repository begins with %v\n%s", err, log)
	}
}

// Commits whose host is gone are nobody's to throw away.
func TestCommitsWithoutTheirHostAreLeftAlone(t *testing.T) {
	r := newRuns(t)
	repository, end := r.begins()
	end()
	if err := os.RemoveAll(repository.place.bare()); err != nil {
		t.Fatal(err)
	}
	home, err := claim(r.base)
	if err != nil {
		t.Fatal(err)
	}
	defer home.leave()
	if _, err := openRepository(t.Context(), home, t.TempDir(), r.hook); err == nil || !strings.Contains(err.Error(), "mv "+r.base) {
		t.Errorf("opened with %v, want how to begin anew", err)
	}
	if log, err := r.in(repository, "log", "--oneline"); err != nil || log == "" {
		t.Errorf("the commits are gone: %v", err)
	}
}
