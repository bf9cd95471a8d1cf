package lambdaalias_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/lambdaalias"
	"sluice/test/conformance"
	"sluice/test/sandbox"
	"sluice/test/sandbox/sandboxtest"
)

func TestRouterKeepsThePort(t *testing.T) {
	conformance.Router(t, func(t *testing.T) conformance.Fixture { return newFixture(t) })
}

func TestShiftOfAnAliasThatDoesNotExistIsAnError(t *testing.T) {
	f := newFixture(t)
	target := rollout.Target{LambdaAlias: &kind.LambdaAlias{Function: "checkout", Alias: "nowhere"}}
	_, err := traffic.Over(traffic.Ports{Router: f.Router()}).Forward(t.Context(), target, rollout.Split{Stable: "1"}, nil)
	if traffic.ObstacleOf(err) == nil || !strings.Contains(err.Error(), "checkout:nowhere") {
		t.Errorf("the answer is %v, want that checkout:nowhere is not found", err)
	}
}

// fixture is the alias live of a function with three versions.
type fixture struct {
	*conformance.Watch
	box    *sandbox.Sandbox
	router *lambdaalias.Router
}

func newFixture(t *testing.T) *fixture {
	f := &fixture{Watch: conformance.NewWatch("UpdateAlias")}
	box := sandboxtest.Boot(t, f.Around)
	f.box, f.router = box, lambdaalias.New(box.Config(""))
	publish(t, box, versions{Count: 3})
	return f
}

func (f *fixture) Router() traffic.Router { return f.router }

func (f *fixture) Target() rollout.Target {
	return rollout.Target{LambdaAlias: &kind.LambdaAlias{Function: "checkout", Alias: "live"}}
}

func (f *fixture) Revisions() conformance.Revisions {
	return conformance.Revisions{Stable: "1", Candidate: "2", Other: "3"}
}

// Locks: an alias has a RevisionId.
func (f *fixture) Locks() bool { return true }

// Serves reads the alias past the router, and in the raw: what AWS holds, not what the router makes of it.
func (f *fixture) Serves(t *testing.T) rollout.Split {
	t.Helper()
	out, err := f.box.Lambda.GetAlias(t.Context(), &lambda.GetAliasInput{FunctionName: aws.String("checkout"), Name: aws.String("live")})
	if err != nil {
		t.Fatal(err)
	}
	s := rollout.Split{Stable: *out.FunctionVersion, Tag: *out.RevisionId}
	if out.RoutingConfig == nil {
		return s
	}
	for version, weight := range out.RoutingConfig.AdditionalVersionWeights {
		s.Candidate, s.Weight = version, exactly(t, weight)
	}
	return s
}

// exactly finds the weight that is written so, and refuses a fraction that is only near one.
func exactly(t *testing.T, fraction float64) rollout.Weight {
	t.Helper()
	w := rollout.FromFraction(fraction)
	if w.Fraction() != fraction {
		t.Errorf("the alias has the weight %v, which is not %v", fraction, w)
	}
	return w
}

// Move updates the alias past the router.
func (f *fixture) Move(t *testing.T, to rollout.Split) {
	t.Helper()
	weights := map[string]float64{}
	if to.Candidate != "" {
		weights[to.Candidate] = to.Weight.Fraction()
	}
	_, err := f.box.Lambda.UpdateAlias(t.Context(), &lambda.UpdateAliasInput{
		FunctionName: aws.String("checkout"), Name: aws.String("live"), FunctionVersion: &to.Stable,
		RoutingConfig: &types.AliasRoutingConfiguration{AdditionalVersionWeights: weights},
	})
	if err != nil {
		t.Fatal(err)
	}
}
