package stack

import (
	"strings"

	"sluice/shared/rollout"
)

// gated is what the gates of the definitions name: inspect may read and run that, and nothing else.
type gated struct {
	flags     []string // SSM parameters
	calendars []string // SSM documents, by name or ARN
	tests     []string // functions
	projects  []string // of CodeBuild
	documents []string // of SSM Automation
	roles     []string // that Automation assumes: whoever starts it passes them

	unmuted, compliance, inspector bool
	repositories                   []string // of ECR
}

// assumed is the parameter that a document takes its role from.
const assumed = "AutomationAssumeRole"

func (g *gated) add(d rollout.Definition) {
	if d.Gates == nil {
		return
	}
	for _, f := range d.Gates.Flags {
		g.flags = append(g.flags, f.Parameter)
	}
	g.calendars = append(g.calendars, d.Gates.Calendars...)
	g.unmuted = g.unmuted || d.Gates.Unmuted
	g.compliance = g.compliance || d.Gates.Config != nil
	if s := d.Gates.Scan; s != nil {
		g.inspector = g.inspector || s.Inspector
		if s.ECR != "" && d.Target.LambdaAlias != nil {
			g.repositories = append(g.repositories, s.ECR)
		}
	}
	for _, t := range d.Gates.Tests {
		switch {
		case t.Lambda != "":
			g.tests = append(g.tests, t.Lambda)
		case t.CodeBuild != "":
			g.projects = append(g.projects, t.CodeBuild)
		default:
			g.documents = append(g.documents, t.Automation)
			g.roles = append(g.roles, t.Parameters[assumed]...)
		}
	}
}

// rememberTests allows to write down for which release a test runs, when there are tests whose end is an event.
func rememberTests(w wiring) []grant {
	if len(w.targets.gates.projects)+len(w.targets.gates.documents) == 0 {
		return nil
	}
	return items(access{"UpdateItem", "job", "release ttl"})(w)
}

// readGates allows to read what others set. Resources are those of
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html.
func readGates(w wiring) []grant {
	var flags, calendars []string
	for _, name := range w.targets.gates.flags {
		flags = append(flags, w.arn("ssm", "parameter/"+strings.TrimPrefix(name, "/")))
	}
	for _, name := range w.targets.gates.calendars {
		if !strings.HasPrefix(name, "arn:") {
			name = w.arn("ssm", "document/"+name)
		}
		calendars = append(calendars, name)
	}
	return join(named("ReadFlags", flags, "ssm:GetParameter"), named("ReadCalendars", calendars, "ssm:GetCalendarState"))
}

// hearAlarms allows to find out whether guard alarms are muted or suppressed. A mute rule is named by whoever mutes.
func hearAlarms(w wiring) []grant {
	if !w.targets.gates.unmuted {
		return nil
	}
	return readMutes(w)
}

func readMutes(w wiring) []grant {
	return join(one(anywhere("FindMutes", "cloudwatch:DescribeAlarms", "cloudwatch:ListAlarmMuteRules")),
		one(allow("ReadMutes", []string{w.arn("cloudwatch", "alarm-mute-rule:*")}, "cloudwatch:GetAlarmMuteRule")))
}

// runTests allows to start, look at and stop tests. An execution's id is only known when it was started. To start one IAM is
// asked about the document and the execution, and about the definition, by which it once was named alone
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html).
func runTests(w wiring) []grant {
	g := w.targets.gates
	var functions, projects, documents, executions []string
	for _, f := range g.tests {
		functions = append(functions, w.arn("lambda", "function:"+f))
	}
	for _, p := range g.projects {
		projects = append(projects, w.arn("codebuild", "project/"+p))
	}
	for _, d := range g.documents {
		documents = append(documents, w.document(d), w.arn("ssm", "automation-definition/"+d+":*"))
		executions = []string{w.arn("ssm", "automation-execution/*")}
	}
	return join(named("InvokeTests", functions, "lambda:InvokeFunction"),
		named("BuildTests", projects, "codebuild:StartBuild", "codebuild:BatchGetBuilds", "codebuild:StopBuild"),
		named("ExecuteTests", documents, "ssm:StartAutomationExecution"),
		named("LookAfterTests", executions, "ssm:StartAutomationExecution", "ssm:GetAutomationExecution", "ssm:StopAutomationExecution"),
		passRoles(g.roles))
}

// document is the ARN of a document. Those that belong to Amazon are in no account: nobody else's name begins like theirs
// (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html).
func (h home) document(name string) string {
	if strings.HasPrefix(name, "AWS") {
		h.account = ""
	}
	return h.arn("ssm", "document/"+name)
}

func passRoles(roles []string) []grant {
	passed := named("PassRolesToTests", roles, "iam:PassRole")
	for i, g := range passed {
		passed[i] = g.only("StringEquals", "iam:PassedToService", "ssm.amazonaws.com")
	}
	return passed
}

// askScan is granted only where a definition has something to ask.
func askScan(w wiring) []grant {
	g := w.targets.gates
	if !g.compliance && !g.inspector && len(g.repositories) == 0 {
		return nil
	}
	return invoke(scan.name)(w)
}

// scanFindings allows to read what was found. Of AWS Config and Inspector nothing narrower than everything can be allowed.
func scanFindings(w wiring) []grant {
	g := w.targets.gates
	var repositories []string
	for _, r := range g.repositories {
		repositories = append(repositories, w.arn("ecr", "repository/"+r))
	}
	statements := named("ReadFindings", repositories, "ecr:DescribeImageScanFindings")
	if g.compliance {
		statements = append(statements, anywhere("ReadCompliance", "config:GetComplianceDetailsByResource"))
	}
	if g.inspector {
		statements = append(statements, anywhere("AskInspector", "inspector2:ListCoverage", "inspector2:ListFindings"))
	}
	return statements
}
