package sfn

import (
	"errors"
	"fmt"
)

// maxRange is the most elements that States.ArrayRange makes, as AWS documents.
const maxRange = 1000

func wantArray(v any) ([]any, error) {
	a, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("%s is not an array", encode(v))
	}
	return a, nil
}

func arrayPartition(_ scope, args []any) (any, error) {
	array, err := wantArray(args[0])
	if err != nil {
		return nil, err
	}
	size, err := wantInteger(args[1])
	if err != nil || size <= 0 {
		return nil, errors.New("the chunk size must be a positive integer")
	}
	out := []any{}
	for len(array) > 0 {
		n := min(int(size), len(array))
		out = append(out, array[:n:n])
		array = array[n:]
	}
	return out, nil
}

func arrayContains(_ scope, args []any) (any, error) {
	array, err := wantArray(args[0])
	return contains(array, args[1]), err
}

func contains(array []any, v any) bool {
	for _, e := range array {
		if equal(e, v) {
			return true
		}
	}
	return false
}

// arrayRange counts from the first argument to the second, both included, by the third.
func arrayRange(_ scope, args []any) (any, error) {
	n, err := wantIntegers(args...)
	if err != nil {
		return nil, err
	}
	from, to, step := n[0], n[1], n[2]
	if step == 0 {
		return nil, errors.New("the step must not be zero")
	}
	out := []any{}
	for i := from; step > 0 && i <= to || step < 0 && i >= to; i += step {
		if len(out) == maxRange {
			return nil, fmt.Errorf("more than %d elements", maxRange)
		}
		out = append(out, number(i))
	}
	return out, nil
}

func arrayGetItem(_ scope, args []any) (any, error) {
	array, err := wantArray(args[0])
	if err != nil {
		return nil, err
	}
	i, err := wantInteger(args[1])
	if err != nil || i < 0 || i >= int64(len(array)) {
		return nil, fmt.Errorf("index %s is outside of an array of %d", encode(args[1]), len(array))
	}
	return array[i], nil
}

func arrayLength(_ scope, args []any) (any, error) {
	array, err := wantArray(args[0])
	return number(int64(len(array))), err
}

func arrayUnique(_ scope, args []any) (any, error) {
	array, err := wantArray(args[0])
	if err != nil {
		return nil, err
	}
	out := []any{}
	for _, e := range array {
		if !contains(out, e) {
			out = append(out, e)
		}
	}
	return out, nil
}
