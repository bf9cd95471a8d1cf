package dynamodb

import (
	"cmp"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// anyNumber draws spellings of decimals, short and long, with and without point and exponent.
var anyNumber = rapid.Custom(func(t *rapid.T) string {
	text := rapid.SampledFrom([]string{"", "-", "+"}).Draw(t, "sign") + rapid.StringMatching(`0{0,2}[0-9]{1,19}`).Draw(t, "whole")
	if rapid.Bool().Draw(t, "point") {
		text += "." + rapid.StringMatching(`[0-9]{0,18}`).Draw(t, "fraction")
	}
	if rapid.Bool().Draw(t, "power") {
		text += fmt.Sprintf("e%d", rapid.IntRange(-100, 80).Draw(t, "exponent"))
	}
	return text
})

func exact(t *rapid.T, text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("not a number: %s", text)
	}
	return r
}

func canonical(t *rapid.T, text string) string {
	c, err := canonicalNumber(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return c
}

func TestNumbersKeepTheirValueAndHaveOneSpelling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := anyNumber.Draw(t, "text")
		c := canonical(t, text)
		if exact(t, c).Cmp(exact(t, text)) != 0 {
			t.Fatalf("%s became %s", text, c)
		}
		if again := canonical(t, c); again != c {
			t.Fatalf("%s is spelled %s the second time", c, again)
		}
		if strings.ContainsAny(c, "eE+") || (strings.Contains(c, ".") && strings.HasSuffix(c, "0")) {
			t.Fatalf("%s is not plain", c)
		}
	})
}

func TestNumbersCompareAndSortAsNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := canonical(t, anyNumber.Draw(t, "a")), canonical(t, anyNumber.Draw(t, "b"))
		want := exact(t, a).Cmp(exact(t, b))
		if got := compareNumbers(a, b); got != want {
			t.Fatalf("compare %s, %s: got %d, want %d", a, b, got, want)
		}
		if got := cmp.Compare(sortText(num(a)), sortText(num(b))); got != want {
			t.Fatalf("keys of %s, %s: got %d, want %d", a, b, got, want)
		}
	})
}

func TestSumsAreExactOrRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := canonical(t, anyNumber.Draw(t, "a")), canonical(t, anyNumber.Draw(t, "b"))
		subtract := rapid.Bool().Draw(t, "subtract")
		want := new(big.Rat).Add(exact(t, a), exact(t, b))
		if subtract {
			want.Sub(exact(t, a), exact(t, b))
		}
		got, err := addNumbers(a, b, subtract)
		if err != nil {
			if digits := significant(want); digits <= maxDigits {
				t.Fatalf("%s and %s: refused a sum of %d digits: %v", a, b, digits, err)
			}
			return
		}
		if exact(t, got).Cmp(want) != 0 {
			t.Fatalf("%s and %s gave %s", a, b, got)
		}
	})
}

// significant counts the digits of a decimal fraction.
func significant(r *big.Rat) int {
	return len(strings.Trim(strings.Replace(r.FloatString(200), ".", "", 1), "-0"))
}

func TestNumbersBeyondDynamoDBsRangeAreRefused(t *testing.T) {
	for text, words := range map[string]string{
		"":                      "cannot be converted to a numeric value",
		"ten":                   "cannot be converted to a numeric value: ten",
		"1.2.3":                 "cannot be converted",
		"1e":                    "cannot be converted",
		"0x10":                  "cannot be converted",
		" 1":                    "cannot be converted",
		"NaN":                   "cannot be converted",
		"1e126":                 "Number overflow",
		"-1e126":                "Number overflow",
		"1e-131":                "Number underflow",
		strings.Repeat("9", 39): "more than 38 significant digits",
	} {
		_, err := canonicalNumber(text)
		wantRefusal(t, err, words)
	}
	for _, text := range []string{strings.Repeat("9", 38) + "e87", "1e-130", "-9.99e125", strings.Repeat("9", 38) + "0", "-0", ".5", "5."} {
		if _, err := canonicalNumber(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}
