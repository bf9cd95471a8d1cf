package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestShowIsKnownBeforeAnythingIsCompiled(t *testing.T) {
	for arguments, want := range map[string]struct {
		tags, program string
		rest          []string
	}{
		"-port 4600":                         {"lambda.norpc,one,lambdaAlias", ".sandbox/bin/run", []string{"-show", "alias", "-port", "4600"}},
		"-show alb -port 4600 -demo":         {"lambda.norpc,one,albRule", ".sandbox/bin/run-alb", []string{"-show", "alb", "-port", "4600", "-demo"}},
		"-everything -show alias -port 4600": {"lambda.norpc,one,lambdaAlias,everything", ".sandbox/bin/run", []string{"-show", "alias", "-port", "4600"}},
	} {
		o, err := read(strings.Fields(arguments))
		if err != nil || o.tags() != want.tags || o.program() != want.program || !slices.Equal(o.rest, want.rest) {
			t.Errorf("%s: %s %s %v, %v; want %v", arguments, o.tags(), o.program(), o.rest, err, want)
		}
	}
	out, err := exec.Command("go", "run", ".", "-show", "alais").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "did you mean alias?") {
		t.Errorf("a typo: %v\n%s", err, out)
	}
}
