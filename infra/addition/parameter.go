package addition

import (
	"encoding/json"
	"maps"
	"slices"

	"sluice/infra/definition"
	"sluice/shared/rollout"
)

// A Parameter is a parameter of SSM that functions read.
type Parameter struct {
	Key   string // its name below the path
	Name  string
	About string
	Value string
}

// DefinitionPath is the path that holds an environment's definitions: "/sluice/staging/services/".
func DefinitionPath(environment string) string { return "/sluice/" + environment + "/services/" }

// SourcePath is the path of the parameters that say what is released from which source: "/sluice/staging/sources/".
func SourcePath(environment string) string { return "/sluice/" + environment + "/sources/" }

// Definitions are the parameters that hold the definitions, where the functions read them.
func Definitions(environment string, services []definition.Service) (all []Parameter) {
	for _, s := range services {
		name := s.Definition.Service
		all = append(all, Parameter{
			Key: name, Name: DefinitionPath(environment) + name, Value: string(s.JSON),
			About: "How " + name + " is released; written by " + definition.Folder + "/" + name + ".yaml",
		})
	}
	return all
}

// Sources are the parameters that hold the services of each source, so that a push finds them by one read. Each action of a pipeline that asks a
// service's question is a source, too.
func Sources(environment string, services []definition.Service) (all []Parameter) {
	sources := map[string][]string{}
	for _, s := range services {
		for _, name := range sourcesOf(s.Definition) {
			sources[name] = append(sources[name], s.Definition.Service)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		text, _ := json.Marshal(slices.Compact(slices.Sorted(slices.Values(sources[name])))) // it cannot fail on texts
		key := rollout.SourceKey(name)
		all = append(all, Parameter{Key: key, Name: SourcePath(environment) + key, Value: string(text), About: "What is released from " + name})
	}
	return all
}

// sourcesOf is what a service is released from, and the actions of pipelines that ask its questions.
func sourcesOf(d rollout.Definition) []string {
	names := given(d.SourceName())
	for _, p := range pipelines(d) {
		names = append(names, p.Source())
	}
	return names
}
