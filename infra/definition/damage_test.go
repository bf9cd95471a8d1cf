package definition_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sluice/infra/definition"
)

// Whatever happens to a file, it loads or a person reads which line to look at.
func TestADamagedFileIsReportedWithALineOfTheFile(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := damaged(r, good)
		_, err := definition.Load(files(t, map[string]string{"checkout.yaml": text}), "staging")
		var problems definition.Problems
		if err != nil && !errors.As(err, &problems) {
			r.Fatalf("%v\n%s", err, text)
		}
		for _, p := range problems {
			if lines := strings.Count(text, "\n") + 1; p.Line < 1 || p.Line > lines || p.Wrong == "" || p.Remedy == "" {
				r.Fatalf("%v\nin %d lines:\n%s", p, lines, text)
			}
		}
	})
}

// damaged cuts, doubles or replaces a few pieces.
func damaged(r *rapid.T, text string) string {
	for range rapid.IntRange(1, 4).Draw(r, "wounds") {
		from := rapid.IntRange(0, len(text)).Draw(r, "from")
		to := min(len(text), from+rapid.IntRange(0, 12).Draw(r, "length"))
		piece := rapid.SampledFrom([]string{"", "\n", " ", ":", "- ", "{", "]", "null", "*x", "&x ", "!!int ", "1e400", ".inf", "\t", text[from:to] + text[from:to], "<<: "}).Draw(r, "piece")
		text = text[:from] + piece + text[to:]
	}
	return text
}
