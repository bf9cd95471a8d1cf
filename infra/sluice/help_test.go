package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"sluice/infra/screen"
)

// A terminal of 80 columns breaks no line of any help by itself. Examples are copied, so they stay in one line.
func TestHelpFitsATerminal(t *testing.T) {
	help := func(words ...string) string {
		var out bytes.Buffer
		d := desk{out: &out, errs: &out, pen: screen.Pen{Columns: 80, Color: true}, getenv: func(string) string { return "" }}
		if status := d.run(t.Context(), append(words, "--help")); status != done {
			t.Errorf("%v: exit status %d", words, status)
		}
		return out.String()
	}
	for _, c := range (desk{getenv: func(string) string { return "" }}).commands().Commands() {
		for _, line := range strings.Split(help(c.Name()), "\n") {
			if n := utf8.RuneCountInString(line); n > 80 && !strings.HasPrefix(line, "  sluice ") {
				t.Errorf("sluice %s --help has a line of %d characters: %s", c.Name(), n, line)
			}
		}
	}
	for _, line := range strings.Split(help(), "\n") {
		if n := utf8.RuneCountInString(line); n > 80 {
			t.Errorf("sluice --help has a line of %d characters: %s", n, line)
		}
	}
}
