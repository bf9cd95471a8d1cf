package limits_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"sluice/infra/limits"
)

type object = map[string]any

func template(resources object) map[string][]byte {
	text, _ := json.Marshal(object{"Resources": resources})
	return map[string][]byte{"Sluice-production": text}
}

func arns(n int) (all []any) {
	for i := range n {
		all = append(all, object{"Fn::Join": []any{"", []any{"arn:", object{"Ref": "AWS::Partition"}, ":lambda:", object{"Ref": "AWS::Region"}, ":", object{"Ref": "AWS::AccountId"}, fmt.Sprintf(":function:service-%03d", i)}}})
	}
	return all
}

func role(arns []any) object {
	return object{"Role0123ABCD": object{"Type": "AWS::IAM::Role", "Properties": object{"Policies": []any{object{"PolicyDocument": object{"Statement": []any{object{"Action": "lambda:GetAlias", "Resource": arns}}}}}}}}
}

func TestEngineThatIamWouldRefuseIsRefusedWithTheWayOut(t *testing.T) {
	for n, want := range map[int]string{20: "", 116: "WARNING: little room", 140: "AWS would refuse"} {
		report, err := limits.Report(template(role(arns(n))))
		if want == "" && (err != nil || strings.Contains(report, "WARNING")) {
			t.Errorf("%d ARNs: %v\n%s", n, err, report)
		}
		if want != "" && !strings.Contains(report+fmt.Sprint(err), want) {
			t.Errorf("%d ARNs: %v\n%s\nwant %q", n, err, report, want)
		}
		if (err != nil) != (n == 140) {
			t.Errorf("%d ARNs: %v", n, err)
		}
		if err != nil && !strings.Contains(err.Error(), "When an engine is full") {
			t.Errorf("no way out is named: %v", err)
		}
	}
}

// Each limit notices a template that is past it: a limit that measures nothing would say nothing.
func TestEveryLimitIsMeasured(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	past := map[string]object{}
	for i := range 501 {
		id := fmt.Sprintf("R%d", i)
		if past["resources of a stack"] == nil {
			past["resources of a stack"] = object{}
		}
		past["resources of a stack"][id] = object{"Type": "AWS::SNS::Topic"}
	}
	one := func(kind string, properties object) object {
		return object{"One": object{"Type": kind, "Properties": properties}}
	}
	past["bytes of a template"] = one("AWS::SNS::Topic", object{"DisplayName": long(1_000_001)})
	past["managed policies of a role"] = one("AWS::IAM::Role", object{"ManagedPolicyArns": arns(11)})
	past["characters of a managed policy"] = one("AWS::IAM::ManagedPolicy", object{"PolicyDocument": object{"Statement": long(6145)}})
	past["characters of a role's inline policies"] = role(arns(140))
	past["characters of a trust policy"] = one("AWS::IAM::Role", object{"AssumeRolePolicyDocument": object{"Statement": long(2049)}})
	past["characters of an event pattern"] = one("AWS::Events::Rule", object{"EventPattern": object{"source": []any{long(2049)}}})
	past["bytes of a function's environment variables"] = one("AWS::Lambda::Function", object{"Environment": object{"Variables": object{"A": long(4097)}}})
	past["bytes of a state machine's definition"] = one("AWS::StepFunctions::StateMachine", object{"DefinitionString": object{"Fn::Join": []any{"", []any{long(1 << 20), "y"}}}})
	past["bytes of a parameter"] = one("AWS::SSM::Parameter", object{"Value": long(8193)})
	past["rules of an event bus"], past["characters of a function's resource policy"] = object{}, object{}
	for i := range 101 {
		past["rules of an event bus"][fmt.Sprintf("R%d", i)] = object{"Type": "AWS::Events::Rule"}
		past["characters of a function's resource policy"][fmt.Sprintf("P%d", i)] = object{"Type": "AWS::Lambda::Permission", "Properties": object{
			"FunctionName": object{"Fn::GetAtt": []any{"Guard", "Arn"}}, "Principal": "events.amazonaws.com", "Action": "lambda:InvokeFunction", "SourceArn": object{"Fn::GetAtt": []any{"Rule", "Arn"}},
		}}
	}
	for _, limit := range limits.Limits {
		uses, err := limits.Measure(template(past[limit.What]))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, u := range uses {
			found = found || u.Limit.What == limit.What && u.Beyond()
		}
		if !found {
			t.Errorf("%s: a template that is past it is not noticed: %v", limit.What, uses)
		}
	}
}
