package dynamodb

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A keyCondition is one part of a KeyConditionExpression: an attribute, an operator and the constants to compare with.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
type keyCondition struct {
	attribute string
	operator  string // = < <= > >= BETWEEN begins_with
	values    []types.AttributeValue
}

// keyConditions reads a parsed condition as key conditions: an AND of comparisons of plain attributes with constants.
func keyConditions(s *scope, c condition) ([]keyCondition, error) {
	switch c := c.(type) {
	case and:
		left, err := keyConditions(s, c.left)
		if err != nil {
			return nil, err
		}
		right, err := keyConditions(s, c.right)
		return append(left, right...), err
	case comparison:
		if c.operator == "<>" {
			return nil, notForKeys("<>")
		}
		return oneKeyCondition(s, c.turned())
	case between:
		return oneKeyCondition(s, keyOperands{"BETWEEN", c.of, []operand{c.low, c.high}})
	case call:
		if c.function.name != "begins_with" {
			return nil, notForKeys(c.function.name)
		}
		return oneKeyCondition(s, keyOperands{"begins_with", c.arguments[0], c.arguments[1:]})
	case or:
		return nil, notForKeys("OR")
	case oneOf:
		return nil, notForKeys("IN")
	}
	return nil, notForKeys("NOT")
}

func notForKeys(operator string) error {
	return complain("Invalid operator used in KeyConditionExpression: %s", operator)
}

type keyOperands struct {
	operator string
	key      operand
	values   []operand
}

// turned puts the attribute first: :v < sk is sk > :v.
func (c comparison) turned() keyOperands {
	if _, isPath := c.right.(path); !isPath {
		return keyOperands{c.operator, c.left, []operand{c.right}}
	}
	opposite := map[string]string{"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
	return keyOperands{opposite[c.operator], c.right, []operand{c.left}}
}

func oneKeyCondition(s *scope, o keyOperands) ([]keyCondition, error) {
	way, isPath := o.key.(path)
	switch {
	case !isPath && o.operator != "BETWEEN" && o.operator != "begins_with":
		return nil, complain("Invalid condition in KeyConditionExpression: No key attribute specified")
	case !isPath:
		return nil, complain("Invalid condition in KeyConditionExpression: %s operator must have the key attribute as its first operand", o.operator)
	case len(way) > 1:
		return nil, complain("KeyConditionExpressions cannot have conditions on nested attributes")
	}
	k := keyCondition{attribute: s.name(way[0]), operator: o.operator}
	for _, v := range o.values {
		switch v.(type) {
		case path:
			return nil, complain("Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition")
		case size:
			return nil, complain("KeyConditionExpressions cannot contain nested operations")
		}
		k.values = append(k.values, constant(s, v))
	}
	return []keyCondition{k}, nil
}

// A keyRange is what a query reads: one partition, and of it the entries that are neither below nor above.
type keyRange struct {
	hash         string
	below, above func(sort string) bool
}

// keyRange matches the conditions with the schema of the table or index.
func (k keySchema) keyRange(given []keyCondition) (keyRange, error) {
	byName := map[string]keyCondition{}
	for _, c := range given {
		if _, twice := byName[c.attribute]; twice {
			return keyRange{}, invalid("KeyConditionExpressions must only contain one condition per key")
		}
		byName[c.attribute] = c
	}
	if len(byName) > 2 {
		return keyRange{}, invalid("Conditions can be of length 1 or 2 only")
	}
	hash, found := byName[k.hash.name]
	if !found {
		return keyRange{}, invalid("Query condition missed key schema element: %s", k.hash.name)
	}
	if hash.operator != "=" || (len(byName) == 2 && k.sort.name == "") {
		return keyRange{}, invalid("Query key condition not supported")
	}
	if err := hash.fits(k.hash); err != nil {
		return keyRange{}, err
	}
	r := keyRange{hash: sortText(hash.values[0]), below: nothing, above: nothing}
	sort, found := byName[k.sort.name]
	switch {
	case found:
		r.below, r.above = sort.bounds()
		return r, sort.fits(k.sort)
	case len(byName) == 2:
		return keyRange{}, invalid("Query condition missed key schema element: %s", k.sort.name)
	}
	return r, nil
}

func nothing(string) bool { return false }

func (c keyCondition) fits(attribute keyAttribute) error {
	for _, v := range c.values {
		if typeCode(v) != attribute.kind {
			return invalidParameter("Condition parameter type does not match schema type")
		}
		if text, _ := scalarText(v); text == "" {
			return invalid("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty %s value. Key: %s",
				emptyKind(attribute), attribute.name)
		}
	}
	return nil
}

// bounds says which sort keys come before and which after those that satisfy the condition.
func (c keyCondition) bounds() (below, above func(string) bool) {
	v := sortText(c.values[0])
	lower := func(s string) bool { return s < v }
	higher := func(s string) bool { return s > v }
	switch c.operator {
	case "<":
		return nothing, func(s string) bool { return s >= v }
	case "<=":
		return nothing, higher
	case ">":
		return func(s string) bool { return s <= v }, nothing
	case ">=":
		return lower, nothing
	case "BETWEEN":
		high := sortText(c.values[1])
		return lower, func(s string) bool { return s > high }
	case "begins_with":
		return lower, func(s string) bool { return s > v && !strings.HasPrefix(s, v) }
	}
	return lower, higher
}
