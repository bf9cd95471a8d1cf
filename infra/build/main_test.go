package main

import (
	"context"
	"io"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/shared/kind"
)

func TestFunctionsThatTouchTargetsAreAProgramForEachKind(t *testing.T) {
	got := programs([]string{"functions/ask/lambda", "functions/guard/lambda"}, []kind.ID{kind.LambdaAliasID, kind.MemoryID})
	want := []program{
		{"ask", "functions/ask/lambda", "lambda.norpc"},
		{"guard", "functions/guard/lambda", "lambda.norpc,one,lambdaAlias"},
		{"guard-memory", "functions/guard/lambda", "lambda.norpc,one,memory"},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(program{})); diff != "" {
		t.Errorf("programs (-want +got):\n%s", diff)
	}
}

// This repository's production releases to aliases alone.
func TestKindsThatNoDefinitionNamesAreNotCompiled(t *testing.T) {
	var names []string
	err := run(t.Context(), nil, "../..", io.Discard, func(_ context.Context, p program) error {
		names = append(names, p.name)
		return nil
	})
	if err != nil || !slices.Contains(names, "guard") || slices.Contains(names, "guard-memory") {
		t.Errorf("compiled %v (%v), want guard among them and nothing for targets in memory", names, err)
	}
}
