package addition

import (
	"slices"

	"sluice/events"
	"sluice/shared/rollout"
)

// A Rule is a rule of the default bus, by which a function hears what happens in AWS to what definitions name. Rules of several definitions
// with the same name become one rule, as long as its pattern has room for the names of all.
type Rule struct {
	Name     string // "progress-automation"
	Function string
	About    string
	Names    []string // at least one
	Pattern  func(names []string) events.Pattern
}

// Rules are the rules by which functions hear events because of what a definition names.
func Rules(d rollout.Definition) (all []Rule) {
	projects, documents := run(d)
	var buckets, builders, named, services, configurations []string
	if d.Target.ECSService != nil {
		services = []string{d.Target.ECSService.Name()}
	}
	if b := builder(d); b.CodeBuild != "" {
		projects = append(projects, b.CodeBuild)
	} else if b.CodePipeline != nil {
		builders = []string{b.CodePipeline.Pipeline}
	}
	if d.Source != nil && d.Source.S3 != nil && d.Target.LambdaAlias != nil { // buckets may be busy, so only a bucket that something is released from
		buckets = []string{d.Source.S3.Bucket}
	}
	for _, p := range pipelines(d) {
		named = append(named, p.Name)
	}
	if c := d.Target.Configuration; c != nil {
		configurations = []string{c.Name()}
	}
	for _, r := range []Rule{
		{"progress", "progress", "A build has ended: a release may wait for it", projects, events.BuildPattern},
		{"progress-pipeline", "progress", "A pipeline has ended: a release may wait for what it builds", builders, events.PipelineRunPattern},
		{"progress-automation", "progress", "An execution of a document has ended: a release may wait for it", documents, events.AutomationPattern},
		{"progress-deployments", "progress", "ECS has ended a deployment: a release may wait for it", services, events.ServiceDeploymentPattern},
		{"progress-hooks", "progress", "A deployment of ECS waits for a word, or does not any more: a release may wait for it", services, events.ServiceHookPattern},
		{"progress-stack", "progress", "An update of a stack has ended: a release may wait for it", stacks(d), events.StackStatusPattern},
		{"progress-configuration", "progress", "A deployment of a configuration has ended: a release may wait for it", configurations, events.ConfiguredPattern},
		{"source-s3", "source", "An object was written", buckets, events.S3Pattern},
		{"pipeline-approvals", "pipeline", "Somebody approved or rejected in CodePipeline", named, events.PipelineApprovalPattern},
		{"pipeline-waits", "pipeline", "A manual approval waits in CodePipeline", named, events.PipelineWaitPattern},
	} {
		if len(r.Names) > 0 {
			all = append(all, r)
		}
	}
	return all
}

// builder is what makes a revision of a commit; empty where nothing does.
func builder(d rollout.Definition) rollout.Build {
	if d.Source == nil || d.Source.Build == nil {
		return rollout.Build{}
	}
	return *d.Source.Build
}

// run are the projects and documents that a definition's tests and hooks run.
func run(d rollout.Definition) (projects, documents []string) {
	jobs := hooked(d)
	if d.Gates != nil {
		jobs = append(slices.Clone(d.Gates.Tests), jobs...)
	}
	for _, j := range jobs {
		switch {
		case j.CodeBuild != "":
			projects = append(projects, j.CodeBuild)
		case j.Automation != "":
			documents = append(documents, j.Automation)
		}
	}
	return projects, documents
}

// stacks is the stack that a definition releases to.
func stacks(d rollout.Definition) []string {
	if d.Target.Stack == nil {
		return nil
	}
	return []string{d.Target.Stack.Stack}
}
