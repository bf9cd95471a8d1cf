package addition

import (
	"strings"

	"sluice/shared/rollout"
)

// assumed is the parameter from which a document of SSM Automation takes its role.
const assumed = "AutomationAssumeRole"

// gateGrants is what a definition's gates look at and run. Resources are those of
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html.
func gateGrants(h Home, d rollout.Definition) (all []Grant) {
	g := d.Gates
	if g == nil {
		return nil
	}
	for _, f := range g.Flags {
		all = append(all, grant("ReadFlags", "gates", "ssm:GetParameter", h.ARN("ssm", "parameter/"+strings.TrimPrefix(f.Parameter, "/"))))
	}
	for _, name := range g.Calendars {
		if !strings.HasPrefix(name, "arn:") {
			name = h.ARN("ssm", "document/"+name)
		}
		all = append(all, grant("ReadCalendars", "gates", "ssm:GetCalendarState", name))
	}
	if g.Unmuted {
		all = append(all, Mutes(h, "gates")...)
	}
	if s := d.Target.Stack; g.InSync && s != nil {
		all = append(all, grant("LookForDrift", "gates", "cloudformation:DescribeStacks cloudformation:DetectStackDrift cloudformation:DescribeStackResourceDrifts", h.ARN("cloudformation", "stack/"+s.Stack+"/*")))
	}
	return append(append(all, findingGrants(h, d)...), testGrants(h, g.Tests)...)
}

// Mutes allows a function to find out whether guard alarms are muted or suppressed. Whoever mutes chooses the name of the mute rule.
func Mutes(h Home, function string) []Grant {
	return []Grant{
		common("FindMutes", function, "cloudwatch:DescribeAlarms cloudwatch:ListAlarmMuteRules", "*"),
		common("ReadMutes", function, "cloudwatch:GetAlarmMuteRule", h.ARN("cloudwatch", "alarm-mute-rule:*")),
	}
}

// findingGrants allows scan to read what AWS Config, Inspector and ECR have found, on behalf of gates. AWS Config and Inspector can only be allowed
// for everything.
func findingGrants(h Home, d rollout.Definition) (all []Grant) {
	if d.Gates.Config != nil {
		all = append(all, common("ReadCompliance", "scan", "config:GetComplianceDetailsByResource", "*"))
	}
	if s := d.Gates.Scan; s != nil && s.Inspector {
		all = append(all, common("AskInspector", "scan", "inspector2:ListCoverage inspector2:ListFindings", "*"))
	}
	if s := d.Gates.Scan; s != nil && s.ECR != "" && d.Target.LambdaAlias != nil {
		all = append(all, grant("ReadFindings", "scan", "ecr:DescribeImageScanFindings", h.ARN("ecr", "repository/"+s.ECR)))
	}
	for _, f := range d.Gates.Features { // one flag of a configuration cannot be told from another
		all = append(all, grant("ReadFeatures", "scan", "appconfig:StartConfigurationSession appconfig:GetLatestConfiguration", h.ARN("appconfig", "application/"+f.Application+"/environment/"+f.Environment+"/configuration/"+f.Profile)))
	}
	if len(all) > 0 {
		all = append(all, common("HandToScan", "gates", "lambda:InvokeFunction", h.Function("scan")))
	}
	return all
}

// testGrants allows starting, looking at and stopping tests. The id of an execution is not known before it starts. For a start, IAM is asked about
// the document and the execution, and about the automation definition, which once was all that it was asked about. Tests that end later are
// remembered, so that progress finds who waits.
func testGrants(h Home, tests []rollout.GateTest) (all []Grant) {
	later := false
	for _, t := range tests {
		switch {
		case t.Lambda != "":
			all = append(all, grant("InvokeTests", "gates", "lambda:InvokeFunction", h.ARN("lambda", "function:"+t.Lambda)))
		case t.CodeBuild != "":
			later = true
			all = append(all, grant("BuildTests", "gates", "codebuild:StartBuild codebuild:BatchGetBuilds codebuild:StopBuild", h.ARN("codebuild", "project/"+t.CodeBuild)))
		default:
			later = true
			passed := grant("PassRolesToTests", "gates", "iam:PassRole", t.Parameters[assumed]...)
			passed.Condition = map[string]map[string]any{"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}}
			all = append(all, passed,
				grant("ExecuteTests", "gates", "ssm:StartAutomationExecution", h.document(t.Automation), h.ARN("ssm", "automation-definition/"+t.Automation+":*")),
				grant("LookAfterTests", "gates", "ssm:StartAutomationExecution ssm:GetAutomationExecution ssm:StopAutomationExecution", h.ARN("ssm", "automation-execution/*")))
		}
	}
	if later {
		all = append(all, Items(h.table(), "gates", "UpdateItem", "job", "release ttl"))
	}
	return all
}

// document is the ARN of a document. Amazon's own documents are in no account: nobody else's name begins like theirs
// (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html).
func (h Home) document(name string) string {
	if strings.HasPrefix(name, "AWS") {
		h.Account = ""
	}
	return h.ARN("ssm", "document/"+name)
}
