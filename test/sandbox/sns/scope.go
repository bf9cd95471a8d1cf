package sns

import (
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/test/sandbox/wire"
)

// scope says what IAM must allow: everything is on a topic, also what is done to a
// subscription (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html).
func (s *Service) scope(operation string, in any) []wire.Grant {
	g := wire.Grant{Action: "sns:" + operation, Resource: "*"}
	if arn := field(in, "TopicArn", "TargetArn"); arn != "" {
		g.Resource = arn
	} else if arn := field(in, "SubscriptionArn"); strings.Count(arn, ":") == 6 {
		g.Resource = arn[:strings.LastIndexByte(arn, ':')]
	} else if operation == "CreateTopic" {
		g.Resource = s.options.Home.ARN("sns", field(in, "Name"))
	}
	return []wire.Grant{g}
}

// field reads the first of the named string fields that an input has.
func field(in any, names ...string) string {
	v := reflect.ValueOf(in).Elem()
	for _, name := range names {
		if f := v.FieldByName(name); f.IsValid() {
			if text, ok := f.Interface().(*string); ok && text != nil {
				return aws.ToString(text)
			}
		}
	}
	return ""
}
