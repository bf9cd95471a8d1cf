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

// The condition keys of PutEvents. Both have several values when a call has several entries, which the reference types as
// ArrayOfString (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html#amazoneventbridge-policy-keys).
// Whether AWS evaluates the call once or each entry is undocumented; a policy of ForAllValues, Null and ForAnyValue means the same in
// both cases, but that one entry is then refused and not the call.
const (
	keySource     = "events:source"
	keyDetailType = "events:detail-type"
)

// putScope is one grant for each bus that the entries name.
func (s *Service) putScope(action string, in *awseventbridge.PutEventsInput) []wire.Grant {
	var grants []wire.Grant
	for _, e := range in.Entries {
		resource := s.options.Home.ARN("events", "event-bus/"+busNameOf(aws.ToString(e.EventBusName)))
		at := slices.IndexFunc(grants, func(g wire.Grant) bool { return g.Resource == resource })
		if at < 0 {
			at = len(grants)
			grants = append(grants, wire.Grant{Action: action, Resource: resource, Keys: map[string][]string{}})
		}
		keys := grants[at].Keys
		keys[keySource] = append(keys[keySource], aws.ToString(e.Source))
		keys[keyDetailType] = append(keys[keyDetailType], aws.ToString(e.DetailType))
	}
	return grants
}

// ruleOperations act on a rule; their input names it in Name or Rule.
var ruleOperations = []string{
	"PutRule", "DescribeRule", "EnableRule", "DisableRule", "PutTargets", "ListTargetsByRule",
}

func (s *Service) resource(operation string, in any) string {
	home := s.options.Home
	switch name := field(in, "Name", "Rule", "ArchiveName"); {
	case slices.Contains(ruleOperations, operation):
		return s.ruleARN(busNameOf(field(in, "EventBusName")), name)
	case operation == "ListEventBuses", operation == "ListRules":
		return "*"
	case strings.HasSuffix(operation, "EventBus"):
		return home.ARN("events", "event-bus/"+busNameOf(name))
	case strings.HasSuffix(operation, "Permission"):
		return home.ARN("events", "event-bus/"+busNameOf(field(in, "EventBusName")))
	case strings.HasSuffix(operation, "Archive"):
		return home.ARN("events", "archive/"+name)
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
