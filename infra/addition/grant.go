package addition

import (
	"slices"
	"strings"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// A Grant is a statement of a policy, for some of Sluice's functions. Grants of several definitions with the same Sid become one statement
// with the resources of all.
type Grant struct {
	Sid       string
	Functions []string
	Actions   []string
	Resources []string
	Condition map[string]map[string]any // operator, then key, then value
	Common    bool                      // it names nothing of the definition: a second definition adds nothing to it
}

// grant is one row of a table: functions and actions are words in a line.
func grant(sid, functions, actions string, resources ...string) Grant {
	return Grant{Sid: sid, Functions: strings.Fields(functions), Actions: strings.Fields(actions), Resources: resources}
}

// common is a grant that names nothing of the definition.
func common(sid, functions, actions string, resources ...string) Grant {
	g := grant(sid, functions, actions, resources...)
	g.Common = true
	return g
}

// Grants is what functions may touch because a definition names it. Where a function touches targets, the grant is for the function of the
// definition's kind of target, and for no other.
func Grants(h Home, d rollout.Definition) []Grant {
	all := slices.Concat(targetGrants(h, d), sourceGrants(h, d), approvalGrants(h, d), gateGrants(h, d), hookGrants(h, d))
	of := kind.Of(d.Target.Kind())
	for _, g := range all {
		for i, name := range g.Functions {
			g.Functions[i] = of.Function(name)
		}
	}
	return slices.DeleteFunc(all, func(g Grant) bool { return len(g.Resources) == 0 })
}

// targetGrants is what functions may do to the target itself, as its kind says.
func targetGrants(h Home, d rollout.Definition) (all []Grant) {
	spec := d.Target.Spec()
	if spec == nil {
		return nil
	}
	conditioned, _ := spec.(kind.Conditioned)
	for _, function := range kind.Touching() {
		for _, n := range spec.Needs(function, d.Uses()) {
			g := Grant{Sid: n.Sid, Functions: []string{function}, Actions: n.Actions, Resources: []string{h.resource(n)}}
			if conditioned != nil {
				g.Condition = conditioned.When(n.Sid)
			}
			all = append(all, g)
		}
	}
	if p, does := spec.(kind.Passing); does {
		for _, pass := range p.Passes() {
			all = append(all, Grant{
				Sid: pass.Sid, Functions: pass.Functions, Actions: []string{"iam:PassRole"}, Resources: pass.Roles,
				Condition: map[string]map[string]any{"StringEquals": {"iam:PassedToService": pass.Service}},
			})
		}
	}
	return all
}

// sourceGrants allows what making a version of a service needs. CodeBuild authorises calls about builds by the project's ARN
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodebuild.html), CodePipeline calls about executions by the pipeline's
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodepipeline.html). Lambda reads an object with the rights of whoever asks
// it to (https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html), and S3 decrypts it with the same rights
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html).
func sourceGrants(h Home, d rollout.Definition) (all []Grant) {
	b := builder(d)
	if p := b.CodePipeline; p != nil {
		pipeline := h.ARN("codepipeline", p.Pipeline)
		all = append(all,
			grant("StartPipelines", "build", "codepipeline:StartPipelineExecution codepipeline:GetPipelineExecution", pipeline),
			grant("LookAfterPipelines", "plan", "codepipeline:GetPipelineExecution codepipeline:ListActionExecutions codepipeline:StopPipelineExecution", pipeline))
	}
	if b.CodeBuild != "" {
		project := h.ARN("codebuild", "project/"+b.CodeBuild)
		all = append(all,
			grant("StartBuilds", "build", "codebuild:StartBuild codebuild:BatchGetBuilds", project),
			grant("LookAfterBuilds", "plan", "codebuild:BatchGetBuilds codebuild:StopBuild", project),
			grant("ReadBuildLogs", "plan", "logs:GetLogEvents", h.ARN("logs", "log-group:/aws/codebuild/"+b.CodeBuild+":log-stream:*")))
	}
	if d.Source != nil && d.Source.S3 != nil && d.Target.LambdaAlias != nil {
		o := d.Source.S3
		prefix, _, _ := strings.Cut(strings.ReplaceAll(o.Key, "?", "*"), "*")
		all = append(all,
			grant("ReadObjects", "build", "s3:GetObject s3:GetObjectVersion", "arn:"+h.Partition+":s3:::"+o.Bucket+"/"+prefix+"*"),
			grant("DecryptObjects", "build", "kms:Decrypt", given(o.KMSKey)...))
	}
	return all
}

// approvalGrants allows looking at the pipelines that a definition names, and answering their actions and no others
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodepipeline.html).
func approvalGrants(h Home, d rollout.Definition) (all []Grant) {
	for _, p := range pipelines(d) {
		all = append(all,
			grant("LookAtPipelines", "pipeline", "codepipeline:GetPipelineState codepipeline:GetPipelineExecution", h.ARN("codepipeline", p.Name)),
			grant("AnswerPipelines", "pipeline", "codepipeline:PutApprovalResult", h.ARN("codepipeline", p.Name+"/"+p.Stage+"/"+p.Action)))
	}
	return all
}

// pipelines are the actions of CodePipeline that ask the same as the approvals of a definition.
func pipelines(d rollout.Definition) (all []rollout.Pipeline) {
	for _, a := range d.Approvals {
		if a.Pipeline != nil {
			all = append(all, *a.Pipeline)
		}
	}
	return all
}

// given is a list of the name, or an empty list when there is no name.
func given(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}
