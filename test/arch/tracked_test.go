package arch

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// largest is the size in bytes up to which a file may be tracked: every clone carries every version of it for ever.
const largest = 1 << 20

// magics are the first bytes of programs and archives: ELF, Mach-O in both orders and as a universal binary, Windows, zip.
// A zip is a built function as often as not.
var magics = map[string]string{
	"\x7fELF":          "a Linux program",
	"\xcf\xfa\xed\xfe": "a macOS program",
	"\xfe\xed\xfa\xcf": "a macOS program",
	"\xca\xfe\xba\xbe": "a macOS program",
	"MZ":               "a Windows program",
	"PK\x03\x04":       "a zip archive",
}

// topLevel is what may stand at the root of the repository; names that begin with a dot may, too.
var topLevel = []string{"Makefile", "README.md", "LICENSE", "cdk.json", "docs", "events", "functions", "go.mod", "go.sum", "infra", "shared", "test"}

// TestNothingBuiltIsTracked: somebody who clones the repository gets its sources, and no program of 22 MB.
func TestNothingBuiltIsTracked(t *testing.T) {
	for _, path := range tracked(t) {
		info, err := os.Lstat(filepath.Join(root, path))
		if err != nil || !info.Mode().IsRegular() { // deleted, and not committed yet
			continue
		}
		if info.Size() > largest {
			t.Errorf("%s is tracked and has %d bytes; the most is %d", path, info.Size(), largest)
		}
		if what := program(t, path); what != "" {
			t.Errorf("%s is tracked and is %s: git rm --cached it, and name it in .gitignore", path, what)
		}
	}
}

// TestNothingElseStandsAtTheTop holds the list of folders and files that the owner has fixed.
func TestNothingElseStandsAtTheTop(t *testing.T) {
	allowed := map[string]bool{}
	for _, name := range topLevel {
		allowed[name] = true
	}
	for _, path := range tracked(t) {
		if top, _, _ := strings.Cut(path, "/"); !allowed[top] && !strings.HasPrefix(top, ".") {
			t.Errorf("%s is tracked: %s has no place at the top of the repository", path, top)
		}
	}
}

func tracked(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("git", "-C", root, "ls-files", "-z").Output()
	if err != nil {
		t.Skipf("SKIPPED: git does not know this folder, so nothing in it is tracked: %v", err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

// program says what kind of built file a path is; empty for none.
func program(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	head := make([]byte, 4)
	n, err := io.ReadFull(f, head)
	if err != nil && n == 0 {
		return "" // empty
	}
	for magic, what := range magics {
		if bytes.HasPrefix(head[:n], []byte(magic)) {
			return what
		}
	}
	return ""
}
