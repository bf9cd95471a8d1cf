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
	repositories                   []string // of ECR, and
	imageFunctions                 []string // the functions that are made of their images
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
			g.repositories, g.imageFunctions = append(g.repositories, s.ECR), append(g.imageFunctions, d.Target.LambdaAlias.Function)
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

// rings is what progress does to the table besides, when tests may end.
func (g gated) rings() []access {
	if len(g.projects)+len(g.documents) == 0 {
		return nil
	}
	return []access{{"GetItem", "test", ""}, {"UpdateItem", "bell", "rung ttl"}}
}

// remembers is what inspect does to the table besides: news of a test has to find its release.
func (g gated) remembers() []access {
	if len(g.projects)+len(g.documents) == 0 {
		return nil
	}
	return []access{{"UpdateItem", "test", "release ttl"}}
}

// readGates allows to read what others set. Resources are those of
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html.
func (w wiring) readGates(h home) []grant {
	var flags, calendars []string
	for _, name := range w.targets.gates.flags {
		flags = append(flags, h.arn("ssm", "parameter/"+strings.TrimPrefix(name, "/")))
	}
	for _, name := range w.targets.gates.calendars {
		if !strings.HasPrefix(name, "arn:") {
			name = h.arn("ssm", "document/"+name)
		}
		calendars = append(calendars, name)
	}
	return join(named("ReadFlags", flags, "ssm:GetParameter"), named("ReadCalendars", calendars, "ssm:GetCalendarState"))
}

// hearAlarms allows to find out whether guard alarms are muted or suppressed. A mute rule is named by whoever mutes.
func (w wiring) hearAlarms(h home) []grant {
	if !w.targets.gates.unmuted {
		return nil
	}
	return readMutes(h)
}

func readMutes(h home) []grant {
	return join(one(anywhere("FindMutes", "cloudwatch:DescribeAlarms", "cloudwatch:ListAlarmMuteRules")),
		one(allow("ReadMutes", []string{h.arn("cloudwatch", "alarm-mute-rule:*")}, "cloudwatch:GetAlarmMuteRule")))
}

// runTests allows to start, look at and stop tests. An execution's id is only known when it was started. To start one IAM is
// asked about the document and the execution, and about the definition, by which it once was named alone
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html).
func (w wiring) runTests(h home) []grant {
	g := w.targets.gates
	var functions, projects, documents, executions []string
	for _, f := range g.tests {
		functions = append(functions, h.arn("lambda", "function:"+f))
	}
	for _, p := range g.projects {
		projects = append(projects, h.arn("codebuild", "project/"+p))
	}
	for _, d := range g.documents {
		documents = append(documents, h.document(d), h.arn("ssm", "automation-definition/"+d+":*"))
		executions = []string{h.arn("ssm", "automation-execution/*")}
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
func (w wiring) askScan(h home) []grant {
	g := w.targets.gates
	if !g.compliance && !g.inspector && len(g.repositories) == 0 {
		return nil
	}
	return invoke(h, "scan")
}

// findImages allows to read which image a version is made of.
func (w wiring) findImages(h home) []grant {
	var functions []string
	for _, f := range w.targets.gates.imageFunctions {
		functions = append(functions, h.arn("lambda", "function:"+f+":*"))
	}
	return named("FindImages", functions, "lambda:GetFunction")
}

// scanFindings allows to read what was found. Of AWS Config and Inspector nothing narrower than everything can be allowed.
func (w wiring) scanFindings(h home) []grant {
	g := w.targets.gates
	var repositories []string
	for _, r := range g.repositories {
		repositories = append(repositories, h.arn("ecr", "repository/"+r))
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
