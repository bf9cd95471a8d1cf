package stack

import (
	"slices"

	"sluice/events"
)

// answerPipelines allows to look at the pipelines that definitions name, and to answer their actions and no others
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodepipeline.html).
func answerPipelines(w wiring) []grant {
	var actions []string
	for _, a := range w.targets.actions {
		actions = append(actions, w.arn("codepipeline", a.Name+"/"+a.Stage+"/"+a.Action))
	}
	var pipelines []string
	for _, p := range w.targets.pipelines() {
		pipelines = append(pipelines, w.arn("codepipeline", p))
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
func pipelineRules(w wiring) []rule {
	t := w.targets
	if len(t.actions) == 0 {
		return nil
	}
	return slices.Concat(
		[]rule{{name: "pipeline", ownBus: true, pattern: events.DecidedPattern(), about: "A question may be decided: the pipeline that waits is told"}},
		naming(rule{name: "pipeline-approvals", about: "Somebody approved or rejected in CodePipeline"}, t.pipelines(), events.PipelineApprovalPattern),
		naming(rule{name: "pipeline-waits", about: "A manual approval waits in CodePipeline"}, t.pipelines(), events.PipelineWaitPattern))
}
