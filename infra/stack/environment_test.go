package stack_test

import (
	"testing"

	"sluice/infra/stack"
)

func TestAnEnvironmentIsProductionUnlessItIsNamed(t *testing.T) {
	if env, err := stack.ParseEnvironment(""); err != nil || !env.Production() {
		t.Errorf("got %q, %v", env, err)
	}
	if env, err := stack.ParseEnvironment("staging"); err != nil || env.Production() {
		t.Errorf("got %q, %v", env, err)
	}
}

func TestAnEnvironmentNameThatAwsWouldRefuseIsRefusedFirst(t *testing.T) {
	for _, name := range []string{"Staging", "1st", "two words", "-x", "an-environment-with-a-long-name", "a/b"} {
		if _, err := stack.ParseEnvironment(name); err == nil {
			t.Errorf("%q was taken", name)
		}
	}
}
