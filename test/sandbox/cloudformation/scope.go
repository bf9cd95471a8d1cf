package cloudformation

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscfn "github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"sluice/test/sandbox/wire"
)

// scope says what IAM must allow (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html): nearly everything is
// about a stack. A template in S3 is read with the caller's credentials, and a role that is named has to be passed
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html).
func (s *Service) scope(operation string, in any) []wire.Grant {
	grants := []wire.Grant{s.on("cloudformation:"+operation, in)}
	for _, url := range []*string{field(in, "TemplateURL")} {
		if bucket, key, ok := bucketed(aws.ToString(url)); ok {
			grants = append(grants, wire.Grant{Action: "s3:GetObject", Resource: "arn:" + s.o.Home.Partition() + ":s3:::" + bucket + "/" + key})
		}
	}
	// "If you don't pass a parameter to StackName, [...] This requires ListStacks and DescribeStacks permissions"
	// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html).
	if all, is := in.(*awscfn.DescribeStacksInput); is && all.StackName == nil {
		grants = append(grants, wire.Grant{Action: "cloudformation:ListStacks", Resource: "*"})
	}
	if role := aws.ToString(field(in, "RoleARN")); role != "" {
		grants = append(grants, wire.PassRole(role, "cloudformation.amazonaws.com"))
	}
	return grants
}

// on is the grant on the stack that a call names, with the condition keys that the reference lists.
func (s *Service) on(action string, in any) wire.Grant {
	g := wire.Grant{Action: action, Resource: "*", Keys: map[string][]string{}}
	if name := aws.ToString(field(in, "StackName")); name != "" {
		g.Resource = s.arn(name)
	} else if !ofAll(in) {
		g.Resource = s.ofSet(aws.ToString(field(in, "ChangeSetName")))
	}
	for key, member := range map[string]string{"cloudformation:ChangeSetName": "ChangeSetName", "cloudformation:RoleArn": "RoleARN", "cloudformation:TemplateUrl": "TemplateURL"} {
		if value := aws.ToString(field(in, member)); value != "" && !(member == "ChangeSetName" && action == "cloudformation:GetTemplate") { // which does not have it
			g.Keys[key] = []string{value}
		}
	}
	return g
}

// ofAll says whether a call names no stack.
func ofAll(in any) bool {
	switch in.(type) {
	case *awscfn.DescribeStackDriftDetectionStatusInput, *awscfn.DescribeStacksInput:
		return true
	}
	return false
}

// arn is the stack's, as far as it is known.
func (s *Service) arn(name string) string {
	defer s.lock()()
	if st, err := s.find(&name); err == nil {
		return st.id
	}
	return s.o.Home.ARN("cloudformation", "stack/"+named(name)+"/*")
}

func (s *Service) ofSet(id string) string {
	defer s.lock()()
	if st, _, err := s.changeSet(nil, &id); err == nil {
		return st.id
	}
	return "*"
}

// field is a member of an input by its name; nil when the input has no such member.
func field(in any, name string) *string {
	v := reflect.ValueOf(in).Elem().FieldByName(name)
	if !v.IsValid() {
		return nil
	}
	text, _ := v.Interface().(*string)
	return text
}
