package differential

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// oracle finds what `make differential` prepared, or skips the test aloud.
func oracle(t *testing.T, path string) string {
	t.Helper()
	root := os.Getenv("SLUICE_ORACLES")
	if root == "" {
		root = "../../.sandbox/oracles"
	}
	full, err := filepath.Abs(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(full); err != nil {
		t.Skipf("SKIPPED: %s is not there, so nothing here compares the sandbox with it; `make differential` gets it from npm", full)
	}
	return full
}

// newNode finds a Node that is new enough for both oracles, prepared or installed.
func newNode(t *testing.T) string {
	t.Helper()
	candidates, err := filepath.Glob(filepath.Join(oracle(t, "node_modules"), "node-*", "bin", "node"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(candidates, "node") {
		if version, err := exec.Command(path, "--version").Output(); err == nil && major(string(version)) >= 22 {
			return path
		}
	}
	t.Skip("SKIPPED: there is no Node 22 or newer, so no oracle of npm can run; `make differential` gets one from npm")
	return ""
}

// major is the first number of "v24.1.0"; 0 when there is none.
func major(version string) int {
	first, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(version), "v"), ".")
	n, _ := strconv.Atoi(first)
	return n
}
