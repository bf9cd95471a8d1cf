package stack_test

import (
	"strings"
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

func TestASettingThatIsMistypedIsNotPassedOver(t *testing.T) {
	for key, says := range map[string]string{
		"concurency": "did you mean concurrency?", "enviroment": "did you mean environment?", "Region": "did you mean region?", "reserve": "did you mean reserved?",
		"environment": "", "@aws-cdk/core:stackResourceLimit": "", "aws:cdk:enable-path-metadata": "", "vpc": "", "team": "",
	} {
		err := stack.Mistyped(map[string]any{key: "x"})
		if (err == nil) != (says == "") || err != nil && !(strings.Contains(err.Error(), says) && strings.Contains(err.Error(), key)) {
			t.Errorf("-c %s: %v, want %q", key, err, says)
		}
	}
}

func TestARegionThatIsMistypedIsAnsweredWithTheRightForm(t *testing.T) {
	if _, err := stack.Read("../..", "staging", "eu-central-1a"); err == nil || !strings.Contains(err.Error(), "did you mean eu-central-1?") {
		t.Errorf("got %v", err)
	}
}

func TestAnEnvironmentNameThatAwsWouldRefuseIsRefusedFirst(t *testing.T) {
	for _, name := range []string{"Staging", "1st", "two words", "-x", "an-environment-with-a-long-name", "a/b"} {
		if _, err := stack.ParseEnvironment(name); err == nil {
			t.Errorf("%q was taken", name)
		}
	}
}
