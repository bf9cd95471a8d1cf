package addition

import (
	"slices"
	"strings"

	"sluice/shared/rollout"
)

// A Home is where an engine is.
type Home struct{ Environment, Partition, Region, Account string }

// arn names a resource of this account and Region: ("lambda", "function:checkout").
func (h Home) arn(service, resource string) string {
	return "arn:" + h.Partition + ":" + service + ":" + h.Region + ":" + h.Account + ":" + resource
}

// Function is the ARN of one of Sluice's functions.
func (h Home) Function(name string) string { return h.arn("lambda", "function:"+h.name(name)) }

func (h Home) name(part string) string { return "sluice-" + h.Environment + "-" + part }

// A Grant is a statement of a policy, for some of Sluice's functions.
type Grant struct {
	Functions []string
	Actions   []string
	Resources []string
	Condition map[string]map[string]any
}

// grant is one row of a table: functions and actions are words in a line.
func grant(functions, actions string, resources ...string) Grant {
	return Grant{Functions: strings.Fields(functions), Actions: strings.Fields(actions), Resources: resources}
}

// Grants is what functions may touch besides because a definition names it.
func Grants(h Home, d rollout.Definition) []Grant {
	all := slices.Concat(aliasGrants(h, d), sourceGrants(h, d), approvalGrants(h, d), gateGrants(h, d))
	return slices.DeleteFunc(all, func(g Grant) bool { return len(g.Resources) == 0 })
}

func aliasGrants(h Home, d rollout.Definition) []Grant {
	a := d.Target.LambdaAlias
	if a == nil {
		return nil
	}
	function := h.arn("lambda", "function:"+a.Function)
	versions := function + ":*"
	all := []Grant{
		grant("plan gate", "lambda:GetAlias", function),
		grant("shift rollback settle guard", "lambda:GetAlias lambda:UpdateAlias", function),
		grant("plan", "lambda:GetFunctionConfiguration lambda:GetProvisionedConcurrencyConfig lambda:InvokeFunction", versions),
	}
	if slices.ContainsFunc(d.Strategy.Steps(), func(s rollout.Step) bool { return s.Test != nil }) {
		all = append(all, grant("shift", "lambda:InvokeFunction", versions))
	}
	if d.Checks.Synthetic != nil {
		all = append(all, grant("look", "lambda:InvokeFunction", versions))
	}
	return all
}

func sourceGrants(h Home, d rollout.Definition) (all []Grant) {
	if d.Source == nil {
		return nil
	}
	if b := d.Source.Build; b != nil {
		project := h.arn("codebuild", "project/"+b.CodeBuild)
		all = append(all,
			grant("build", "codebuild:StartBuild codebuild:BatchGetBuilds", project),
			grant("plan", "codebuild:BatchGetBuilds codebuild:StopBuild", project),
			grant("plan", "logs:GetLogEvents", h.arn("logs", "log-group:/aws/codebuild/"+b.CodeBuild+":log-stream:*")))
	}
	if o := d.Source.S3; o != nil && d.Target.LambdaAlias != nil {
		prefix, _, _ := strings.Cut(strings.ReplaceAll(o.Key, "?", "*"), "*")
		all = append(all,
			grant("build", "lambda:UpdateFunctionCode", h.arn("lambda", "function:"+d.Target.LambdaAlias.Function)),
			grant("build", "s3:GetObject s3:GetObjectVersion", "arn:"+h.Partition+":s3:::"+o.Bucket+"/"+prefix+"*"),
			grant("build", "kms:Decrypt", given(o.KMSKey)...))
	}
	return all
}

func approvalGrants(h Home, d rollout.Definition) (all []Grant) {
	for _, p := range pipelines(d) {
		all = append(all,
			grant("pipeline", "codepipeline:GetPipelineState codepipeline:GetPipelineExecution", h.arn("codepipeline", p.Name)),
			grant("pipeline", "codepipeline:PutApprovalResult", h.arn("codepipeline", p.Name+"/"+p.Stage+"/"+p.Action)))
	}
	return all
}

// pipelines are the actions of CodePipeline that ask what a definition has people asked.
func pipelines(d rollout.Definition) (all []rollout.Pipeline) {
	for _, a := range d.Approvals {
		if a.Pipeline != nil {
			all = append(all, *a.Pipeline)
		}
	}
	return all
}

// given is a name, if there is one.
func given(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}
