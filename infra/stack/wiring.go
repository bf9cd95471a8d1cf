package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
)

// wiring is what the functions are connected to.
type wiring struct {
	home

	table   awsdynamodb.Table
	bus     awsevents.EventBus
	topic   awssns.Topic
	slack   string  // URL of Slack's methods
	github  string  // URL of GitHub's REST API
	console *string // URL of the pages, if functions have any; nil while the function behind it is made
	where   conditions
	machine string // ARN, made from its name
	targets targets

	policies *policies      // of what definitions name
	reserved map[string]int // concurrency, by function
}

// grants is what a function may do, besides writing its own logs and traces.
func (w wiring) grants(f function) []grant {
	grants := w.targets.grants(w.home, f.name)
	for _, allowed := range f.may {
		grants = append(grants, allowed(w)...)
	}
	return grants
}
