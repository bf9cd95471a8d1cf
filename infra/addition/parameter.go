package addition

import (
	"encoding/json"
	"slices"

	"sluice/infra/definition"
	"sluice/shared/rollout"
)

// Parameters are those of SSM that the functions of an environment read, by name: each definition, and for each source the services that
// are released from it.
func Parameters(environment string, services []definition.Service) map[string]string {
	all, sources := map[string]string{}, map[string][]string{}
	for _, s := range services {
		all[Definitions(environment)+s.Definition.Service] = string(s.JSON)
		for _, name := range sourcesOf(s.Definition) {
			sources[name] = append(sources[name], s.Definition.Service)
		}
	}
	for name, named := range sources {
		text, _ := json.Marshal(slices.Compact(slices.Sorted(slices.Values(named)))) // of texts it cannot fail
		all["/sluice/"+environment+"/sources/"+rollout.SourceKey(name)] = string(text)
	}
	return all
}

// Definitions is the path of an environment's definitions.
func Definitions(environment string) string { return "/sluice/" + environment + "/services/" }

// sourcesOf is what a service is released from, and the actions of pipelines that are questions of its.
func sourcesOf(d rollout.Definition) []string {
	names := given(d.SourceName())
	for _, p := range pipelines(d) {
		names = append(names, p.Source())
	}
	return names
}
