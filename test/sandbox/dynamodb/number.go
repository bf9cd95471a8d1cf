package dynamodb

import (
	"math/big"
	"strconv"
	"strings"
)

// DynamoDB's numbers: exact decimals of at most 38 significant digits, between 1E-130 and 9.99...E+125 in magnitude.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
const (
	maxDigits   = 38
	maxExponent = 126  // of 0.d1d2d3... * 10^exponent
	minExponent = -129 // the same
)

// A decimal is (-1)^negative * 0.digits * 10^exponent. Digits begin and end with a non-zero digit; zero has none.
type decimal struct {
	negative bool
	digits   string
	exponent int
}

// parseDecimal reads what DynamoDB takes for a number: an optional sign, digits with an optional point, an optional exponent.
func parseDecimal(text string) (decimal, bool) {
	var d decimal
	rest := text
	if rest != "" && (rest[0] == '-' || rest[0] == '+') {
		d.negative, rest = rest[0] == '-', rest[1:]
	}
	mantissa, power, ok := cutExponent(rest)
	if !ok {
		return decimal{}, false
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return decimal{}, false
	}
	trimmed := strings.TrimLeft(digits, "0")
	d.exponent = len(whole) - (len(digits) - len(trimmed)) + power
	d.digits = strings.TrimRight(trimmed, "0")
	if d.digits == "" {
		return decimal{}, true
	}
	return d, true
}

func cutExponent(text string) (mantissa string, power int, ok bool) {
	at := strings.IndexAny(text, "eE")
	if at < 0 {
		return text, 0, true
	}
	power, err := strconv.Atoi(text[at+1:])
	return text[:at], power, err == nil
}

// fits says whether DynamoDB can store the number, in AWS's words if it cannot.
func (d decimal) fits() error {
	switch {
	case d.digits == "":
		return nil
	case d.exponent > maxExponent:
		return invalid("Number overflow. Attempting to store a number with magnitude larger than supported range")
	case d.exponent < minExponent:
		return invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range")
	case len(d.digits) > maxDigits:
		return invalid("Attempting to store more than 38 significant digits in a Number")
	}
	return nil
}

// String writes the number as DynamoDB returns it: plain digits, no exponent, no idle zero.
func (d decimal) String() string {
	if d.digits == "" {
		return "0"
	}
	sign := ""
	if d.negative {
		sign = "-"
	}
	switch {
	case d.exponent <= 0:
		return sign + "0." + strings.Repeat("0", -d.exponent) + d.digits
	case d.exponent >= len(d.digits):
		return sign + d.digits + strings.Repeat("0", d.exponent-len(d.digits))
	}
	return sign + d.digits[:d.exponent] + "." + d.digits[d.exponent:]
}

// sortKey maps numbers to strings that compare, byte by byte, as the numbers do.
func (d decimal) sortKey() string {
	if d.digits == "" {
		return "\x80"
	}
	key := make([]byte, 0, 4+len(d.digits))
	shifted := d.exponent + 0x4000
	key = append(key, 0xc0, byte(shifted>>8), byte(shifted))
	key = append(key, d.digits...)
	if !d.negative {
		return string(key)
	}
	for i := range key {
		key[i] = ^key[i]
	}
	return string(append(key, 0xff)) // the shorter of two that agree is the greater one
}

// canonicalNumber checks a number and writes it the one way it is stored.
func canonicalNumber(text string) (string, error) {
	if _, short := shortInteger(text); short {
		return text, nil
	}
	d, ok := parseDecimal(text)
	if !ok {
		return "", notNumeric(text)
	}
	if err := d.fits(); err != nil {
		return "", err
	}
	return d.String(), nil
}

func notNumeric(text string) error {
	if text == "" {
		return invalid("The parameter cannot be converted to a numeric value")
	}
	return invalid("The parameter cannot be converted to a numeric value: %s", text)
}

// shortInteger reads the numbers that most tables hold, canonical integers of up to 18 digits, without allocating.
func shortInteger(text string) (value int64, ok bool) {
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || len(digits) > 18 || (digits[0] == '0' && text != "0") {
		return 0, false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return 0, false
		}
		value = value*10 + int64(digits[i]-'0')
	}
	if len(digits) < len(text) {
		value = -value
	}
	return value, true
}

// compareNumbers orders two canonical numbers.
func compareNumbers(a, b string) int {
	x, short := shortInteger(a)
	if y, also := shortInteger(b); short && also {
		return sign(x, y)
	}
	dx, _ := parseDecimal(a)
	dy, _ := parseDecimal(b)
	return strings.Compare(dx.sortKey(), dy.sortKey())
}

func sign(x, y int64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// addNumbers is the exact a+b, or a-b, of canonical numbers. A sum that needs more than 38 digits is refused, not rounded.
func addNumbers(a, b string, subtract bool) (string, error) {
	x, short := shortInteger(a)
	if y, also := shortInteger(b); short && also {
		if subtract {
			y = -y
		}
		return strconv.FormatInt(x+y, 10), nil
	}
	dx, _ := parseDecimal(a)
	dy, _ := parseDecimal(b)
	if subtract {
		dy.negative = !dy.negative
	}
	sum := dx.plus(dy)
	if err := sum.fits(); err != nil {
		return "", err
	}
	return sum.String(), nil
}

func (d decimal) plus(o decimal) decimal {
	lowest := min(d.scale(), o.scale())
	total := new(big.Int).Add(d.scaled(lowest), o.scaled(lowest))
	sum, _ := parseDecimal(total.String() + "e" + strconv.Itoa(lowest))
	return sum
}

// scale is the power of ten of the last digit.
func (d decimal) scale() int { return d.exponent - len(d.digits) }

// scaled is the number as a count of 10^power.
func (d decimal) scaled(power int) *big.Int {
	if d.digits == "" {
		return new(big.Int)
	}
	count, _ := new(big.Int).SetString(d.digits+strings.Repeat("0", d.scale()-power), 10)
	if d.negative {
		count.Neg(count)
	}
	return count
}
