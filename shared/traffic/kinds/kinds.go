// Package kinds opens the ports of each kind of target: one file per kind, and nothing else knows a kind's own package.
//
// Functions that touch targets are built once for each kind. With the build tag "one", only the kinds whose own tag is set, too, are linked
// (-tags one,lambdaAlias), so that no kind makes the functions of another larger or slower to start. Without it, as in tests, all are linked.
package kinds

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/shared/kind"
	"sluice/shared/traffic"
)

// linked are the kinds of this build. Their files fill it before main.
var linked = map[kind.ID]func(aws.Config) traffic.Ports{}

// Of opens the ports of a kind.
func Of(id kind.ID, cfg aws.Config) (traffic.Ports, error) {
	open, ok := linked[id]
	if !ok {
		return traffic.Ports{}, fmt.Errorf("opening targets of kind %q: this function is built without it", id)
	}
	return open(cfg), nil
}
