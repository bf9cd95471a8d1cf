package lambda

import (
	"reflect"

	"sluice/test/sandbox/wire"
)

// qualifiedActions are authorised on the ARN with its qualifier when the call has one; the others on the function's, or on
// "*" (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html).
var qualifiedActions = map[string]bool{
	"Invoke": true, "GetFunction": true, "GetFunctionConfiguration": true, "DeleteFunction": true,
	"AddPermission": true, "RemovePermission": true, "GetPolicy": true,
	"PutProvisionedConcurrencyConfig": true, "GetProvisionedConcurrencyConfig": true, "PutFunctionEventInvokeConfig": true,
}

// scope says what a call does in IAM's words. Giving a function a role also takes iam:PassRole on it, and code from S3 the right to
// read it.
func (s *Service) scope(operation string, input any) []wire.Grant {
	action := "lambda:" + operation
	if operation == "Invoke" {
		action = "lambda:InvokeFunction"
	}
	grants := []wire.Grant{{Action: action, Resource: s.resource(operation, input)}}
	if operation == "CreateFunction" || operation == "UpdateFunctionConfiguration" {
		if role := member(input, "Role"); role != "" {
			grants = append(grants, wire.PassRole(role, "lambda.amazonaws.com"))
		}
	}
	if key := member(input, "S3Key"); operation == "UpdateFunctionCode" && key != "" {
		read := "s3:GetObject"
		if member(input, "S3ObjectVersion") != "" {
			read = "s3:GetObjectVersion"
		}
		grants = append(grants, wire.Grant{Action: read, Resource: "arn:" + s.o.Home.Partition() + ":s3:::" + member(input, "S3Bucket") + "/" + key})
	}
	return grants
}

// resource of a call. A name that cannot be read gets "*": the operation will refuse it.
func (s *Service) resource(operation string, input any) string {
	name := member(input, "FunctionName") + member(input, "Resource")
	if name == "" {
		return "*"
	}
	qualifier := member(input, "Qualifier")
	ref, err := s.refer(&name, &qualifier)
	if err != nil {
		return "*"
	}
	if !qualifiedActions[operation] {
		ref.qualifier = ""
	}
	return s.arn(ref)
}

// member reads a string member of any of the SDK's inputs, "" if it has none of that name.
func member(input any, name string) string {
	f := reflect.Indirect(reflect.ValueOf(input)).FieldByName(name)
	if !f.IsValid() || f.Type() != reflect.TypeFor[*string]() || f.IsNil() {
		return ""
	}
	return f.Elem().String()
}
