package main

import "strings"

// wrap breaks a text into lines of at most width characters; all but the first begin with indent.
func wrap(text string, width int, indent string) string {
	var b strings.Builder
	room := width
	for i, word := range strings.Fields(text) {
		length := len([]rune(word))
		switch {
		case i == 0:
		case length+1 > room:
			b.WriteString("\n" + indent)
			room = width
		default:
			b.WriteByte(' ')
			room--
		}
		b.WriteString(word)
		room -= length
	}
	return b.String()
}

func clip(text string, width int) string {
	if r := []rune(text); len(r) > width {
		return string(r[:width-1]) + "…"
	}
	return text
}
