package dynamodb

import (
	"bytes"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// An item is what the SDK calls map[string]AttributeValue. Items inside the service never change once they are stored:
// a write stores a new one, so that snapshots cost nothing and a failed transaction has nothing to undo.
type item = map[string]types.AttributeValue

// maxNesting is the depth of lists and maps that DynamoDB stores.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
const maxNesting = 32

// typeCode is the letter that DynamoDB gives to the type of a value.
func typeCode(v types.AttributeValue) string {
	switch v.(type) {
	case *types.AttributeValueMemberS:
		return "S"
	case *types.AttributeValueMemberN:
		return "N"
	case *types.AttributeValueMemberB:
		return "B"
	case *types.AttributeValueMemberBOOL:
		return "BOOL"
	case *types.AttributeValueMemberNULL:
		return "NULL"
	case *types.AttributeValueMemberM:
		return "M"
	case *types.AttributeValueMemberL:
		return "L"
	case *types.AttributeValueMemberSS:
		return "SS"
	case *types.AttributeValueMemberNS:
		return "NS"
	case *types.AttributeValueMemberBS:
		return "BS"
	}
	return ""
}

// admitItem checks and copies an item on its way in.
func admitItem(in item) (item, error) {
	return admitMap(in, 0)
}

func admitMap(in item, depth int) (item, error) {
	out := make(item, len(in))
	for name, value := range in {
		admitted, err := admit(value, depth)
		if err != nil {
			return nil, err
		}
		out[name] = admitted
	}
	return out, nil
}

// admit checks a value as DynamoDB does and returns a copy of it that holds numbers in their stored form.
func admit(v types.AttributeValue, depth int) (types.AttributeValue, error) {
	switch v := v.(type) {
	case *types.AttributeValueMemberS, *types.AttributeValueMemberB, *types.AttributeValueMemberBOOL:
		return clone(v), nil
	case *types.AttributeValueMemberN:
		number, err := canonicalNumber(v.Value)
		return &types.AttributeValueMemberN{Value: number}, err
	case *types.AttributeValueMemberNULL:
		if !v.Value {
			return nil, invalidParameter("Null attribute value types must have the value of true")
		}
		return clone(v), nil
	case *types.AttributeValueMemberM, *types.AttributeValueMemberL:
		return admitDocument(v, depth+1)
	case *types.AttributeValueMemberSS, *types.AttributeValueMemberNS, *types.AttributeValueMemberBS:
		return admitSet(v)
	}
	return nil, invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
}

func admitDocument(v types.AttributeValue, depth int) (types.AttributeValue, error) {
	if depth > maxNesting {
		return nil, invalid("Nesting Levels have exceeded supported limits")
	}
	if m, ok := v.(*types.AttributeValueMemberM); ok {
		fields, err := admitMap(m.Value, depth)
		return &types.AttributeValueMemberM{Value: fields}, err
	}
	list := v.(*types.AttributeValueMemberL)
	elements := make([]types.AttributeValue, len(list.Value))
	for i, element := range list.Value {
		admitted, err := admit(element, depth)
		if err != nil {
			return nil, err
		}
		elements[i] = admitted
	}
	return &types.AttributeValueMemberL{Value: elements}, nil
}

func admitSet(v types.AttributeValue) (types.AttributeValue, error) {
	switch v := v.(type) {
	case *types.AttributeValueMemberSS:
		return clone(v), checkSet(v.Value, "An string set  may not be empty")
	case *types.AttributeValueMemberNS:
		numbers := make([]string, len(v.Value))
		for i, text := range v.Value {
			number, err := canonicalNumber(text)
			if err != nil {
				return nil, err
			}
			numbers[i] = number
		}
		return &types.AttributeValueMemberNS{Value: numbers}, checkSet(numbers, "An number set  may not be empty")
	case *types.AttributeValueMemberBS:
		texts := make([]string, len(v.Value))
		for i, b := range v.Value {
			texts[i] = string(b)
		}
		return clone(v), checkSet(texts, "Binary sets should not be empty")
	}
	return v, nil
}

func checkSet(elements []string, whenEmpty string) error {
	if len(elements) == 0 {
		return invalidParameter("%s", whenEmpty)
	}
	seen := make(map[string]struct{}, len(elements))
	for _, element := range elements {
		if _, again := seen[element]; again {
			return invalidParameter("Input collection contains duplicates.")
		}
		seen[element] = struct{}{}
	}
	return nil
}

// cloneItem copies an item on its way out. What is stored is replaced and never changed, so its values are shared.
func cloneItem(in item) item { return maps.Clone(in) }

// clone copies a value that is known to be good.
func clone(v types.AttributeValue) types.AttributeValue {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return &types.AttributeValueMemberS{Value: v.Value}
	case *types.AttributeValueMemberN:
		return &types.AttributeValueMemberN{Value: v.Value}
	case *types.AttributeValueMemberB:
		return &types.AttributeValueMemberB{Value: bytes.Clone(v.Value)}
	case *types.AttributeValueMemberBOOL:
		return &types.AttributeValueMemberBOOL{Value: v.Value}
	case *types.AttributeValueMemberNULL:
		return &types.AttributeValueMemberNULL{Value: v.Value}
	}
	return cloneCollection(v)
}

func cloneCollection(v types.AttributeValue) types.AttributeValue {
	switch v := v.(type) {
	case *types.AttributeValueMemberM:
		return &types.AttributeValueMemberM{Value: cloneItem(v.Value)}
	case *types.AttributeValueMemberL:
		elements := make([]types.AttributeValue, len(v.Value))
		for i, element := range v.Value {
			elements[i] = clone(element)
		}
		return &types.AttributeValueMemberL{Value: elements}
	case *types.AttributeValueMemberSS:
		return &types.AttributeValueMemberSS{Value: slices.Clone(v.Value)}
	case *types.AttributeValueMemberNS:
		return &types.AttributeValueMemberNS{Value: slices.Clone(v.Value)}
	case *types.AttributeValueMemberBS:
		elements := make([][]byte, len(v.Value))
		for i, element := range v.Value {
			elements[i] = bytes.Clone(element)
		}
		return &types.AttributeValueMemberBS{Value: elements}
	}
	return v
}
