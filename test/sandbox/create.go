package sandbox

import (
	"context"
	"maps"

	"sluice/test/sandbox/cfn"
)

// A resource is what became of one resource of the template: the answer to Ref, and to Fn::GetAtt.
type resource struct {
	ref        string
	attributes map[string]string
}

// Reasons why a property has no say in the sandbox, where they recur.
const (
	nobodyAsks    = "a label that nobody asks for here"
	notEncrypted  = "memory is not encrypted"
	notTraced     = "there is no X-Ray here"
	notPaid       = "nothing is paid for here"
	alwaysInPlace = "memory is not backed up"
)

// withoutEffect is every resource type that the sandbox leaves out, with the reason why a release cannot tell.
var withoutEffect = map[string]string{
	"AWS::CDK::Metadata":                       "the CDK's own usage report",
	"AWS::CloudFormation::WaitConditionHandle": "nothing waits for it: it stands in a stack that has nothing else",
}

// creators is how each type of the template is created: by the ordinary calls of its service.
func (s *Sandbox) creators() map[string]cfn.Creator {
	all := map[string]cfn.Creator{}
	maps.Copy(all, s.identityCreators())
	maps.Copy(all, s.functionCreators())
	maps.Copy(all, s.eventCreators())
	maps.Copy(all, s.messageCreators())
	maps.Copy(all, s.dataCreators())
	maps.Copy(all, s.watchCreators())
	for _, part := range s.parts {
		if makes, does := part.(interface{ Creators() map[string]cfn.Creator }); does {
			maps.Copy(all, makes.Creators())
		}
	}
	return all
}

// creator decodes a resource's properties into P and creates it. A property that P does not have is refused, unless
// unread says why it may be overlooked.
func creator[P any](unread map[string]string, create func(ctx context.Context, id string, p P) (resource, error)) cfn.Creator {
	return func(ctx context.Context, id string, properties map[string]any) (string, map[string]string, error) {
		var p P
		if err := cfn.Decode(properties, &p, unread); err != nil {
			return "", nil, err
		}
		made, err := create(ctx, id, p)
		return made.ref, made.attributes, err
	}
}

// A tag of a resource, as most types of a template write it.
type tag struct{ Key, Value string }

func tagMap(tags []tag) map[string]string {
	if len(tags) == 0 {
		return nil
	}
	byKey := make(map[string]string, len(tags))
	for _, t := range tags {
		byKey[t.Key] = t.Value
	}
	return byKey
}

// named is the given name, or else the one CloudFormation would make of stack and logical id, without its random end.
func (s *Sandbox) named(given, id string) string {
	if given != "" {
		return given
	}
	return s.options.StackName + "-" + id
}

// optional is a pointer to a value, or nil for the zero value: the SDK's way to say that a property is not given.
func optional[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}
