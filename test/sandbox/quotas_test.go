package sandbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"sluice/test/sandbox"
	"sluice/test/sandbox/cfn"
)

// What AWS refuses for its size is refused here, in AWS's words: a stack that boots here must not fail there.
func TestWhatIsTooLargeForAwsIsTooLargeHere(t *testing.T) {
	type object = map[string]any
	document := func(n int) object {
		return object{"Version": "2012-10-17", "Statement": []any{object{"Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:aws:sns:us-east-1:123456789012:" + strings.Repeat("x", n)}}}
	}
	trust := object{"Version": "2012-10-17", "Statement": []any{object{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": object{"Service": "lambda.amazonaws.com"}}}}
	role := func(more object) object {
		properties := object{"AssumeRolePolicyDocument": trust}
		for k, v := range more {
			properties[k] = v
		}
		return object{"Role": object{"Type": "AWS::IAM::Role", "Properties": properties}}
	}
	inline := func(sizes ...int) object {
		var policies []any
		for i, n := range sizes {
			policies = append(policies, object{"PolicyName": fmt.Sprint(i), "PolicyDocument": document(n)})
		}
		return role(object{"Policies": policies})
	}
	managed := func(n int) object {
		resources, arns := object{}, []any{}
		for i := range n {
			id := fmt.Sprintf("Policy%d", i)
			resources[id] = object{"Type": "AWS::IAM::ManagedPolicy", "Properties": object{"PolicyDocument": document(10)}}
			arns = append(arns, object{"Ref": id})
		}
		resources["Role"] = role(object{"ManagedPolicyArns": arns})["Role"]
		return resources
	}
	frame := len(mustJSON(t, document(0)))
	for name, test := range map[string]struct {
		resources object
		refusal   string
	}{
		"inline policies at the limit":     {inline(5000, 10240-5000-2*frame), ""},
		"inline policies over it":          {inline(5000, 10240-5000-2*frame+1), "Maximum policy size of 10240 bytes exceeded for role"},
		"a managed policy at the limit":    {object{"P": object{"Type": "AWS::IAM::ManagedPolicy", "Properties": object{"PolicyDocument": document(6144 - frame)}}}, ""},
		"a managed policy over it":         {object{"P": object{"Type": "AWS::IAM::ManagedPolicy", "Properties": object{"PolicyDocument": document(6144 - frame + 1)}}}, "Cannot exceed quota for PolicySize: 6144"},
		"ten managed policies":             {managed(10), ""},
		"eleven managed policies":          {managed(11), "Cannot exceed quota for PoliciesPerRole: 10"},
		"a trust policy that is too long":  {role(object{"AssumeRolePolicyDocument": object{"Version": "2012-10-17", "Id": strings.Repeat("x", 2048), "Statement": trust["Statement"]}}), "Cannot exceed quota for ACLSizePerRole: 2048"},
		"a pattern that is too long":       {object{"R": object{"Type": "AWS::Events::Rule", "Properties": object{"EventPattern": object{"source": []any{strings.Repeat("x", 2048)}}}}}, "LimitExceeded"},
		"a template that is too long":      {object{"P": object{"Type": "AWS::SNS::Topic", "Properties": object{"DisplayName": strings.Repeat("x", 1_000_000)}}}, "Template may not exceed 1000000 bytes in size"},
		"a template of too many resources": {topics(501), "Number of resources, 501, is greater than maximum allowed, 500"},
	} {
		err := deployed(t, test.resources)
		if test.refusal == "" && err != nil || test.refusal != "" && (err == nil || !strings.Contains(err.Error(), test.refusal)) {
			t.Errorf("%s: %v, want %q", name, err, test.refusal)
		}
	}
}

func topics(n int) map[string]any {
	all := map[string]any{}
	for i := range n {
		all[fmt.Sprintf("T%d", i)] = map[string]any{"Type": "AWS::SNS::Topic"}
	}
	return all
}

func deployed(t *testing.T, resources map[string]any) error {
	t.Helper()
	template, err := cfn.Parse([]byte(mustJSON(t, map[string]any{"Resources": resources})))
	if err != nil {
		return err
	}
	box, err := sandbox.Boot(context.Background(), sandbox.Options{Template: template})
	if err == nil {
		box.Close()
	}
	return err
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
