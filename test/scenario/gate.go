package scenario

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/events"
	"sluice/test/sandbox/cfn"
)

// GateRights is what the stack grants to inspect for the gates of the stories: infra/stack makes the same of a definition that
// names the same.
var GateRights = []struct {
	Function, Resource string
	Actions            []any
}{
	{"Inspect", "arn:aws:ssm:us-east-1:123456789012:parameter/checkout/releases", []any{"ssm:GetParameter"}},
}

// WithGates allows what the gates of the stories need.
func WithGates(t *cfn.Template) {
	for _, g := range GateRights {
		Allowing(g.Function, g.Resource, g.Actions...)(t)
	}
}

// Gated is Canary with gates, whose JSON is given, and two people, of whom grace may override.
func Gated(gates string) string {
	return strings.Replace(Canary, `"guard"`, `"people":{"grace":{"event":"grace"},"linus":{"event":"linus"}},"gates":{`+gates+`},"guard"`, 1)
}

// At lets time pass until a moment, written as RFC 3339.
func (w *World) At(moment string) {
	w.T.Helper()
	when, err := time.Parse(time.RFC3339, moment)
	w.must(err)
	w.Pass(time.Until(when))
}

// Flag sets an SSM parameter.
func (w *World) Flag(name, value string) {
	w.T.Helper()
	_, err := w.Parameters.PutParameter(w.ctx, &ssm.PutParameterInput{Name: &name, Value: &value, Type: ssmtypes.ParameterTypeString, Overwrite: aws.Bool(true)})
	w.must(err)
}

// Overrides has somebody let a release through its gates, by an event; gate may be empty.
func (w *World) Overrides(release, by, reason, gate string) {
	w.T.Helper()
	w.put(events.OverrideRequested, events.ControlRequest{Release: release, By: by, Reason: reason, Gate: gate})
}
