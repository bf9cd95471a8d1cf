package addition

import (
	"sluice/events"
	"sluice/shared/rollout"
)

// A Rule of the default bus has a function hear of what happens in AWS.
type Rule struct {
	Name     string // whose suffix is the service
	Function string
	Pattern  events.Pattern
}

// Rules are which events functions hear besides because of what a definition names.
func Rules(d rollout.Definition) (all []Rule) {
	hears := func(name, function string, names []string, pattern func([]string) events.Pattern) {
		if len(names) > 0 {
			all = append(all, Rule{Name: name + "-" + d.Service, Function: function, Pattern: pattern(names)})
		}
	}
	projects, documents := tested(d)
	if d.Source != nil && d.Source.Build != nil {
		projects = append(projects, d.Source.Build.CodeBuild)
	}
	hears("progress", "progress", projects, events.BuildPattern)
	hears("progress-automation", "progress", documents, events.AutomationPattern)
	if d.Source != nil && d.Source.S3 != nil && d.Target.LambdaAlias != nil {
		hears("source-s3", "source", []string{d.Source.S3.Bucket}, events.S3Pattern)
	}
	var named []string
	for _, p := range pipelines(d) {
		named = append(named, p.Name)
	}
	hears("pipeline-approvals", "pipeline", named, events.PipelineApprovalPattern)
	hears("pipeline-waits", "pipeline", named, events.PipelineWaitPattern)
	return all
}

// tested are the projects and documents that a definition's tests run.
func tested(d rollout.Definition) (projects, documents []string) {
	if d.Gates == nil {
		return nil, nil
	}
	for _, t := range d.Gates.Tests {
		switch {
		case t.CodeBuild != "":
			projects = append(projects, t.CodeBuild)
		case t.Lambda == "":
			documents = append(documents, t.Automation)
		}
	}
	return projects, documents
}
