package stack

import (
	"slices"

	"sluice/events"
)

// answerPipelines allows to look at the pipelines that definitions name, and to answer their actions and no others
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodepipeline.html).
func (w wiring) answerPipelines(h home) []grant {
	var actions []string
	for _, a := range w.targets.actions {
		actions = append(actions, h.arn("codepipeline", a.Name+"/"+a.Stage+"/"+a.Action))
	}
	var pipelines []string
	for _, p := range w.targets.pipelines() {
		pipelines = append(pipelines, h.arn("codepipeline", p))
	}
	return join(named("LookAtPipelines", pipelines, "codepipeline:GetPipelineState", "codepipeline:GetPipelineExecution"),
		named("AnswerPipelines", actions, "codepipeline:PutApprovalResult"))
}

func (t targets) pipelines() []string {
	var names []string
	for _, a := range t.actions {
		names = append(names, a.Name)
	}
	return sorted(names)
}

// pipelineRules connect what people say in CodePipeline, and the actions that wait for them; none where no definition names one.
func pipelineRules(t targets) []rule {
	if len(t.actions) == 0 {
		return nil
	}
	return slices.Concat(
		[]rule{{name: "pipeline", function: "pipeline", ownBus: true, pattern: events.DecidedPattern(), about: "A question may be decided: the pipeline that waits is told"}},
		naming(rule{name: "pipeline-approvals", function: "pipeline", about: "Somebody approved or rejected in CodePipeline"}, t.pipelines(), events.PipelineApprovalPattern),
		naming(rule{name: "pipeline-waits", function: "pipeline", about: "A manual approval waits in CodePipeline"}, t.pipelines(), events.PipelineWaitPattern))
}
