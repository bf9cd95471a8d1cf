package metricmath

import (
	"fmt"
	"strings"
)

type kind int

const (
	end kind = iota
	symbol
	word
	numeral
	quoted
)

type token struct {
	kind kind
	text string
}

// symbols, longest first.
var symbols = []string{"==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "^", "(", ")", "[", "]", ","}

func scan(input string) ([]token, error) {
	var tokens []token
	for input = strings.TrimSpace(input); input != ""; input = strings.TrimSpace(input) {
		t, length, err := scanOne(input)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
		input = input[length:]
	}
	return append(tokens, token{end, "end"}), nil
}

func scanOne(input string) (token, int, error) {
	for _, s := range symbols {
		if strings.HasPrefix(input, s) {
			return token{symbol, s}, len(s), nil
		}
	}
	switch c := input[0]; {
	case c == '"' || c == '\'':
		if n := strings.IndexByte(input[1:], c); n >= 0 {
			return token{quoted, input[1 : n+1]}, n + 2, nil
		}
		return token{}, 0, fmt.Errorf("unfinished text %s", input)
	case digit(c) || c == '.':
		n := scanNumber(input)
		return token{numeral, input[:n]}, n, nil
	case letter(c):
		n := 1
		for n < len(input) && (letter(input[n]) || digit(input[n])) {
			n++
		}
		return keyword(input[:n]), n, nil
	default:
		return token{}, 0, fmt.Errorf("unexpected character %q", c)
	}
}

// keyword tells the two operators that are words from other words.
func keyword(w string) token {
	switch w {
	case "AND":
		return token{symbol, "&&"}
	case "OR":
		return token{symbol, "||"}
	}
	return token{word, w}
}

func scanNumber(input string) int {
	n := 0
	for n < len(input) && (digit(input[n]) || input[n] == '.') {
		n++
	}
	if n+1 < len(input) && (input[n] == 'e' || input[n] == 'E') {
		m := n + 1
		if input[m] == '-' || input[m] == '+' {
			m++
		}
		if m < len(input) && digit(input[m]) {
			for n = m; n < len(input) && digit(input[n]); n++ {
			}
		}
	}
	return n
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }
