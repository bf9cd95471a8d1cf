package definition

import (
	"fmt"
	"slices"

	"sluice/shared/kind"
)

// Kinds are the kinds of target for which an engine has functions: those that definitions name, and always the Lambda alias, whose functions also
// say what is wrong with requests that name no service.
func Kinds(services []Service) []kind.ID {
	kinds := []kind.ID{kind.LambdaAliasID}
	for _, f := range kind.All() {
		named := func(s Service) bool { return s.Definition.Target.Kind() == f.ID }
		if f.ID != kind.LambdaAliasID && slices.ContainsFunc(services, named) {
			kinds = append(kinds, f.ID)
		}
	}
	return kinds
}

// InRegion complains of the services whose targets are not to be had in an engine's Region. A Region that is not known yet is not checked.
func InRegion(services []Service, region string) error {
	var problems Problems
	for _, s := range services {
		if f := s.Definition.Target.Facts(); region != "" && f.Region != "" && f.Region != region {
			problems = append(problems, Problem{
				s.File, 1, "target." + string(f.ID), fmt.Sprintf("the engine is in %s, and the metrics of a %s are in %s alone", region, f.Title, f.Region),
				"deploy an engine there for it: AWS_REGION=" + f.Region + " make deploy",
			})
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

// OnAWS complains of the services whose targets AWS does not have: an engine for them is of use in the sandbox alone.
func OnAWS(services []Service) error {
	var problems Problems
	for _, s := range services {
		if f := kind.Of(s.Definition.Target.Kind()); f.SandboxOnly {
			problems = append(problems, Problem{s.File, 1, "target." + string(f.ID), "AWS has no " + f.Title + ", the sandbox alone has it", "name a target of another kind"})
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}
