package dynamodb

import (
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// size is the one function that gives a value: size(path).
type size struct{ of operand }

func (f size) value(s *scope, it item) types.AttributeValue {
	v := f.of.value(s, it)
	if v == nil {
		return nil
	}
	n, sized := sizeOf(v)
	if !sized {
		return nil
	}
	return &types.AttributeValueMemberN{Value: strconv.Itoa(n)}
}

// constant is the value of an operand that no item changes, or nil.
func constant(s *scope, o operand) types.AttributeValue {
	if p, ok := o.(placeholder); ok {
		return p.value(s, nil)
	}
	return nil
}

// knownType is the type of an operand as far as the request alone tells it, or "".
func knownType(s *scope, o operand) string {
	if _, isSize := o.(size); isSize {
		return "N"
	}
	return typeCode(constant(s, o))
}

// checkOperand looks into size(...), whose argument must be able to have a size.
func checkOperand(s *scope, o operand) error {
	f, isSize := o.(size)
	if !isSize {
		return nil
	}
	v := constant(s, f.of)
	if v == nil {
		return nil
	}
	if _, sized := sizeOf(v); !sized {
		return wrongType("size", typeCode(v))
	}
	return nil
}

// checkOrdered refuses a constant that has no order, such as a boolean or a set.
func checkOrdered(s *scope, operator string, o operand) error {
	switch code := knownType(s, o); code {
	case "", "S", "N", "B":
		return checkOperand(s, o)
	default:
		return complain("Incorrect operand type for operator or function; operator: %s, operand type: %s", operator, code)
	}
}

// checkDistinct refuses to compare an attribute with itself.
func checkDistinct(s *scope, operator string, first, other operand) error {
	a, ok := first.(path)
	if !ok {
		return nil
	}
	b, ok := other.(path)
	if !ok || !samePath(a.resolve(s), b.resolve(s)) {
		return nil
	}
	return complain("The first operand must be distinct from the remaining operands for this operator or function; operator: %s, first operand: %s",
		operator, a.resolve(s))
}

func samePath(a, b path) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func wrongType(function, code string) error {
	return complain("Incorrect operand type for operator or function; operator or function: %s, operand type: %s", function, code)
}

// show writes a scalar as AWS's messages do: {S:text}.
func show(v types.AttributeValue) string {
	text, _ := scalarText(v)
	return "{" + typeCode(v) + ":" + text + "}"
}
