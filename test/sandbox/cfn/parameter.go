package cfn

import (
	"fmt"
	"strings"

	"sluice/test/sandbox/wire"
)

// pseudo answers the parameters of
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html.
func (s *Stack) pseudo(name string) (any, error) {
	home := s.options.Home
	switch name {
	case "AWS::Region":
		return home.Region, nil
	case "AWS::AccountId":
		return home.Account, nil
	case "AWS::Partition":
		return home.Partition(), nil
	case "AWS::URLSuffix":
		if home.Partition() == wire.China {
			return "amazonaws.com.cn", nil
		}
		return "amazonaws.com", nil
	case "AWS::StackName":
		return s.options.StackName, nil
	case "AWS::StackId":
		return home.ARN("cloudformation", "stack/"+s.options.StackName+"/00000000-0000-0000-0000-000000000000"), nil
	case "AWS::NotificationARNs":
		return []any{}, nil
	case "AWS::NoValue":
		return noValue{}, nil
	}
	return nil, fmt.Errorf("pseudo parameter %s is not implemented by the sandbox", name)
}

// parameter answers a parameter's value. Types that look something up in the account (AWS::SSM::Parameter::Value<...>,
// AWS::EC2::...) need a value from the caller.
func (s *Stack) parameter(name string, p Parameter) (any, error) {
	value, given := s.options.Parameters[name]
	if !given {
		if strings.HasPrefix(p.Type, "AWS::") {
			return nil, fmt.Errorf("parameter %s of type %s needs a value", name, p.Type)
		}
		if p.Default == nil {
			return nil, fmt.Errorf("parameter %s has neither a value nor a default", name)
		}
		text, err := asText(p.Default)
		if err != nil {
			return nil, fmt.Errorf("parameter %s: %w", name, err)
		}
		value = text
	}
	if err := allowed(p, value); err != nil {
		return nil, fmt.Errorf("parameter %s: %w", name, err)
	}
	if p.Type == "CommaDelimitedList" || strings.HasPrefix(p.Type, "List<") {
		out := []any{}
		for _, item := range strings.Split(value, ",") {
			out = append(out, strings.TrimSpace(item))
		}
		return out, nil
	}
	return value, nil
}

func allowed(p Parameter, value string) error {
	for _, a := range p.AllowedValues {
		if text, err := asText(a); err == nil && text == value {
			return nil
		}
	}
	if len(p.AllowedValues) > 0 {
		return fmt.Errorf("value %q is not among the allowed %v", value, p.AllowedValues)
	}
	return nil
}
