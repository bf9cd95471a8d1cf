package engine_test

import (
	"encoding/json"
	"strings"
	"testing"

	"sluice/shared/rollout"
)

// named is what a definition's words stand for, with P, R and A for partition, Region and account.
func named(d rollout.Definition) (arns []string) {
	here := func(service, resource string) { arns = append(arns, "arn:P:"+service+":R:A:"+resource) }
	function := "function:" + d.Target.LambdaAlias.Function
	here("lambda", function)
	here("lambda", function+":*") // its versions and aliases
	if s := d.Source; s != nil && s.Build != nil {
		here("codebuild", "project/"+s.Build.CodeBuild)
		here("logs", "log-group:/aws/codebuild/"+s.Build.CodeBuild+":log-stream:*")
	}
	if s := d.Source; s != nil && s.S3 != nil {
		arns = append(arns, "arn:P:s3:::"+s.S3.Bucket+"/releases/*")
	}
	for _, a := range d.Approvals {
		here("codepipeline", a.Pipeline.Name)
		here("codepipeline", a.Pipeline.Name+"/"+a.Pipeline.Stage+"/"+a.Pipeline.Action)
	}
	if g := d.Gates; g != nil {
		here("ssm", "parameter"+g.Flags[0].Parameter)
		here("ssm", "document/"+g.Calendars[0])
		here("ecr", "repository/"+g.Scan.ECR)
		here("lambda", "function:"+g.Tests[0].Lambda)
		here("codebuild", "project/"+g.Tests[1].CodeBuild)
		here("ssm", "automation-definition/"+g.Tests[2].Automation+":*")
		here("ssm", "document/"+g.Tests[2].Automation)
		here("ssm", "automation-execution/*") // an execution's id is not known before it starts
		arns = append(arns, g.Tests[2].Parameters["AutomationAssumeRole"]...)
	}
	return arns
}

// granted is the resources of all managed policies of the roles of a template.
func granted(t *testing.T, template []byte) map[string]bool {
	t.Helper()
	var parsed struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				PolicyDocument struct {
					Statement []struct{ Resource any }
				}
			}
		}
	}
	if err := json.Unmarshal(template, &parsed); err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for id, r := range parsed.Resources {
		if r.Type != "AWS::IAM::ManagedPolicy" || id == "Operator" { // that of people, which is attached to nobody
			continue
		}
		for _, s := range r.Properties.PolicyDocument.Statement {
			resources, several := s.Resource.([]any)
			if !several {
				resources = []any{s.Resource}
			}
			for _, one := range resources {
				all[spelled(one)] = true
			}
		}
	}
	return all
}

var letters = map[string]string{"AWS::Partition": "P", "AWS::Region": "R", "AWS::AccountId": "A"}

// spelled is the text of a resource.
func spelled(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		if name, ok := v["Ref"].(string); ok {
			return letters[name]
		}
		join, _ := v["Fn::Join"].([]any)
		parts, _ := join[1].([]any)
		var text strings.Builder
		for _, part := range parts {
			text.WriteString(spelled(part))
		}
		return text.String()
	}
	return ""
}
