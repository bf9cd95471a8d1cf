package pattern

import (
	"encoding/json"
	"strconv"
)

// limit bounds the numbers that are compared by value, on either side.
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
