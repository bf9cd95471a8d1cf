package stack

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"

	"sluice/shared/rollout"
)

// gated is what the gates of the definitions name: inspect may read and run that, and nothing else.
type gated struct {
	flags []string // SSM parameters
}

func (g *gated) add(d rollout.Definition) {
	if d.Gates == nil {
		return
	}
	for _, f := range d.Gates.Flags {
		g.flags = append(g.flags, f.Parameter)
	}
}

func (w wiring) readFlags(h home) []awsiam.PolicyStatement {
	var arns []string
	for _, name := range w.targets.gates.flags {
		arns = append(arns, h.arn("ssm", "parameter/"+strings.TrimPrefix(name, "/")))
	}
	return named("ReadFlags", arns, "ssm:GetParameter")
}
