package dynamodb

import "strings"

type tokenKind int

const (
	endOfText        tokenKind = iota
	word                       // an attribute name, a keyword or a function
	namePlaceholder            // #name
	valuePlaceholder           // :value
	digits                     // a list index
	symbol                     // ( ) [ ] , . + - = < > <= >= <>
	foreign                    // a character that no expression has
)

// A token is a piece of an expression, with its place for error messages.
type token struct {
	kind       tokenKind
	text       string
	start, end int
}

// scan cuts an expression into tokens; the last one is the end of the text.
func scan(text string) []token {
	tokens := make([]token, 0, len(text)/3+1)
	for at := 0; ; {
		for at < len(text) && strings.IndexByte(" \t\r\n", text[at]) >= 0 {
			at++
		}
		if at == len(text) {
			return append(tokens, token{kind: endOfText, text: "<EOF>", start: at, end: at})
		}
		kind, length := nextToken(text[at:])
		tokens = append(tokens, token{kind: kind, text: text[at : at+length], start: at, end: at + length})
		at += length
	}
}

func nextToken(text string) (kind tokenKind, length int) {
	c := text[0]
	switch {
	case isLetter(c):
		return word, 1 + spanOf(text[1:], isNamePart)
	case c == '#' || c == ':':
		return placeholderToken(text)
	case isDigit(c):
		return digits, spanOf(text, isDigit)
	case strings.HasPrefix(text, "<>") || strings.HasPrefix(text, "<=") || strings.HasPrefix(text, ">="):
		return symbol, 2
	case strings.IndexByte("()[],.+-=<>", c) >= 0:
		return symbol, 1
	}
	return foreign, 1
}

func placeholderToken(text string) (tokenKind, int) {
	length := 1 + spanOf(text[1:], isNamePart)
	switch {
	case length == 1:
		return foreign, 1
	case text[0] == '#':
		return namePlaceholder, length
	}
	return valuePlaceholder, length
}

func spanOf(text string, part func(byte) bool) int {
	length := 0
	for length < len(text) && part(text[length]) {
		length++
	}
	return length
}

func isLetter(c byte) bool   { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool    { return c >= '0' && c <= '9' }
func isNamePart(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' }
