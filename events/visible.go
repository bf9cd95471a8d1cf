package events

import (
	"fmt"
	"strings"
	"unicode"
)

// Visible makes invisible characters visible: control characters, characters that reverse the direction of a line, and characters without
// width become "<U+202E>". So a text can neither look like another one nor carry something that only a machine reads
// (https://www.unicode.org/reports/tr36/, https://trojansource.codes). It is idempotent.
//
// Line breaks and tabs stay, for texts of several lines. Two more characters stay where they hide nothing: a joiner between two pictures
// ("a woman and a laptop" is one picture), and the mark after a picture, digit, # or * that says how it is drawn. Between letters both
// are made visible, even if a script uses them: "check" and "out" with a joiner between them are not the service checkout. The flags of
// England, Scotland and Wales are written with tag characters. Tags can carry any text, so they are made visible, too.
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

// unseen says whether a character is invisible: a control or format character, a separator of lines, or one that Unicode says to ignore
// in display. Some format characters of Arabic and Kaithi are signs around numbers, which are visible.
func unseen(r rune) bool {
	return r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) &&
		!unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// The character that joins pictures into one, and those that say to draw a picture as text or in colours (UTS #51).
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

// picture says whether a character may be a picture: any symbol, and the skin tones, which are modifiers. It is never a letter of a script.
func picture(r rune) bool {
	return r > unicode.MaxASCII && unicode.In(r, unicode.So, unicode.Sm, unicode.Sk)
}
