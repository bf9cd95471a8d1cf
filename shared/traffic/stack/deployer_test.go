package stack_test

import (
	"testing"

	"sluice/test/conformance"
)

func TestDeployerKeepsThePort(t *testing.T) {
	conformance.Deployer(t, func(t *testing.T) conformance.DeployerFixture { return newFixture(t) })
}
