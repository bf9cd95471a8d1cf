package sfn

import (
	"cmp"
	"encoding/json"
	"math/big"
	"strings"
	"time"
)

// A comparison is one data-test operator of Choice rules. Values of the wrong type make it false, not an error.
type comparison struct {
	accepts func(operand any) bool // as the constant in a definition
	holds   func(value, operand any) bool
}

// orders are the relations that strings, numbers and timestamps share.
var orders = map[string]func(c int) bool{
	"Equals":            func(c int) bool { return c == 0 },
	"LessThan":          func(c int) bool { return c < 0 },
	"LessThanEquals":    func(c int) bool { return c <= 0 },
	"GreaterThan":       func(c int) bool { return c > 0 },
	"GreaterThanEquals": func(c int) bool { return c >= 0 },
}

var comparisons = makeComparisons()

func makeComparisons() map[string]comparison {
	all := map[string]comparison{
		"BooleanEquals": {accepts: typeTests["IsBoolean"], holds: func(v, w any) bool {
			a, ok := v.(bool)
			b, okay := w.(bool)
			return ok && okay && a == b
		}},
		"StringMatches": {accepts: typeTests["IsString"], holds: func(v, w any) bool {
			s, ok := v.(string)
			pattern, okay := w.(string)
			return ok && okay && matchWildcards(pattern, s)
		}},
	}
	for order, holds := range orders {
		all["String"+order] = ordered(typeTests["IsString"], compareStrings, holds)
		all["Numeric"+order] = ordered(typeTests["IsNumeric"], compareNumbers, holds)
		all["Timestamp"+order] = ordered(typeTests["IsTimestamp"], compareTimestamps, holds)
	}
	return all
}

func ordered(accepts func(any) bool, compare func(v, w any) int, holds func(int) bool) comparison {
	return comparison{accepts: accepts, holds: func(v, w any) bool {
		return accepts(v) && accepts(w) && holds(compare(v, w))
	}}
}

func compareStrings(v, w any) int { return cmp.Compare(v.(string), w.(string)) }

// compareNumbers is exact where float64 would not be: 64-bit ids differ in their last digit.
func compareNumbers(v, w any) int {
	a, okA := exact(v.(json.Number))
	b, okB := exact(w.(json.Number))
	if okA && okB {
		return a.Cmp(b)
	}
	x, _ := v.(json.Number).Float64()
	y, _ := w.(json.Number).Float64()
	return cmp.Compare(x, y)
}

// exact reads a number of ordinary length; a huge exponent is left to float64.
func exact(n json.Number) (*big.Rat, bool) {
	if len(n) > 40 || strings.ContainsAny(string(n), "eE") {
		return nil, false
	}
	return new(big.Rat).SetString(string(n))
}

func compareTimestamps(v, w any) int {
	a, _ := parseTimestamp(v)
	b, _ := parseTimestamp(w)
	return a.Compare(b)
}

// parseTimestamp reads RFC 3339 with an upper-case T and Z, as the States Language asks.
func parseTimestamp(v any) (time.Time, bool) {
	s, ok := v.(string)
	if !ok || strings.ContainsAny(s, "tz") {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return t, err == nil
}

// matchWildcards matches StringMatches patterns: "*" is any run of characters, a backslash takes the next one literally.
func matchWildcards(pattern, s string) bool {
	for pattern != "" {
		switch {
		case pattern[0] == '*':
			for i := 0; i <= len(s); i++ {
				if matchWildcards(pattern[1:], s[i:]) {
					return true
				}
			}
			return false
		case pattern[0] == '\\' && len(pattern) > 1:
			pattern = pattern[1:]
		}
		if s == "" || s[0] != pattern[0] {
			return false
		}
		pattern, s = pattern[1:], s[1:]
	}
	return s == ""
}
