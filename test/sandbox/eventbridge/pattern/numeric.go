package pattern

import (
	"encoding/json"
	"strconv"
)

// limit bounds the numbers that the numeric operator compares, on either side.
const limit = 5.0e9

// equalsNumber accepts the same number however it is written, and the same digits where it is too big to compare.
func equalsNumber(want json.Number) test {
	value, comparable := number(want)
	return func(v any) bool {
		if v == want {
			return true
		}
		got, ok := number(v)
		return ok && comparable && got == value
	}
}

func number(v any) (float64, bool) {
	var f float64
	switch v := v.(type) {
	case json.Number:
		parsed, err := strconv.ParseFloat(string(v), 64)
		if err != nil {
			return 0, false
		}
		f = parsed
	case float64:
		f = v
	default:
		return 0, false
	}
	return f, -limit <= f && f <= limit
}

// numeric takes ["=", n], one bound, or a lower and an upper bound in this order.
func numeric(operand any) (test, error) {
	terms, ok := operand.([]any)
	if !ok {
		return nil, refuse("Value of numeric must be an array")
	}
	switch len(terms) {
	case 2:
		accepts, _, err := comparison(terms[0], terms[1])
		return onNumber(accepts), err
	case 4:
		return between(terms)
	}
	return nil, refuse("numeric takes one comparison, or a lower and an upper bound")
}

func between(terms []any) (test, error) {
	above, low, err := comparison(terms[0], terms[1])
	if err != nil {
		return nil, err
	}
	below, high, err := comparison(terms[2], terms[3])
	if err != nil {
		return nil, err
	}
	if first := terms[0]; first != ">" && first != ">=" {
		return nil, refuse("Bad numeric range operator: %v", first)
	}
	if second := terms[2]; second != "<" && second != "<=" {
		return nil, refuse("Bad numeric range operator: %v", second)
	}
	if low >= high {
		return nil, refuse("Bottom must be less than top")
	}
	return onNumber(func(f float64) bool { return above(f) && below(f) }), nil
}

func comparison(operator, operand any) (accepts func(float64) bool, bound float64, err error) {
	if _, isNumber := operand.(json.Number); !isNumber {
		return nil, 0, refuse("Value of numeric comparison must be a number")
	}
	bound, ok := number(operand)
	if !ok {
		return nil, 0, refuse("Value must be between %v and %v, inclusive", -limit, limit)
	}
	switch operator {
	case "=":
		return func(f float64) bool { return f == bound }, bound, nil
	case "<":
		return func(f float64) bool { return f < bound }, bound, nil
	case "<=":
		return func(f float64) bool { return f <= bound }, bound, nil
	case ">":
		return func(f float64) bool { return f > bound }, bound, nil
	case ">=":
		return func(f float64) bool { return f >= bound }, bound, nil
	}
	return nil, 0, refuse("Unrecognized numeric range operator: %v", operator)
}

func onNumber(accepts func(float64) bool) test {
	return func(v any) bool {
		f, ok := number(v)
		return ok && accepts(f)
	}
}
