package arch

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// locks are the folders of npm's packages that the Makefile runs.
var locks = []string{"infra/tools", "test/differential/oracles"}

// unlocked is a command that takes from npm whatever the registry gives at that moment.
var unlocked = regexp.MustCompile(`\bnpx\b|\bnpm (?:install|i|exec) +[^- ]|\bnpm install\b[^\n]*@`)

// TestToolsOfNpmComeFromTheirLock: a package that somebody publishes tomorrow runs in no release of ours.
func TestToolsOfNpmComeFromTheirLock(t *testing.T) {
	texts := pages(t)
	for _, path := range []string{"Makefile", ".ci/run"} {
		texts[path] = read(t, filepath.Join(root, path))
	}
	for path, text := range texts {
		if found := unlocked.FindString(text); found != "" {
			t.Errorf("%s says %q: name the package in a package.json of %v, and run it from there", path, found, locks)
		}
	}
	for _, folder := range locks {
		var lock struct {
			Packages map[string]struct {
				Version, Integrity, Resolved       string
				Dependencies, OptionalDependencies map[string]string
			}
		}
		text := read(t, filepath.Join(root, folder, "package-lock.json"))
		if err := json.Unmarshal([]byte(text), &lock); err != nil || len(lock.Packages) < 2 {
			t.Fatalf("%s: the lock has %d packages (%v)", folder, len(lock.Packages), err)
		}
		for name, p := range lock.Packages {
			switch {
			case name != "" && !strings.HasPrefix(p.Integrity, "sha512-"):
				t.Errorf("%s: %s has no digest", folder, name)
			case p.Resolved != "":
				t.Errorf("%s: %s names a registry: write the lock by make tools-lock", folder, name)
			}
		}
		var asked struct{ Dependencies, OptionalDependencies map[string]string }
		if err := json.Unmarshal([]byte(read(t, filepath.Join(root, folder, "package.json"))), &asked); err != nil {
			t.Fatal(err)
		}
		for _, list := range []map[string]string{asked.Dependencies, asked.OptionalDependencies} {
			for name, version := range list {
				if got := lock.Packages["node_modules/"+name].Version; got != version {
					t.Errorf("%s asks for %s %s and locks %q: run make tools-lock", folder, name, version, got)
				}
			}
		}
	}
}
