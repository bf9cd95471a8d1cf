package dynamodb

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A call is a function that is true or false of an item.
type call struct {
	function  *function
	arguments []operand
}

// A function says how many arguments it takes, what is wrong with those given (nil: nothing can be), and its answer.
// A value is nil for an attribute that the item does not have.
type function struct {
	name     string
	arity    int
	anyValue bool // attributes may be missing: the function is about that
	check    func(s *scope, name string, arguments []operand) error
	holds    func(values []types.AttributeValue) bool
}

var functions = map[string]*function{
	"attribute_exists": {
		name: "attribute_exists", arity: 1, anyValue: true, check: wantPath,
		holds: func(v []types.AttributeValue) bool { return v[0] != nil },
	},
	"attribute_not_exists": {
		name: "attribute_not_exists", arity: 1, anyValue: true, check: wantPath,
		holds: func(v []types.AttributeValue) bool { return v[0] == nil },
	},
	"attribute_type": {
		name: "attribute_type", arity: 2, check: wantTypeName,
		holds: func(v []types.AttributeValue) bool {
			name, _ := scalarText(v[1])
			return typeCode(v[0]) == name
		},
	},
	"begins_with": {
		name: "begins_with", arity: 2, check: wantText,
		holds: func(v []types.AttributeValue) bool { return beginsWith(v[0], v[1]) },
	},
	"contains": {
		name: "contains", arity: 2, check: wantDistinct,
		holds: func(v []types.AttributeValue) bool { return contains(v[0], v[1]) },
	},
}

func (c call) check(s *scope) error {
	for _, a := range c.arguments {
		if err := checkOperand(s, a); err != nil {
			return err
		}
	}
	return c.function.check(s, c.function.name, c.arguments)
}

func (c call) holds(s *scope, it item) bool {
	var room [2]types.AttributeValue
	values := room[:0]
	for _, a := range c.arguments {
		v := a.value(s, it)
		if v == nil && !c.function.anyValue {
			return false
		}
		values = append(values, v)
	}
	return c.function.holds(values)
}

func wantPath(_ *scope, name string, arguments []operand) error {
	if _, ok := arguments[0].(path); !ok {
		return complain("Operator or function requires a document path; operator or function: %s", name)
	}
	return nil
}

func wantDistinct(s *scope, name string, arguments []operand) error {
	return checkDistinct(s, name, arguments[0], arguments[1])
}

func wantText(s *scope, name string, arguments []operand) error {
	for _, a := range arguments {
		switch code := knownType(s, a); code {
		case "", "S", "B":
		default:
			return wrongType(name, code)
		}
	}
	return wantDistinct(s, name, arguments)
}

var typeNames = []string{"B", "NULL", "SS", "BOOL", "L", "BS", "N", "NS", "S", "M"}

func wantTypeName(s *scope, name string, arguments []operand) error {
	v, ok := constant(s, arguments[1]).(*types.AttributeValueMemberS)
	if !ok {
		code := knownType(s, arguments[1])
		if code == "" {
			code = "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"
		}
		return wrongType(name, code)
	}
	if !slices.Contains(typeNames, v.Value) {
		return complain("Invalid attribute type name found; type: %s, valid types: {%s}", v.Value, strings.Join(typeNames, ","))
	}
	return nil
}
