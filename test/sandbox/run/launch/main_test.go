package main

import (
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
		"-everything -show alias -port 4600": {"lambda.norpc,one,lambdaAlias,everything", ".sandbox/bin/run", []string{"-show", "alias", "-port", "4600"}},
	} {
		o, err := read(strings.Fields(arguments))
		if err != nil || o.tags() != want.tags || o.program() != want.program || !slices.Equal(o.rest, want.rest) {
			t.Errorf("%s: %s %s %v, %v; want %v", arguments, o.tags(), o.program(), o.rest, err, want)
		}
	}
	if err := launch(t.Context(), []string{"-show", "alais"}); err == nil || !strings.Contains(err.Error(), "did you mean alias?") {
		t.Errorf("a typo: %v", err)
	}
}
