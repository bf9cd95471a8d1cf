package stack

import (
	"sluice/infra/definition"
	"sluice/shared/rollout"
)

// targets is what the definitions name and nothing else may touch: grants are made from it.
type targets struct {
	moved    []rollout.Definition // whose target carries traffic
	projects []string             // of CodeBuild
	objects  []rollout.Object
	actions  []rollout.Pipeline  // manual approvals of CodePipeline
	sources  map[string][]string // services by what they are released from, and by the actions that are questions of theirs
	gates    gated
}

func targetsOf(services []definition.Service) targets {
	t := targets{sources: map[string][]string{}}
	for _, s := range services {
		t.add(s.Definition)
		t.gates.add(s.Definition)
		if s.Definition.Target.Spec() != nil {
			t.moved = append(t.moved, s.Definition)
		}
	}
	return t
}

func (t *targets) add(d rollout.Definition) {
	for _, a := range d.Approvals {
		if a.Pipeline != nil {
			t.actions = append(t.actions, *a.Pipeline)
			t.sources[a.Pipeline.Source()] = append(t.sources[a.Pipeline.Source()], d.Service)
		}
	}
	if d.Source == nil {
		return
	}
	t.sources[d.SourceName()] = append(t.sources[d.SourceName()], d.Service)
	if b := d.Source.Build; b != nil {
		t.projects = append(t.projects, b.CodeBuild)
	}
	if o := d.Source.S3; o != nil && d.Target.LambdaAlias != nil {
		t.objects = append(t.objects, *o)
	}
}
