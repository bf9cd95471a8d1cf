package rollout

import "fmt"

// Build makes a revision of a commit: a project of CodeBuild or a pipeline publishes a version and exports its number as SLUICE_REVISION. Exactly one
// of CodeBuild and CodePipeline is set.
type Build struct {
	CodeBuild    string         `json:"codeBuild,omitempty"` // name of the project
	CodePipeline *BuildPipeline `json:"codePipeline,omitempty"`
	Within       Duration       `json:"within,omitzero"` // how long it may take; default 1h
}

// BuildPipeline is a pipeline of CodePipeline that is started with the commit of a release.
type BuildPipeline struct {
	Pipeline     string `json:"pipeline"`
	SourceAction string `json:"sourceAction,omitempty"` // whose revision the commit is; default Source
}

// String is what builds: "CodeBuild project checkout", "pipeline shop".
func (b Build) String() string {
	if b.CodePipeline != nil {
		return "pipeline " + b.CodePipeline.Pipeline
	}
	return "CodeBuild project " + b.CodeBuild
}

// Exports is how whoever builds tells the revision, as a remedy.
func (b Build) Exports() string {
	if b.CodePipeline != nil {
		return "have one action of the pipeline, which has a namespace, put out the number that publishing answers as the variable " + RevisionVariable
	}
	return "have the buildspec export the number that publishing answers: env: {exported-variables: [" + RevisionVariable + "]}"
}

func (s Source) validateBuild(found *problems, approvals []Approval) {
	b := s.Build
	if b == nil {
		found.add("source.build", "nothing makes a revision of a commit", "name the CodeBuild project that does, such as {codeBuild: checkout}; a pipeline that publishes versions by itself wants source: {published: true}")
		return
	}
	p := b.CodePipeline
	switch {
	case (p == nil) == (b.CodeBuild == ""):
		found.add("source.build", "exactly one of codeBuild and codePipeline makes a revision", "write {codeBuild: checkout} or {codePipeline: {pipeline: shop}}")
	case p == nil:
		found.check(projectName.MatchString(b.CodeBuild), "source.build.codeBuild", fmt.Sprintf("%.60q is not a project's name", b.CodeBuild), "write the CodeBuild project's name alone, without ARN")
	default:
		found.check(actionName.MatchString(p.Pipeline), "source.build.codePipeline.pipeline", fmt.Sprintf("%.60q is not a pipeline's name", p.Pipeline), "write the pipeline's name alone, without ARN")
		found.check(p.SourceAction == "" || actionName.MatchString(p.SourceAction), "source.build.codePipeline.sourceAction", fmt.Sprintf("%.60q is not an action's name", p.SourceAction), "write the name of the pipeline's source action, such as Source")
		for i, a := range approvals {
			waits := a.Pipeline != nil && a.Pipeline.Name == p.Pipeline
			found.check(!waits, fmt.Sprintf("approvals[%d].pipeline.name", i), "the release waits for this pipeline's end, and the pipeline for the release's question", "ask in another pipeline, or have another one build")
		}
	}
	found.check(b.Within == 0 || b.Within.Std() >= minute, "source.build.within", b.Within.String()+" is too short for a build", "write 1m or more")
	found.between("source.build.within", b.Within, 0, 8*hour)
}
