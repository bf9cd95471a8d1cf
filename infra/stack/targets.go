package stack

import (
	"slices"

	"sluice/infra/definition"
	"sluice/shared/rollout"
)

// targets is what the definitions name and nothing else may touch: grants are made from it.
type targets struct {
	aliases  []rollout.LambdaAlias
	alarms   []string
	projects []string // of CodeBuild
	objects  []rollout.Object
	filled   []string            // functions that Sluice gives their code
	actions  []rollout.Pipeline  // manual approvals of CodePipeline
	sources  map[string][]string // services by what they are released from, and by the actions that are questions of theirs
	gates    gated

	synthetic []string // functions that are invoked for samples
	tested    []string // functions that a step tests before they get traffic
}

func targetsOf(services []definition.Service) targets {
	t := targets{sources: map[string][]string{}}
	for _, s := range services {
		t.add(s.Definition)
		t.gates.add(s.Definition)
		if a := s.Definition.Target.LambdaAlias; a != nil {
			t.aliases = append(t.aliases, *a)
			if slices.ContainsFunc(s.Definition.Strategy.Steps(), func(s rollout.Step) bool { return s.Test != nil }) {
				t.tested = append(t.tested, a.Function)
			}
			if s.Definition.Checks.Synthetic != nil {
				t.synthetic = append(t.synthetic, a.Function)
			}
		}
		t.alarms = append(t.alarms, s.Definition.Guard.Alarms...)
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
		t.objects, t.filled = append(t.objects, *o), append(t.filled, d.Target.LambdaAlias.Function)
	}
}

// Lambda authorises the operations on aliases by the function's ARN
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html).
func (w wiring) readAlias(h home) []grant {
	return named("ReadAlias", w.targets.functions(h, ""), "lambda:GetAlias")
}

func (w wiring) moveAlias(h home) []grant {
	return named("MoveAlias", w.targets.functions(h, ""), "lambda:GetAlias", "lambda:UpdateAlias")
}

// inspectCandidate reads a version's configuration (the revision is only known when a release is asked for) and
// finds provisioned concurrency, which an alias with weights would split in a way nobody asked for. Both are allowed on
// every version and alias of the function: a list of aliases of its own would take plan's role past what a role may hold.
func (w wiring) inspectCandidate(h home) []grant {
	return named("InspectVersions", w.targets.functions(h, ":*"), "lambda:GetFunctionConfiguration", "lambda:GetProvisionedConcurrencyConfig")
}

// wakeCandidate invokes a version that is Inactive, which is how Lambda is asked to prepare it.
func (w wiring) wakeCandidate(h home) []grant {
	return named("WakeVersions", w.targets.functions(h, ":*"), "lambda:InvokeFunction")
}

// testCandidate invokes a version by number before it gets traffic, of functions whose strategy has a step with a test.
func (w wiring) testCandidate(h home) []grant {
	return named("TestCandidate", versions(h, w.targets.tested), "lambda:InvokeFunction")
}

// buySamples invokes both versions of functions whose definitions ask for requests of Sluice's own.
func (w wiring) buySamples(h home) []grant {
	return named("BuySamples", versions(h, w.targets.synthetic), "lambda:InvokeFunction")
}

func versions(h home, functions []string) []string {
	arns := make([]string, len(functions))
	for i, f := range functions {
		arns[i] = h.arn("lambda", "function:"+f+":*")
	}
	return arns
}

func (t targets) functions(h home, qualifier string) []string {
	var arns []string
	for _, a := range t.aliases {
		arns = append(arns, h.arn("lambda", "function:"+a.Function+qualifier))
	}
	return arns
}
