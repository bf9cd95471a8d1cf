package iam

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPatternsMatchAsTheirRegularExpressions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.StringMatching(`[ab*?:]{0,8}`).Draw(t, "pattern")
		s := rapid.StringMatching(`[ab:]{0,10}`).Draw(t, "string")
		expression := strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(p))
		if want := regexp.MustCompile(`^(?:` + expression + `)$`).MatchString(s); pattern(p).match(s) != want {
			t.Fatalf("%q matches %q: got %t, want %t", p, s, !want, want)
		}
	})
}
