package plan

import (
	"strings"
	"unicode/utf8"
)

// columns is how wide the page is.
const columns = 80

// paragraph is a text in lines of its own.
func paragraph(text string) string { return "\n  " + wrapped(text, 2) + "\n" }

// wrapped breaks a text that begins after an indent into lines that fit on a terminal. A word that is longer than a line stays whole.
func wrapped(text string, indent int) string {
	var page strings.Builder
	column := indent
	for i, word := range strings.Fields(text) {
		length := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+length > columns:
			page.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		default:
			page.WriteByte(' ')
			column++
		}
		page.WriteString(word)
		column += length
	}
	return page.String()
}
