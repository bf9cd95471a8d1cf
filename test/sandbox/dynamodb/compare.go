package dynamodb

import (
	"bytes"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// order compares two values where DynamoDB knows an order: two strings (by UTF-8 bytes), two numbers, two binaries.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
func order(a, b types.AttributeValue) (sign int, comparable bool) {
	switch a := a.(type) {
	case *types.AttributeValueMemberS:
		if b, ok := b.(*types.AttributeValueMemberS); ok {
			return strings.Compare(a.Value, b.Value), true
		}
	case *types.AttributeValueMemberN:
		if b, ok := b.(*types.AttributeValueMemberN); ok {
			return compareNumbers(a.Value, b.Value), true
		}
	case *types.AttributeValueMemberB:
		if b, ok := b.(*types.AttributeValueMemberB); ok {
			return bytes.Compare(a.Value, b.Value), true
		}
	}
	return 0, false
}

// equal compares two values of any type: values of different types differ, sets have no order.
func equal(a, b types.AttributeValue) bool {
	if sign, comparable := order(a, b); comparable {
		return sign == 0
	}
	switch a := a.(type) {
	case *types.AttributeValueMemberBOOL:
		b, ok := b.(*types.AttributeValueMemberBOOL)
		return ok && a.Value == b.Value
	case *types.AttributeValueMemberNULL:
		_, ok := b.(*types.AttributeValueMemberNULL)
		return ok
	case *types.AttributeValueMemberM:
		b, ok := b.(*types.AttributeValueMemberM)
		return ok && equalItems(a.Value, b.Value)
	case *types.AttributeValueMemberL:
		b, ok := b.(*types.AttributeValueMemberL)
		return ok && slices.EqualFunc(a.Value, b.Value, equal)
	}
	return equalSets(a, b)
}

func equalItems(a, b item) bool {
	if len(a) != len(b) {
		return false
	}
	for name, value := range a {
		if other, found := b[name]; !found || !equal(value, other) {
			return false
		}
	}
	return true
}

func equalSets(a, b types.AttributeValue) bool {
	if typeCode(a) != typeCode(b) {
		return false
	}
	x, isSet := elements(a)
	y, _ := elements(b)
	if !isSet || len(x) != len(y) {
		return false
	}
	for _, element := range x {
		if !slices.Contains(y, element) {
			return false
		}
	}
	return true
}

// elements lists what a set holds in a comparable form; numbers are canonical, so text will do.
func elements(v types.AttributeValue) (texts []string, isSet bool) {
	switch v := v.(type) {
	case *types.AttributeValueMemberSS:
		return v.Value, true
	case *types.AttributeValueMemberNS:
		return v.Value, true
	case *types.AttributeValueMemberBS:
		texts = make([]string, len(v.Value))
		for i, b := range v.Value {
			texts[i] = string(b)
		}
		return texts, true
	}
	return nil, false
}

// setOf is the inverse of elements, for the type code of a set.
func setOf(code string, texts []string) types.AttributeValue {
	switch code {
	case "SS":
		return &types.AttributeValueMemberSS{Value: texts}
	case "NS":
		return &types.AttributeValueMemberNS{Value: texts}
	}
	binaries := make([][]byte, len(texts))
	for i, text := range texts {
		binaries[i] = []byte(text)
	}
	return &types.AttributeValueMemberBS{Value: binaries}
}

// contains is the function of that name: a substring, an element of a set, an element of a list.
func contains(whole, part types.AttributeValue) bool {
	switch whole := whole.(type) {
	case *types.AttributeValueMemberS:
		part, ok := part.(*types.AttributeValueMemberS)
		return ok && strings.Contains(whole.Value, part.Value)
	case *types.AttributeValueMemberB:
		part, ok := part.(*types.AttributeValueMemberB)
		return ok && bytes.Contains(whole.Value, part.Value)
	case *types.AttributeValueMemberL:
		return slices.ContainsFunc(whole.Value, func(e types.AttributeValue) bool { return equal(e, part) })
	}
	return inSet(whole, part)
}

func inSet(set, part types.AttributeValue) bool {
	texts, isSet := elements(set)
	if !isSet || typeCode(set) != typeCode(part)+"S" {
		return false
	}
	text, _ := scalarText(part)
	return slices.Contains(texts, text)
}

// scalarText is the content of a string, number or binary: what keys and set elements are made of.
func scalarText(v types.AttributeValue) (text string, scalar bool) {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return v.Value, true
	case *types.AttributeValueMemberN:
		return v.Value, true
	case *types.AttributeValueMemberB:
		return string(v.Value), true
	}
	return "", false
}

// beginsWith is the function of that name.
func beginsWith(whole, prefix types.AttributeValue) bool {
	switch whole := whole.(type) {
	case *types.AttributeValueMemberS:
		prefix, ok := prefix.(*types.AttributeValueMemberS)
		return ok && strings.HasPrefix(whole.Value, prefix.Value)
	case *types.AttributeValueMemberB:
		prefix, ok := prefix.(*types.AttributeValueMemberB)
		return ok && bytes.HasPrefix(whole.Value, prefix.Value)
	}
	return false
}
