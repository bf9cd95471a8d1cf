package events_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"sluice/events"
)

// Whoever approves believes what they see. A text that is turned around, or that hides words, shows them something else than was written.
func TestApproverSeesWhatIsReallyWritten(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"a line that is turned around":     {"fix \u202Egnp.exe", "fix <U+202E>gnp.exe"},
		"isolates":                         {"\u2066a\u2069 \u2067b\u2068", "<U+2066>a<U+2069> <U+2067>b<U+2068>"},
		"marks of direction":               {"a\u200E\u200F\u061Cb", "a<U+200E><U+200F><U+061C>b"},
		"a name that is not the service's": {"check\u200Bout", "check<U+200B>out"},
		"a joiner between letters":         {"check\u200Dout", "check<U+200D>out"},
		"no joiner, and no break":          {"a\u200C\u2060\uFEFF\u00ADb", "a<U+200C><U+2060><U+FEFF><U+00AD>b"},
		"words in tags":                    {"ok\U000E0068\U000E0069", "ok<U+E0068><U+E0069>"},
		"words in marks of drawing":        {"ok\uFE01\U000E0101", "ok<U+FE01><U+E0101>"},
		"a mark of drawing after a letter": {"a\uFE0Fb", "a<U+FE0F>b"},
		"fillers that are empty":           {"a\u3164\u115F\uFFA0b", "a<U+3164><U+115F><U+FFA0>b"},
		"what a terminal obeys":            {"\x1b[2J\x07\u009B1m", "<U+001B>[2J<U+0007><U+009B>1m"},
		"nothing":                          {"", ""},
		"a commit in German":               {"prüft die Kasse – „schneller“", "prüft die Kasse – „schneller“"},
		"a commit in Arabic":               {"إصلاح الدفع \u0661\u0662", "إصلاح الدفع \u0661\u0662"},
		"pictures":                         {"🚀 ✅ ❤️ 1️⃣ 🇩🇪 👍🏽", "🚀 ✅ ❤️ 1️⃣ 🇩🇪 👍🏽"},
		"pictures that are joined":         {"👩‍💻 👩🏽‍💻 🏳️‍🌈 ❤️‍🔥 👨‍👩‍👧", "👩‍💻 👩🏽‍💻 🏳️‍🌈 ❤️‍🔥 👨‍👩‍👧"},
		"a joiner that joins nothing":      {"👩\u200D", "👩<U+200D>"},
		"no text at all":                   {"a\xffb\u200B", "a\uFFFDb<U+200B>"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := events.Visible(test.text); got != test.want {
				t.Errorf("%+q, want %+q", got, test.want)
			}
			if got := events.Visible(test.want); got != test.want {
				t.Errorf("what is visible changes to %+q", got)
			}
		})
	}
}

// A line is kept in records and read back from events: it must not change on the way, however it was cut.
func FuzzLine(f *testing.F) {
	for _, s := range []string{"a\n\tb", "\u202E\u2028", strings.Repeat("\u2028", 400), strings.Repeat("👩‍💻", 200), strings.Repeat("\u200B", 1024), strings.Repeat("x", 1020) + "👩‍💻 x", "\x1b]0;x\x07"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line := events.Line(s)
		if len(line) > 1024 || !utf8.ValidString(line) || strings.ContainsAny(line, "\n\r\x00\x1b\u202E\u200B\u2028") {
			t.Errorf("%d bytes: %+.80q", len(line), line)
		}
		if again := events.Line(line); again != line {
			t.Errorf("%+.2000q becomes %+.2000q", line, again)
		}
	})
}
