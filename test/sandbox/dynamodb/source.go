package dynamodb

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A source is the right side of SET: unlike an operand of a condition it must have a value.
type source interface {
	// check finds wrong types that the request alone shows.
	check(*scope) error
	evaluate(*scope, item) (types.AttributeValue, error)
}

type (
	fetched    struct{ from operand } // a path or a placeholder
	arithmetic struct {
		left, right source
		subtract    bool
	}
	appended struct{ first, second source } // list_append
	fallback struct {                       // if_not_exists
		from      operand
		otherwise source
	}
)

func (f fetched) check(*scope) error { return nil }

func (f fetched) evaluate(s *scope, it item) (types.AttributeValue, error) {
	if v := f.from.value(s, it); v != nil {
		return v, nil
	}
	return nil, invalid("The provided expression refers to an attribute that does not exist in the item")
}

func (a arithmetic) check(s *scope) error {
	name := "+"
	if a.subtract {
		name = "-"
	}
	return checkSources(s, name, "N", a.left, a.right)
}

func (a arithmetic) evaluate(s *scope, it item) (types.AttributeValue, error) {
	left, right, err := both(s, it, a.left, a.right)
	if err != nil {
		return nil, err
	}
	x, ok := left.(*types.AttributeValueMemberN)
	y, alsoOK := right.(*types.AttributeValueMemberN)
	if !ok || !alsoOK {
		return nil, wrongOperand()
	}
	sum, err := addNumbers(x.Value, y.Value, a.subtract)
	return &types.AttributeValueMemberN{Value: sum}, err
}

func (a appended) check(s *scope) error {
	return checkSources(s, "list_append", "L", a.first, a.second)
}

func (a appended) evaluate(s *scope, it item) (types.AttributeValue, error) {
	first, second, err := both(s, it, a.first, a.second)
	if err != nil {
		return nil, err
	}
	x, ok := first.(*types.AttributeValueMemberL)
	y, alsoOK := second.(*types.AttributeValueMemberL)
	if !ok || !alsoOK {
		return nil, wrongOperand()
	}
	return &types.AttributeValueMemberL{Value: slices.Concat(x.Value, y.Value)}, nil
}

func (f fallback) check(s *scope) error { return f.otherwise.check(s) }

func (f fallback) evaluate(s *scope, it item) (types.AttributeValue, error) {
	if v := f.from.value(s, it); v != nil {
		return v, nil
	}
	return f.otherwise.evaluate(s, it)
}

func checkSources(s *scope, name, want string, sources ...source) error {
	for _, from := range sources {
		if err := from.check(s); err != nil {
			return err
		}
		f, ok := from.(fetched)
		if !ok {
			continue
		}
		if code := knownType(s, f.from); code != "" && code != want {
			return wrongType(name, code)
		}
	}
	return nil
}

func both(s *scope, it item, a, b source) (x, y types.AttributeValue, err error) {
	if x, err = a.evaluate(s, it); err != nil {
		return nil, nil, err
	}
	y, err = b.evaluate(s, it)
	return x, y, err
}
