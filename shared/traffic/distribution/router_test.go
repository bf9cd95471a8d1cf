package distribution_test

import (
	"testing"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/conformance"
)

func TestRouterKeepsThePort(t *testing.T) {
	conformance.Router(t, func(t *testing.T) conformance.Fixture { return newFixture(t) })
}

// What holds for a distribution holds for one whose viewers may mark requests.
func TestRouterKeepsThePortWithMarkedRequests(t *testing.T) {
	conformance.Router(t, func(t *testing.T) conformance.Fixture {
		f := newFixture(t)
		f.target.Marked = &kind.EdgeMark{Header: "aws-cf-cd-canary", Value: "1"}
		return marked{f}
	})
}

// marked is a fixture whose definition says by what requests are marked.
type marked struct{ *fixture }

// Unmark implements conformance.Marking.
func (m marked) Unmark(t *testing.T) { m.Move(t, rollout.Split{Stable: m.revisions.Stable}) }
