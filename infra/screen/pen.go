// Package screen draws releases on a terminal, for people who type and for the shows of make run. It is pure: a view goes in, lines
// come out.
package screen

import (
	"strings"
	"unicode/utf8"

	"sluice/shared/rollout"
)

// A Pen writes for a terminal.
type Pen struct {
	Color   bool // https://no-color.org says when not
	Columns int  // of the terminal
}

// The colours by what they mean, as SGR parameters of ECMA-48.
const (
	Plain  = ""
	Strong = "1"
	Faint  = "2"
	Red    = "31"
	Green  = "32"
	Yellow = "33"
	Blue   = "34"
)

// Paint writes a text in a colour, each of its lines by itself.
func (p Pen) Paint(color, text string) string {
	if !p.Color || color == Plain || text == "" {
		return text
	}
	begin, end := "\x1b["+color+"m", "\x1b[0m"
	return begin + strings.ReplaceAll(text, "\n", end+"\n"+begin) + end
}

// Bold writes a text so that it is seen first.
func (p Pen) Bold(text string) string { return p.Paint(Strong, text) }

// Bar is the traffic in so many cells: stable from the left, the candidate from the right. The two differ without colours, too.
func (p Pen) Bar(candidate rollout.Weight, cells int, back bool) string {
	n := Cells(candidate, cells)
	return p.Paint(Blue, strings.Repeat("█", cells-n)) + p.Paint(Candidate(back), strings.Repeat("▒", n))
}

// Candidate is the candidate's colour: another one when it goes back.
func Candidate(back bool) string {
	if back {
		return Red
	}
	return Green
}

// Cells is how much of a bar a weight takes; a small weight still shows, and so does a small rest.
func Cells(w rollout.Weight, cells int) int {
	switch n := int(w) * cells / int(rollout.All); {
	case w <= rollout.None:
		return 0
	case w >= rollout.All:
		return cells
	default:
		return min(max(n, 1), cells-1)
	}
}

// Progress is how much of something is over, in so many cells.
func (p Pen) Progress(passed, whole, cells int) string {
	done := min(max(0, cells*passed/max(1, whole)), cells)
	return p.Paint(Green, strings.Repeat("━", done)) + p.Paint(Faint, strings.Repeat("─", cells-done))
}

// Indented is a text behind two blanks, as wide as the terminal.
func (p Pen) Indented(text string) string {
	return "  " + Wrap(text, max(1, p.Columns-3), "  ")
}

// Wrap breaks a text into lines of at most width characters; all but the first begin with indent. A word that is longer is broken, too: a line
// that the terminal breaks by itself cannot be drawn over.
func Wrap(text string, width int, indent string) string {
	var b strings.Builder
	width = max(1, width)
	room := width
	for i, word := range strings.Fields(text) {
		letters := []rune(word)
		switch {
		case i == 0:
		case len(letters)+1 > room:
			b.WriteString("\n" + indent)
			room = width
		default:
			b.WriteByte(' ')
			room--
		}
		for len(letters) > room {
			b.WriteString(string(letters[:room]) + "\n" + indent)
			letters, room = letters[room:], width
		}
		b.WriteString(string(letters))
		room -= len(letters)
	}
	return b.String()
}

// Clip is the beginning of a text, where it has no room.
func Clip(text string, width int) string {
	if r := []rune(text); len(r) > width {
		return string(r[:max(0, width-1)]) + "…"
	}
	return text
}

// pad fills a text up to a width.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}
