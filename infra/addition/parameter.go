package addition

import (
	"encoding/json"
	"maps"
	"slices"

	"sluice/infra/definition"
	"sluice/shared/rollout"
)

// A Parameter of SSM is read by functions.
type Parameter struct {
	Key   string // its name below the path
	Name  string
	About string
	Value string
}

// DefinitionPath is the path that holds an environment's definitions: "/sluice/staging/services/".
func DefinitionPath(environment string) string { return "/sluice/" + environment + "/services/" }

// SourcePath is the path under which it is kept what is released from where: "/sluice/staging/sources/".
func SourcePath(environment string) string { return "/sluice/" + environment + "/sources/" }

// Definitions holds each definition where the functions read it.
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

// Sources holds the services of each source, so that a push finds them by one read, and of each action of a pipeline that is a question of theirs.
func Sources(environment string, services []definition.Service) (all []Parameter) {
	sources := map[string][]string{}
	for _, s := range services {
		for _, name := range sourcesOf(s.Definition) {
			sources[name] = append(sources[name], s.Definition.Service)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		text, _ := json.Marshal(slices.Compact(slices.Sorted(slices.Values(sources[name])))) // of texts it cannot fail
		key := rollout.SourceKey(name)
		all = append(all, Parameter{Key: key, Name: SourcePath(environment) + key, Value: string(text), About: "What is released from " + name})
	}
	return all
}

// sourcesOf is what a service is released from, and the actions of pipelines that are questions of its.
func sourcesOf(d rollout.Definition) []string {
	names := given(d.SourceName())
	for _, p := range pipelines(d) {
		names = append(names, p.Source())
	}
	return names
}
