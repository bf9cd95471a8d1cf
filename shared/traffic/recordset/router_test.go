package recordset_test

import (
	"testing"

	"sluice/test/conformance"
)

func TestRouterKeepsThePort(t *testing.T) {
	conformance.Router(t, func(t *testing.T) conformance.Fixture { return newFixture(t) })
}
