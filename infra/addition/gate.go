package addition

import (
	"strings"

	"sluice/shared/rollout"
)

// assumed is the parameter that a document of SSM Automation takes its role from.
const assumed = "AutomationAssumeRole"

// gateGrants is what a definition's gates look at and run.
func gateGrants(h Home, d rollout.Definition) []Grant {
	g := d.Gates
	if g == nil {
		return nil
	}
	var all []Grant
	for _, f := range g.Flags {
		all = append(all, grant("inspect", "ssm:GetParameter", h.arn("ssm", "parameter/"+strings.TrimPrefix(f.Parameter, "/"))))
	}
	for _, name := range g.Calendars {
		if !strings.HasPrefix(name, "arn:") {
			name = h.arn("ssm", "document/"+name)
		}
		all = append(all, grant("inspect", "ssm:GetCalendarState", name))
	}
	if g.Unmuted {
		all = append(all,
			grant("inspect", "cloudwatch:DescribeAlarms cloudwatch:ListAlarmMuteRules", "*"),
			grant("inspect", "cloudwatch:GetAlarmMuteRule", h.arn("cloudwatch", "alarm-mute-rule:*")))
	}
	return append(append(all, findingGrants(h, d)...), testGrants(h, g.Tests)...)
}

// findingGrants is for what AWS Config, Inspector and ECR have found. Scan asks them, for inspect.
func findingGrants(h Home, d rollout.Definition) (all []Grant) {
	if d.Gates.Config != nil {
		all = append(all, grant("scan", "config:GetComplianceDetailsByResource", "*"))
	}
	if s := d.Gates.Scan; s != nil && s.Inspector {
		all = append(all, grant("scan", "inspector2:ListCoverage inspector2:ListFindings", "*"))
	}
	if s := d.Gates.Scan; s != nil && s.ECR != "" && d.Target.LambdaAlias != nil {
		all = append(all,
			grant("scan", "ecr:DescribeImageScanFindings", h.arn("ecr", "repository/"+s.ECR)),
			grant("inspect", "lambda:GetFunction", h.arn("lambda", "function:"+d.Target.LambdaAlias.Function+":*")))
	}
	if len(all) > 0 {
		all = append(all, grant("inspect", "lambda:InvokeFunction", h.Function("scan")))
	}
	return all
}

// testGrants is for tests: those that end later are remembered, so that progress finds who waits.
func testGrants(h Home, tests []rollout.GateTest) (all []Grant) {
	later := false
	for _, t := range tests {
		switch {
		case t.Lambda != "":
			all = append(all, grant("inspect", "lambda:InvokeFunction", h.arn("lambda", "function:"+t.Lambda)))
		case t.CodeBuild != "":
			later = true
			all = append(all, grant("inspect", "codebuild:StartBuild codebuild:BatchGetBuilds codebuild:StopBuild", h.arn("codebuild", "project/"+t.CodeBuild)))
		default:
			later = true
			passed := grant("inspect", "iam:PassRole", t.Parameters[assumed]...)
			passed.Condition = map[string]map[string]any{"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}}
			all = append(all, passed,
				grant("inspect", "ssm:StartAutomationExecution", h.document(t.Automation), h.arn("ssm", "automation-definition/"+t.Automation+":*")),
				grant("inspect", "ssm:StartAutomationExecution ssm:GetAutomationExecution ssm:StopAutomationExecution", h.arn("ssm", "automation-execution/*")))
		}
	}
	if later {
		all = append(all, h.items("inspect", "UpdateItem", "job", "release ttl"))
	}
	return all
}

// document is the ARN of a document. Those that belong to Amazon are in no account.
func (h Home) document(name string) string {
	if strings.HasPrefix(name, "AWS") {
		h.Account = ""
	}
	return h.arn("ssm", "document/"+name)
}

// items allows one operation on the items of the table whose key begins with a word, and a write of these attributes alone.
func (h Home) items(function, operation, word, attributes string) Grant {
	g := grant(function, "dynamodb:"+operation, h.arn("dynamodb", "table/sluice-"+h.Environment))
	like, null := map[string]any{"dynamodb:LeadingKeys": []string{word + "#*"}}, map[string]any{"dynamodb:LeadingKeys": "false"}
	if attributes != "" {
		like["dynamodb:Attributes"], null["dynamodb:Attributes"] = append([]string{"pk", "sk"}, strings.Fields(attributes)...), "false"
	}
	g.Condition = map[string]map[string]any{"ForAllValues:StringLike": like, "Null": null}
	return g
}
