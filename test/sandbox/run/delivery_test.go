package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// work is a repository in a folder of its own, in which somebody works as they do in the clone of `make run`.
type work struct{ t *testing.T }

func newWork(t *testing.T) work {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_SYSTEM": os.DevNull, "GIT_AUTHOR_NAME": "ada", "GIT_AUTHOR_EMAIL": "ada@example.com",
		"GIT_COMMITTER_NAME": "grace", "GIT_COMMITTER_EMAIL": "grace@example.com",
	} {
		t.Setenv(name, value)
	}
	p := work{t}
	p.git("init", "--quiet", "--initial-branch=main")
	return p
}

func (p work) git(args ...string) string {
	p.t.Helper()
	out, err := exec.Command("git", args...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// commits writes a file, and commits it.
func (p work) commits(message, file string) (id string) {
	p.t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(message), 0o644); err != nil {
		p.t.Fatal(err)
	}
	p.git("add", "--all")
	p.git("commit", "--quiet", "--no-gpg-sign", "--message", message)
	return p.git("rev-parse", "HEAD")
}

// told is the payload of a push as whoever gets it reads it.
type told struct {
	Created, Deleted, Forced bool
	Head                     *commit `json:"head_commit"`
	Commits                  []commit
}

func (p work) tells(before, after, ref string) (e told) {
	p.t.Helper()
	body, err := payload(before, after, ref)
	if err == nil {
		err = json.Unmarshal(body, &e)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return e
}

const nothing = "0000000000000000000000000000000000000000"

// Two commits in one push, of which the second changes no file that counts, released nothing; so did a name like prüfung.go.
func TestEveryCommitOfAPushIsToldWithItsFilesAsTheyAre(t *testing.T) {
	p := newWork(t)
	first := p.commits("first", "main.go")
	p.commits("second\n\nCo-authored-by: Lin <lin@example.com>", "prüfung.go")
	p.commits("third", "docs/a \"b\"\t c.md")
	p.git("rm", "--quiet", "main.go")
	last := p.commits("last [skip ci]", "prüfung.go")
	e := p.tells(first, last, "refs/heads/main")
	var messages []string
	for _, c := range e.Commits {
		messages = append(messages, strings.Fields(c.Message)[0])
	}
	if !slices.Equal(messages, []string{"second", "third", "last"}) || e.Created || e.Forced || e.Head == nil || e.Head.ID != last {
		t.Fatalf("commits %v of %+v", messages, e)
	}
	for i, want := range []commit{{Added: []string{"prüfung.go"}}, {Added: []string{"docs/a \"b\"\t c.md"}}, {Modified: []string{"prüfung.go"}, Removed: []string{"main.go"}}} {
		if got := e.Commits[i]; !slices.Equal(got.Added, want.Added) || !slices.Equal(got.Modified, want.Modified) || !slices.Equal(got.Removed, want.Removed) {
			t.Errorf("%s: added %q, modified %q, removed %q; want %+v", got.Message, got.Added, got.Modified, got.Removed, want)
		}
	}
	if second := e.Commits[0]; !strings.HasSuffix(second.Message, "<lin@example.com>") || second.Author.Login != "ada" || second.Committer.Login != "grace" {
		t.Errorf("the second is told as %+v", second)
	}
}

// A merge is told with what it brings, as GitHub does.
func TestMergeIsToldWithItsCommits(t *testing.T) {
	p := newWork(t)
	first := p.commits("first", "main.go")
	p.git("checkout", "--quiet", "-b", "topic")
	p.commits("topic", "cart.go")
	p.git("checkout", "--quiet", "main")
	p.git("merge", "--quiet", "--no-ff", "--message", "Merge", "topic")
	merge := p.git("rev-parse", "HEAD")
	e := p.tells(first, merge, "refs/heads/main")
	if len(e.Commits) != 2 || e.Commits[1].ID != merge || !slices.Equal(e.Commits[1].Added, []string{"cart.go"}) {
		t.Errorf("%+v", e)
	}
}

// `git push origin --delete x` ended with "exit status 128".
func TestDeletedNewAndForcedBranchesAndTagsAreToldAsThat(t *testing.T) {
	p := newWork(t)
	first := p.commits("first", "main.go")
	second := p.commits("second", "main.go")
	if e := p.tells(first, nothing, "refs/heads/x"); !e.Deleted || e.Head != nil || len(e.Commits) != 0 {
		t.Errorf("deleted: %+v", e)
	}
	if e := p.tells(nothing, second, "refs/heads/x"); !e.Created || e.Head.ID != second || len(e.Commits) != 1 {
		t.Errorf("new: %+v", e)
	}
	p.git("reset", "--quiet", "--hard", first)
	other := p.commits("other", "main.go")
	if e := p.tells(second, other, "refs/heads/x"); !e.Forced || len(e.Commits) != 1 || e.Commits[0].ID != other {
		t.Errorf("forced: %+v", e)
	}
	p.git("tag", "-a", "v1", "--message", "one")
	if e := p.tells(nothing, p.git("rev-parse", "v1"), "refs/tags/v1"); e.Head.ID != other || len(e.Commits) != 0 {
		t.Errorf("tag: %+v", e)
	}
}
