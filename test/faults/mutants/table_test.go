package main

import (
	"path/filepath"
	"strconv"
	"testing"
)

// A safety line that was rewritten is no longer broken by its mutant: this is noticed when the line changes, and not at the next
// make mutants.
func TestEachMutantBreaksALineThatIsThere(t *testing.T) {
	t.Chdir("../../..")
	dir := t.TempDir()
	for i, m := range mutants {
		if err := m.overlay(filepath.Join(dir, strconv.Itoa(i))); err != nil {
			t.Error(err)
		}
	}
}
