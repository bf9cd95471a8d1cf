// Package shows lists what `make run SHOW=...` can show. The launcher reads it before anything big is compiled, so it links next to nothing.
package shows

import (
	"fmt"

	"sluice/infra/typed"
)

// A Show is a demo service whose target is of one kind.
type Show struct {
	Name  string // as people write it: SHOW=alias
	Kind  string // as definitions name it, and its build tag
	About string // what carries the traffic, in a few words
}

// Alias is the show that is meant when nobody names one.
const Alias = "alias"

// All are the shows. A show is added by its row here, its package below exhibit, and the file that links it.
func All() []Show {
	return []Show{
		{Alias, "lambdaAlias", "an alias of a Lambda function"},
		{"alb", "albRule", "a load balancer's rule over two services of ECS"},
		{"ecs", "ecsService", "a service that ECS deploys itself, at Sluice's word"},
		{"api", "apiStage", "a stage of a REST API in API Gateway"},
		{"dns", "recordSet", "a name with weighted records in Route 53"},
		{"stack", "stack", "a CloudFormation stack with an alias of a Lambda function"},
		{"edge", "distribution", "a CloudFront distribution with three edges"},
		{"flags", "configuration", "a feature flag of AppConfig that thirty instances ask for"},
		{"flag", "featureFlag", "a feature flag of AppConfig for a share of the users"},
	}
}

// Named finds the show that a person asked for; no name means the alias.
func Named(name string) (Show, error) {
	if name == "" {
		name = Alias
	}
	var names []string
	for _, s := range All() {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return Show{}, fmt.Errorf("there is no show %q: %s", name, typed.Suggest(name, names))
}

// Tags are the build tags of a kind's show. As on AWS, what is built for one kind links nothing of another.
func Tags(kind string) string { return "lambda.norpc,one," + kind }
