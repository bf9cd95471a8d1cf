// Command mutants breaks Sluice's safety lines on purpose, one at a time, and shows that the fault search notices: `make
// mutants`. Nothing in the working tree changes: each mutant is laid over it for the compiler only (go build -overlay).
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

// mutant is one safety line, and what it is broken into.
type mutant struct {
	name string
	file string
	line string
	to   string
}

var mutants = []mutant{
	{
		"the fence is not asked before a forward move", "functions/shift/fence.go",
		"\tcase dynamo.IsConflict(err):\n\t\treturn traffic.ErrFenced\n", "\tcase dynamo.IsConflict(err):\n\t\treturn nil\n",
	},
	{
		"the alias is written without compare-and-set", "shared/traffic/lambdaalias/router.go",
		"FunctionVersion: &to.Stable, RevisionId: &tag,", "FunctionVersion: &to.Stable,",
	},
	{
		"rollback swallows the error of its move", "functions/rollback/handler.go",
		"\treturn c.Go(rollout.NextSettle), err\n}\n\n// raise makes", "\treturn c.Go(rollout.NextSettle), nil\n}\n\n// raise makes",
	},
	{
		"settle believes instead of reading back", "functions/settle/handler.go",
		"\tsplit, err := h.router.Read(ctx, r.Definition.Target)\n",
		"\tsplit, err := rollout.Split{Stable: l.Stable}, error(nil)\n\tif l.Fence == nil {\n\t\tsplit.Stable = l.Candidate\n\t}\n",
	},
	{
		"a lease is taken from an owner that lives", "shared/dynamo/lease.go",
		"(%s < %s AND %s <> %s)\",", "(%s < %s OR %s <> %s)\",",
	},
	{
		"an answer is taken after the count", "shared/dynamo/release.go",
		"AND attribute_not_exists(%s.%s) AND attribute_not_exists(%s)\",\n\t\tanswers, asked, u.name(\"digest\"), u.value(q.Digest), asked, u.name(\"closed\"), u.name(\"end\"))",
		"AND attribute_not_exists(%s)\",\n\t\tanswers, asked, u.name(\"digest\"), u.value(q.Digest), u.name(\"end\"))",
	},
	{
		"an answer that comes while they are counted is lost", "shared/dynamo/release.go",
		"u.when(\"size(%s) = %s AND %s.%s = %s\", u.name(\"answers\"), u.value(len(r.Answers)), asked,", "u.when(\"%s.%s = %s\", asked,",
	},
	{
		"judge takes a shift for done that never was", "functions/judge/handler.go",
		"\tcase !shifted(r, l, c.Step):", "\tcase false && !shifted(r, l, c.Step):",
	},
	{
		"a late rollback does not ask whose the traffic is", "shared/traffic/lambdaalias/router.go",
		"\t\t\tif err := fence.Holds(ctx, now); err != nil {\n\t\t\t\treturn", "\t\t\tif err := fence.Holds(ctx, now); false {\n\t\t\t\treturn",
	},
	{
		"an abort that came too late is believed", "functions/settle/handler.go",
		"l.Fence == nil && split.Serves(l.Stable):\n\t\tr.End, r.Cause = r.Abort", "l.Fence == nil:\n\t\tr.End, r.Cause = r.Abort",
	},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "sluice-mutants-")
	if err != nil {
		return fmt.Errorf("making a folder for the mutants: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	var survived []error
	for _, m := range mutants {
		begun := time.Now()
		noticed, err := m.try(ctx, dir)
		if err != nil {
			return err
		}
		if noticed == "" {
			survived = append(survived, fmt.Errorf("nobody noticed that %s (%s)", m.name, m.file))
			noticed = "NOT NOTICED"
		}
		fmt.Printf("%-48s %4.0fs  %s\n", m.name, time.Since(begun).Seconds(), noticed)
	}
	return errors.Join(survived...)
}

// try runs the search on a mutant and answers the first violation that it found.
func (m mutant) try(ctx context.Context, dir string) (violation string, err error) {
	overlay, err := m.overlay(dir)
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-overlay", overlay, "-failfast", "-count=1", "./test/faults", "-every", "1")
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err == nil {
		return "", nil
	}
	return m.first(string(out))
}

// first is the first violation in a test's output. A mutant that does not compile proves nothing.
func (m mutant) first(out string) (string, error) {
	for line := range strings.Lines(out) {
		_, said, found := strings.Cut(line, "_test.go:")
		if _, violation, ok := strings.Cut(said, ": "); found && ok {
			return strings.TrimSpace(violation), nil
		}
	}
	return "", fmt.Errorf("trying the mutant of %s: it does not run:\n%s", m.file, out)
}

// overlay writes the mutated file, and the JSON that puts it in the place of the real one.
func (m mutant) overlay(dir string) (string, error) {
	text, err := os.ReadFile(m.file)
	if err != nil {
		return "", fmt.Errorf("reading %s: run this from the root of the repository: %w", m.file, err)
	}
	if strings.Count(string(text), m.line) != 1 {
		return "", fmt.Errorf("mutating %s: the line to break is not there once:\n%s", m.file, m.line)
	}
	mutated, overlay := filepath.Join(dir, "mutant.go"), filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(mutated, []byte(strings.Replace(string(text), m.line, m.to, 1)), 0o600); err != nil {
		return "", fmt.Errorf("writing mutant: %w", err)
	}
	real, err := filepath.Abs(m.file)
	if err != nil {
		return "", fmt.Errorf("mutating %s: %w", m.file, err)
	}
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {real: mutated}})
	if err != nil {
		return "", fmt.Errorf("writing overlay: %w", err)
	}
	if err := os.WriteFile(overlay, replace, 0o600); err != nil {
		return "", fmt.Errorf("writing overlay: %w", err)
	}
	return overlay, nil
}
