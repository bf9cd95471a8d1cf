package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Go compiled for two minutes, and nothing told whether anything happens.
func TestCompilingTellsHowFarItIs(t *testing.T) {
	m := &meter{begun: time.Now().Add(-20 * time.Second), sizes: map[string]int64{"errors": 1, "fmt": 99, "github.com/aws/ssm": 300}, total: 400}
	for _, step := range []struct{ hears, says string }{
		{"", "20 s: looking what has changed"},
		{"go: downloading github.com/aws/smithy-go v1.23.0", "20 s: downloading github.com/aws/smithy-go"},
		{"errors", "20 s, 1 packages compiled (0 %): errors"}, // and not that hours are left
		{"fmt", "20 s, 2 packages compiled (25 %), at most 60 s left: fmt"},
		{"github.com/aws/ssm", "20 s, 3 packages compiled (100 %): ssm"},
	} {
		if step.hears != "" {
			m.hear(step.hears)
		}
		if got := m.line(); !strings.HasPrefix(got, step.says) {
			t.Errorf("after %q it says %q, want %q", step.hears, got, step.says)
		}
	}
}

func TestWhatDoesNotCompileIsShown(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module broken\n", "main.go": "package main\n\nfunc main() { nothing() }\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(folder)
	var out bytes.Buffer
	m := &meter{out: &out, begun: time.Now(), sizes: map[string]int64{}, every: time.Minute}
	err := m.run(t.Context(), []string{"build", "-o", filepath.Join(folder, "out"), "."})
	if err == nil || !strings.Contains(err.Error(), "undefined: nothing") {
		t.Errorf("it says %v, want what the compiler says", err)
	}
}

// The launcher itself has to be there at once: from an empty cache a network stack or the SDK would be compiled before it says a word.
func TestLauncherIsMadeOfLittle(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, big := range []string{"net", "net/http", "crypto/tls", "encoding/json"} {
		if strings.Contains("\n"+string(out), "\n"+big+"\n") {
			t.Errorf("it links %s", big)
		}
	}
	if _, err := mainsOf(order{}); err == nil || !strings.Contains(err.Error(), "not the root") {
		t.Errorf("outside the root it says %v", err)
	}
	ctx, end := context.WithCancel(t.Context())
	end()
	if err := (&meter{every: time.Minute, sizes: map[string]int64{}}).run(ctx, []string{"version"}); err == nil {
		t.Error("it goes on after Ctrl-C")
	}
}
