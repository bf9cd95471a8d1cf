package dynamodb

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A condition is a node of a parsed condition or filter. It is true or false of an item; an attribute that the item
// does not have makes comparisons false, <> excepted.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
type condition interface {
	// check finds what can be known to be wrong without an item: the types of the placeholders' values.
	check(*scope) error
	holds(*scope, item) bool
}

// An operand is a path, a placeholder or size(...); its value is nil where the item has none.
type operand interface {
	value(*scope, item) types.AttributeValue
}

type (
	and        struct{ left, right condition }
	or         struct{ left, right condition }
	not        struct{ of condition }
	comparison struct {
		operator    string
		left, right operand
	}
	between struct{ of, low, high operand }
	oneOf   struct {
		of   operand
		list []operand
	}
)

func (c and) check(s *scope) error { return firstError(c.left.check(s), c.right.check(s)) }
func (c or) check(s *scope) error  { return firstError(c.left.check(s), c.right.check(s)) }
func (c not) check(s *scope) error { return c.of.check(s) }

func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func (c and) holds(s *scope, it item) bool { return c.left.holds(s, it) && c.right.holds(s, it) }
func (c or) holds(s *scope, it item) bool  { return c.left.holds(s, it) || c.right.holds(s, it) }
func (c not) holds(s *scope, it item) bool { return !c.of.holds(s, it) }

func (c comparison) check(s *scope) error {
	if err := checkDistinct(s, c.operator, c.left, c.right); err != nil {
		return err
	}
	if c.operator == "=" || c.operator == "<>" {
		return firstError(checkOperand(s, c.left), checkOperand(s, c.right))
	}
	return firstError(checkOrdered(s, c.operator, c.left), checkOrdered(s, c.operator, c.right))
}

func (c comparison) holds(s *scope, it item) bool {
	left, right := c.left.value(s, it), c.right.value(s, it)
	switch {
	case c.operator == "<>":
		return left == nil || right == nil || !equal(left, right)
	case left == nil || right == nil:
		return false
	case c.operator == "=":
		return equal(left, right)
	}
	sign, comparable := order(left, right)
	return comparable && satisfies(sign, c.operator)
}

func satisfies(sign int, operator string) bool {
	switch operator {
	case "<":
		return sign < 0
	case "<=":
		return sign <= 0
	case ">":
		return sign > 0
	case ">=":
		return sign >= 0
	}
	return sign == 0
}

func (c between) check(s *scope) error {
	for _, o := range []operand{c.of, c.low, c.high} {
		if err := checkOrdered(s, "BETWEEN", o); err != nil {
			return err
		}
	}
	low, high := constant(s, c.low), constant(s, c.high)
	if low == nil || high == nil {
		return nil
	}
	bounds := fmt.Sprintf("lower bound operand: AttributeValue: %s, upper bound operand: AttributeValue: %s", show(low), show(high))
	sign, comparable := order(low, high)
	switch {
	case !comparable:
		return complain("The BETWEEN operator requires same data type for lower and upper bounds; %s", bounds)
	case sign > 0:
		return complain("The BETWEEN operator requires upper bound to be greater than or equal to lower bound; %s", bounds)
	}
	return nil
}

func (c between) holds(s *scope, it item) bool {
	of, low, high := c.of.value(s, it), c.low.value(s, it), c.high.value(s, it)
	if of == nil || low == nil || high == nil {
		return false
	}
	above, known := order(of, low)
	below, alsoKnown := order(of, high)
	return known && alsoKnown && above >= 0 && below <= 0
}

func (c oneOf) check(s *scope) error {
	if len(c.list) > 100 {
		return complain("Invalid number of operands for operator or function; operator or function: IN, number of operands: %d", len(c.list))
	}
	for _, o := range c.list {
		if err := firstError(checkDistinct(s, "IN", c.of, o), checkOperand(s, o)); err != nil {
			return err
		}
	}
	return checkOperand(s, c.of)
}

func (c oneOf) holds(s *scope, it item) bool {
	of := c.of.value(s, it)
	if of == nil {
		return false
	}
	for _, o := range c.list {
		if v := o.value(s, it); v != nil && equal(of, v) {
			return true
		}
	}
	return false
}
