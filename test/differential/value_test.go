package differential

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"
)

// drawValue draws a value of any type, but nothing that is false in JavaScript: to dynalite what is empty has no size, and
// false has no type.
func drawValue(r *rapid.T, depth int) types.AttributeValue {
	kinds := []string{"S", "S", "N", "N", "N", "B", "BOOL", "NULL", "SS", "NS"}
	if depth > 0 {
		kinds = append(kinds, "L", "M")
	}
	switch rapid.SampledFrom(kinds).Draw(r, "kind") {
	case "S":
		return &types.AttributeValueMemberS{Value: rapid.SampledFrom([]string{"a", "ab", "b", "é", "z", "S", "NS"}).Draw(r, "text")}
	case "N":
		return &types.AttributeValueMemberN{Value: drawNumber(r)}
	case "B":
		return &types.AttributeValueMemberB{Value: []byte(rapid.SampledFrom([]string{"a", "ab", "\xff"}).Draw(r, "bytes"))}
	case "BOOL":
		return &types.AttributeValueMemberBOOL{Value: true}
	case "NULL":
		return &types.AttributeValueMemberNULL{Value: true}
	case "SS":
		return &types.AttributeValueMemberSS{Value: rapid.SampledFrom([][]string{{"a"}, {"a", "b"}, {"b", "c"}, {"c"}, {"a", "b", "c"}}).Draw(r, "texts")}
	case "NS":
		return &types.AttributeValueMemberNS{Value: rapid.SampledFrom([][]string{{"1"}, {"1", "2"}, {"3", "2"}, {"2", "1.0"}}).Draw(r, "numbers")}
	case "L":
		return &types.AttributeValueMemberL{Value: rapid.Custom(func(r *rapid.T) []types.AttributeValue {
			list := []types.AttributeValue{}
			for range rapid.IntRange(1, 2).Draw(r, "elements") {
				list = append(list, drawValue(r, depth-1))
			}
			return list
		}).Draw(r, "list")}
	}
	return &types.AttributeValueMemberM{Value: item{"x": drawValue(r, depth-1)}}
}

func drawNumber(r *rapid.T) string {
	if rapid.IntRange(1, 5).Draw(r, "plain") > 1 {
		return rapid.SampledFrom([]string{"0", "1", "2", "-1", "1.0", "0.1", "1e2", "100"}).Draw(r, "number")
	}
	return rapid.SampledFrom([]string{
		"-0", "0.10", "12345678901234567890123456789012345678", "123456789012345678901234567890123456789", "1e125", "1e126", "1E-130", "x", "",
	}).Draw(r, "number")
}
