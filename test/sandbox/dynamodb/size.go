package dynamodb

import (
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Limits in bytes.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
const (
	maxItemSize        = 400 << 10
	maxHashKeySize     = 2048
	maxSortKeySize     = 1024
	maxPageSize        = 1 << 20  // what one Query or Scan reads, before the filter
	maxBatchGetSize    = 16 << 20 // what one BatchGetItem returns
	maxTransactionSize = 4 << 20
)

// itemSize counts an item as DynamoDB bills and limits it: names and values in UTF-8 bytes.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
func itemSize(it item) int {
	size := 0
	for name, value := range it {
		size += len(name) + valueSize(value)
	}
	return size
}

func valueSize(v types.AttributeValue) int {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return len(v.Value)
	case *types.AttributeValueMemberB:
		return len(v.Value)
	case *types.AttributeValueMemberN:
		return numberSize(v.Value)
	case *types.AttributeValueMemberBOOL, *types.AttributeValueMemberNULL:
		return 1
	case *types.AttributeValueMemberM:
		return 3 + len(v.Value) + itemSize(v.Value)
	case *types.AttributeValueMemberL:
		size := 3 + len(v.Value)
		for _, element := range v.Value {
			size += valueSize(element)
		}
		return size
	}
	return setSize(v)
}

func setSize(v types.AttributeValue) int {
	texts, _ := elements(v)
	_, numbers := v.(*types.AttributeValueMemberNS)
	size := 0
	for _, text := range texts {
		if numbers {
			size += numberSize(text)
		} else {
			size += len(text)
		}
	}
	return size
}

// numberSize is one byte for every two significant digits and one more, one more again for a sign ("approximately",
// says AWS).
func numberSize(text string) int {
	digits := len(text)
	if _, short := shortInteger(text); !short {
		d, _ := parseDecimal(text)
		digits = len(d.digits)
	}
	size := 1 + (digits+1)/2
	if text != "" && text[0] == '-' {
		size++
	}
	return size
}

// sizeOf is the function size: characters of a string, bytes of a binary, elements of a set, a list or a map. Other
// values have no size.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
func sizeOf(v types.AttributeValue) (size int, sized bool) {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return utf8.RuneCountInString(v.Value), true
	case *types.AttributeValueMemberB:
		return len(v.Value), true
	case *types.AttributeValueMemberM:
		return len(v.Value), true
	case *types.AttributeValueMemberL:
		return len(v.Value), true
	}
	texts, isSet := elements(v)
	return len(texts), isSet
}
