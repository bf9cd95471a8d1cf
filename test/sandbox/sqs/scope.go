package sqs

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/test/sandbox/wire"
)

// scope says what IAM must allow: all but ListQueues is on the queue
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html).
func (s *Service) scope(operation string, in any) []wire.Grant {
	action := "sqs:" + operation
	name := nameIn(field(in, "QueueUrl"))
	if name == "" {
		name = field(in, "QueueName")
	}
	if operation == "ListQueues" {
		return []wire.Grant{{Action: action, Resource: "*"}}
	}
	return []wire.Grant{{Action: action, Resource: s.options.Home.ARN("sqs", name)}}
}

// field reads a string field that an input may have.
func field(in any, name string) string {
	f := reflect.ValueOf(in).Elem().FieldByName(name)
	if !f.IsValid() {
		return ""
	}
	text, _ := f.Interface().(*string)
	return aws.ToString(text)
}
