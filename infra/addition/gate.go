package addition

import (
	"slices"
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
		all = append(all, grant("ReadFlags", "gates", "ssm:GetParameter", h.parameter(f.Parameter)))
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
	return append(append(all, findingGrants(h, d)...), jobGrants(h, "gates", "Tests", g.Tests)...)
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

// jobGrants allows a function to start, look at and stop jobs. Secrets Manager puts a hyphen and six characters behind a secret's name. The id of an execution is not known before it starts. For a start, IAM is asked about
// the document and the execution, and about the automation definition, which once was all that it was asked about. Jobs that end later are
// remembered, so that progress finds who waits. what names the jobs in statements: Tests, Hooks.
func jobGrants(h Home, function, what string, jobs []rollout.Job) (all []Grant) {
	later := false
	for _, j := range jobs {
		switch {
		case j.Lambda != "":
			all = append(all, grant("Invoke"+what, function, "lambda:InvokeFunction", h.ARN("lambda", "function:"+j.Lambda)))
		case j.HTTP != "":
			secret := h.ARN("secretsmanager", "secret:"+j.Secret)
			all = append(all, grant("ReadKeysOf"+what, function, "secretsmanager:GetSecretValue", secret, secret+"-??????"))
		case j.CodeBuild != "":
			later = true
			all = append(all, grant("Build"+what, function, "codebuild:StartBuild codebuild:BatchGetBuilds codebuild:StopBuild", h.ARN("codebuild", "project/"+j.CodeBuild)))
		default:
			later = true
			passed := grant("PassRolesTo"+what, function, "iam:PassRole", j.Parameters[assumed]...)
			passed.Condition = map[string]map[string]any{"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}}
			all = append(all, passed,
				grant("Execute"+what, function, "ssm:StartAutomationExecution", h.document(j.Automation), h.ARN("ssm", "automation-definition/"+j.Automation+":*")),
				grant("LookAfter"+what, function, "ssm:StartAutomationExecution ssm:GetAutomationExecution ssm:StopAutomationExecution", h.ARN("ssm", "automation-execution/*")))
		}
	}
	if later {
		all = append(all, Items(h.table(), function, "UpdateItem", "job", "release ttl"))
	}
	return all
}

// hookGrants is what a definition's hooks run and carry.
func hookGrants(h Home, d rollout.Definition) []Grant {
	return slices.Concat(jobGrants(h, "hook", "Hooks", hooked(d)), carryGrants(h, d), stageGrants(h, d))
}

// hooked are the jobs of a definition's hooks.
func hooked(d rollout.Definition) (jobs []rollout.Job) {
	for _, hook := range d.Hooks {
		if len(hook.Carry) == 0 && hook.Stage == nil {
			jobs = append(jobs, hook.Job)
		}
	}
	return jobs
}

// stageGrants allows taking back the stages that definitions name, and no others
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodepipeline.html).
func stageGrants(h Home, d rollout.Definition) (all []Grant) {
	for _, hook := range d.Hooks {
		if p := hook.Stage; p != nil {
			all = append(all, grant("LookAtStages", "hook", "codepipeline:GetPipelineState codepipeline:GetPipelineExecution codepipeline:ListPipelineExecutions", h.ARN("codepipeline", p.Pipeline)),
				grant("TakeStagesBack", "hook", "codepipeline:RollbackStage", h.ARN("codepipeline", p.String())))
		}
	}
	return all
}

// carryGrants allows reading what hooks carry, and writing it where it goes. The key that AWS manages lets whoever may read a parameter decrypt it; one
// of somebody's own has to be allowed, and is through Parameter Store alone
// (https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html).
func carryGrants(h Home, d rollout.Definition) (all []Grant) {
	for _, c := range d.Carries() {
		from, to := h.parameter(c.Source()), h.parameter(c.Parameter)
		keyed := grant("UseKeysOfCarried", "hook", "kms:Decrypt kms:Encrypt kms:GenerateDataKey", given(c.Key)...)
		keyed.Condition = map[string]map[string]any{"StringEquals": {"kms:ViaService": "ssm." + h.Region + ".amazonaws.com"}}
		all = append(all, grant("LookAtCarried", "plan", "ssm:GetParameter", from, to), grant("ReadCarried", "hook", "ssm:GetParameter", from, to),
			grant("WriteCarried", "hook", "ssm:PutParameter ssm:DeleteParameter", to), keyed)
	}
	return all
}

// parameter is the ARN of a parameter. There is no second slash before a name that begins with one.
func (h Home) parameter(name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return h.ARN("ssm", "parameter/"+strings.TrimPrefix(name, "/"))
}

// document is the ARN of a document. Amazon's own documents are in no account: nobody else's name begins like theirs
// (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html).
func (h Home) document(name string) string {
	if strings.HasPrefix(name, "AWS") {
		h.Account = ""
	}
	return h.ARN("ssm", "document/"+name)
}
