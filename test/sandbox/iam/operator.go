package iam

import (
	"fmt"
	"strconv"
	"strings"
)

// An operator makes a matcher of a value in a policy.
type operator struct {
	negated bool
	compile func(value string) (func(string) bool, error)
}

// operators are those that the sandbox evaluates:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
var operators = map[string]operator{
	"StringEquals":              {compile: equals},
	"StringNotEquals":           {compile: equals, negated: true},
	"StringEqualsIgnoreCase":    {compile: equalsFold},
	"StringNotEqualsIgnoreCase": {compile: equalsFold, negated: true},
	"StringLike":                {compile: like},
	"StringNotLike":             {compile: like, negated: true},

	// "ArnEquals and ArnLike behave identically."
	"ArnEquals":    {compile: arnLike},
	"ArnLike":      {compile: arnLike},
	"ArnNotEquals": {compile: arnLike, negated: true},
	"ArnNotLike":   {compile: arnLike, negated: true},

	"Bool": {compile: flag},
	"Null": {compile: flag},

	"NumericEquals":            {compile: number(func(a, b float64) bool { return a == b })},
	"NumericNotEquals":         {compile: number(func(a, b float64) bool { return a == b }), negated: true},
	"NumericLessThan":          {compile: number(func(a, b float64) bool { return a < b })},
	"NumericLessThanEquals":    {compile: number(func(a, b float64) bool { return a <= b })},
	"NumericGreaterThan":       {compile: number(func(a, b float64) bool { return a > b })},
	"NumericGreaterThanEquals": {compile: number(func(a, b float64) bool { return a >= b })},
}

func equals(want string) (func(string) bool, error) {
	return func(got string) bool { return got == want }, nil
}

func equalsFold(want string) (func(string) bool, error) {
	return func(got string) bool { return strings.EqualFold(got, want) }, nil
}

func like(want string) (func(string) bool, error) { return pattern(want).match, nil }

func arnLike(want string) (func(string) bool, error) {
	p, err := newARNPattern(want)
	return p.match, err
}

func flag(want string) (func(string) bool, error) {
	if _, err := strconv.ParseBool(want); err != nil {
		return nil, fmt.Errorf("%q is neither true nor false", want)
	}
	return equalsFold(want)
}

func number(compare func(got, want float64) bool) func(string) (func(string) bool, error) {
	return func(text string) (func(string) bool, error) {
		want, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is not a number", text)
		}
		return func(value string) bool {
			got, err := strconv.ParseFloat(value, 64)
			return err == nil && compare(got, want)
		}, nil
	}
}
