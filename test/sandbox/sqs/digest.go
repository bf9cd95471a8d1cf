package sqs

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

func digest(text string) string {
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

// digestAttributes is the sum over names, types and values that SQS documents, for SDKs to check:
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
func digestAttributes(attributes map[string]types.MessageAttributeValue) *string {
	if len(attributes) == 0 {
		return nil
	}
	var text []byte
	piece := func(value []byte) {
		text = binary.BigEndian.AppendUint32(text, uint32(len(value)))
		text = append(text, value...)
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		value := attributes[name]
		piece([]byte(name))
		piece([]byte(aws.ToString(value.DataType)))
		if value.StringValue != nil {
			text = append(text, 1)
			piece([]byte(*value.StringValue))
		} else {
			text = append(text, 2)
			piece(value.BinaryValue)
		}
	}
	return aws.String(digest(string(text)))
}

func digestSystem(attributes map[string]types.MessageSystemAttributeValue) *string {
	plain := map[string]types.MessageAttributeValue{}
	for name, value := range attributes {
		plain[name] = types.MessageAttributeValue{DataType: value.DataType, StringValue: value.StringValue, BinaryValue: value.BinaryValue}
	}
	return digestAttributes(plain)
}

func attributesSize(attributes map[string]types.MessageAttributeValue) int {
	size := 0
	for name, value := range attributes {
		size += len(name) + len(aws.ToString(value.DataType)) + len(aws.ToString(value.StringValue)) + len(value.BinaryValue)
	}
	return size
}

func checkAttributes(attributes map[string]types.MessageAttributeValue) error {
	if len(attributes) > 10 {
		return invalidParameter("Number of message attributes exceeds the allowed maximum [10].")
	}
	for name, value := range attributes {
		kind, _, _ := strings.Cut(aws.ToString(value.DataType), ".")
		switch {
		case kind != "String" && kind != "Number" && kind != "Binary":
			return invalidParameter("The message attribute '" + name + "' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.")
		case kind == "Binary" && len(value.BinaryValue) == 0, kind != "Binary" && aws.ToString(value.StringValue) == "":
			return invalidParameter("The message attribute '" + name + "' must contain non-empty message attribute value for message attribute type '" + kind + "'.")
		}
	}
	return nil
}
