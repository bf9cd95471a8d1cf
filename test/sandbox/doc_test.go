package sandbox_test

import (
	"os"
	"strings"
	"testing"
)

// Who adds a service copies these lines; they would send him wrong once the example has changed.
func TestLinesThatTheDocShowsOfItsExampleAreThere(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile("ecr/ecr.go")
	if err != nil {
		t.Fatal(err)
	}
	_, page, _ := strings.Cut(string(doc), "# How to add a service")
	shown := 0
	for line := range strings.Lines(page) {
		line, isCode := strings.CutPrefix(strings.TrimRight(line, "\n"), "//\t")
		if !isCode || strings.HasPrefix(line, "sandboxtest.") {
			continue
		}
		shown++
		if !strings.Contains(string(code), strings.TrimSpace(line)+"\n") {
			t.Errorf("ecr.go has no line %q", line)
		}
	}
	if shown < 9 {
		t.Errorf("only %d lines are shown", shown)
	}
}
