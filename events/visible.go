package events

import (
	"fmt"
	"strings"
	"unicode"
)

// Visible shows what a reader would not see: controls, characters that turn the direction of a line around, and characters that take no
// room become "<U+202E>". So a text can neither look like another one nor carry what only a machine reads
// (https://www.unicode.org/reports/tr36/, https://trojansource.codes). It changes nothing that it has made visible already.
//
// Breaks of lines and tabs stay, for texts of several lines. Two things stay besides, because people write them and they hide nothing: a joiner between two pictures ("a woman and a laptop" is one), and
// the mark after a picture, digit, # or * that says how it is drawn. Between letters both are shown, also where a script uses them: "check" and "out" with
// a joiner between them are not the service checkout. The flags of England, Scotland and Wales are written with tags, and tags can carry
// any text: those are shown, too.
func Visible(s string) string {
	if !strings.ContainsFunc(s, unseen) {
		return s
	}
	var b strings.Builder
	runes := []rune(strings.ToValidUTF8(s, "\uFFFD"))
	for i, r := range runes {
		if unseen(r) && !drawn(runes, i) {
			fmt.Fprintf(&b, "<U+%04X>", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// unseen says whether a character is not there for the eye: controls, breaks of lines, formats and what Unicode says to ignore in
// display. Some formats of Arabic and Kaithi are signs around numbers, and seen.
func unseen(r rune) bool {
	return r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) &&
		!unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// What joins pictures to one, and what says that a picture is drawn in colours or as a letter (UTS #51).
const (
	joiner    = '\u200D'
	asText    = '\uFE0E'
	inColours = '\uFE0F'
)

// drawn says whether an unseen character is part of a picture.
func drawn(runes []rune, i int) bool {
	if i == 0 {
		return false
	}
	before := runes[i-1]
	switch runes[i] {
	case asText, inColours:
		return picture(before) || before == '#' || before == '*' || before >= '0' && before <= '9'
	case joiner:
		if i > 1 && before == inColours {
			before = runes[i-2]
		}
		return picture(before) && i+1 < len(runes) && picture(runes[i+1])
	}
	return false
}

// picture is a wide net: symbols, and the shades of skin, which are modifiers. No letter of any script is in it.
func picture(r rune) bool {
	return r > unicode.MaxASCII && unicode.In(r, unicode.So, unicode.Sm, unicode.Sk)
}
