package commands

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A row says what is done around the commands that hold a certain text. The longest such text counts.
type row struct {
	given  func(s *story)              // brings the world into the state of which the page speaks
	then   func(s *story, said string) // what comes of it, by the page; said is what was printed
	folder func(s *story) string       // where it is run, if not at the root
	handed bool                        // it has no key but what make run has left in dist/host/environment
}

func rows() map[string]row {
	all := map[string]row{}
	for _, some := range []map[string]row{makes, releases, words, secrets, lookups, converted} {
		for has, r := range some {
			all[has] = r
		}
	}
	return all
}

// rowOf is the row of a command that is run here.
func rowOf(text string, rows map[string]row) (has string, r row) {
	for part, one := range rows {
		if strings.Contains(text, part) && len(part) > len(has) {
			has, r = part, one
		}
	}
	return has, r
}

// all are the commands of all pages, in their order, each once, and whole.
func all(t *testing.T) (found []command) {
	t.Helper()
	seen := map[string]bool{}
	for _, page := range pages(t) {
		for _, c := range commandsOf(t, page) {
			if said := complete[c.text]; said != "" {
				seen[c.text], c.text = true, said
			}
			if !seen[c.text] {
				found = append(found, c)
			}
			seen[c.text] = true
		}
	}
	for _, named := range keys(complete) {
		if !seen[named] {
			t.Errorf("no page names %s any more", named)
		}
	}
	return found
}

// A command that nobody runs may be wrong for years.
func TestCommandOfAPageIsRunOrSaysWhyNot(t *testing.T) {
	rows, used, names := rows(), map[string]bool{}, (&story{}).stands()
	for _, c := range all(t) {
		has, _ := rowOf(c.text, rows)
		begins, why := reason(c.text)
		switch used[has], used[begins] = true, true; {
		case has != "":
			names = slices.DeleteFunc(names, func(n [2]string) bool { return strings.Contains(c.text, n[0]) })
		case why != "":
			looksRight(t, c)
		default:
			t.Errorf("%s:%d: nobody runs %s: write a row for it, or why not", c.page, c.line, c.text)
		}
	}
	for _, known := range slices.Concat(keys(rows), keys(unrun)) {
		if !used[known] {
			t.Errorf("no page has a command with %q any more", known)
		}
	}
	for _, n := range names {
		t.Errorf("no command that is run has a %q any more", n[0])
	}
}

// Every command that a page tells people to type works, as it stands there, and what the page says comes of it.
func TestCommandsOfThePagesDoWhatThePagesSay(t *testing.T) {
	for _, tool := range []string{"aws", "make", "openssl", "zip"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("SKIPPED: %s is not on PATH, so nothing here shows that the commands of the pages work", tool)
		}
	}
	dependsOnWhatIsRun(t)
	s, rows := begin(t), rows()
	for _, c := range all(t) {
		if has, r := rowOf(c.text, rows); has != "" {
			s.runs(c, r)
		}
	}
}

// dependsOnWhatIsRun looks at the files that only the commands read, so that the go command runs this test again when one has changed.
func dependsOnWhatIsRun(t *testing.T) {
	t.Helper()
	for _, folder := range []string{"Makefile", "infra", "docs"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, _ fs.DirEntry, err error) error {
			if err == nil {
				_, err = os.Stat(path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func keys[V any](m map[string]V) (all []string) {
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

// runs runs a command as a person does, and looks at what came of it.
func (s *story) runs(c command, r row) {
	s.T.Helper()
	if r.given != nil {
		r.given(s)
	}
	ctx, stop := context.WithTimeout(s.T.Context(), 2*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, "sh", "-c", s.really(c.text))
	cmd.WaitDelay = time.Second
	cmd.Dir, cmd.Env = root, append(clean(), s.Sandbox.Environment()...)
	if r.folder != nil {
		cmd.Dir = r.folder(s)
	}
	if r.handed {
		cmd.Dir, cmd.Env = s.handed, clean()
	}
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		s.T.Fatalf("%s:%d: %s: %v\n%s%s", c.page, c.line, cmd.Args[2], err, out, complaints.String())
	}
	if r.then != nil {
		r.then(s, string(out))
	}
	if s.T.Failed() {
		s.T.Fatalf("that was %s:%d: %s\n%s%s", c.page, c.line, cmd.Args[2], out, complaints.String())
	}
}

// ofMake are variables that make reads, or hands on.
var ofMake = []string{"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "ENVIRONMENT", "SERVICE", "RELEASE", "FILE", "EXPORT", "FUNCTION", "SHOW", "SEND", "DROP"}

// clean is the environment of this process without what concerns AWS, or a make that runs this test.
func clean() []string {
	return append(slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return strings.HasPrefix(name, "AWS_") || strings.HasPrefix(name, "SLUICE_") || slices.Contains(ofMake, name)
	}), "AWS_PAGER=", "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "NO_PROXY=127.0.0.1,.localhost", "no_proxy=127.0.0.1,.localhost",
		"ENV=sandbox", "SLUICE_ENVIRONMENT=sandbox", onPath(), "CODEBUILD_BUILD_SUCCEEDING=1")
}
