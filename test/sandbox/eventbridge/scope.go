package eventbridge

import (
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awseventbridge "github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"sluice/test/sandbox/wire"
)

// scope says what IAM must allow, with the resource types of
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
func (s *Service) scope(operation string, in any) []wire.Grant {
	action := "events:" + operation
	if put, ok := in.(*awseventbridge.PutEventsInput); ok {
		return s.putScope(action, put)
	}
	return []wire.Grant{{Action: action, Resource: s.resource(operation, in)}}
}

// putScope is one grant for each bus that the entries name.
func (s *Service) putScope(action string, in *awseventbridge.PutEventsInput) []wire.Grant {
	var grants []wire.Grant
	for _, e := range in.Entries {
		g := wire.Grant{Action: action, Resource: s.options.Home.ARN("events", "event-bus/"+busNameOf(aws.ToString(e.EventBusName)))}
		if !slices.Contains(grants, g) {
			grants = append(grants, g)
		}
	}
	return grants
}

// ruleOperations act on a rule; their input names it in Name or Rule.
var ruleOperations = []string{
	"PutRule", "DescribeRule", "EnableRule", "DisableRule", "DeleteRule", "PutTargets", "RemoveTargets", "ListTargetsByRule",
}

func (s *Service) resource(operation string, in any) string {
	home := s.options.Home
	switch name := field(in, "Name", "Rule", "ArchiveName", "ReplayName"); {
	case slices.Contains(ruleOperations, operation):
		return s.ruleARN(busNameOf(field(in, "EventBusName")), name)
	case operation == "ListEventBuses", operation == "ListRules", operation == "ListRuleNamesByTarget",
		operation == "ListArchives", operation == "ListReplays", operation == "TestEventPattern":
		return "*"
	case strings.HasSuffix(operation, "EventBus"):
		return home.ARN("events", "event-bus/"+busNameOf(name))
	case strings.HasSuffix(operation, "Permission"):
		return home.ARN("events", "event-bus/"+busNameOf(field(in, "EventBusName")))
	case strings.HasSuffix(operation, "Archive"):
		return home.ARN("events", "archive/"+name)
	case strings.HasSuffix(operation, "Replay"):
		return home.ARN("events", "replay/"+name)
	}
	if arn := field(in, "ResourceARN"); arn != "" {
		return arn
	}
	return "*"
}

// field reads the first of the named string fields that an input has.
func field(in any, names ...string) string {
	v := reflect.ValueOf(in).Elem()
	for _, name := range names {
		if f := v.FieldByName(name); f.IsValid() {
			if text, ok := f.Interface().(*string); ok {
				return aws.ToString(text)
			}
		}
	}
	return ""
}
