// Command mutants breaks Sluice's safety lines on purpose and shows that it is noticed, by the fault search or, where no search
// can, by the tests of the package that the line is in: `make mutants`. Nothing in the working tree changes: each mutant is laid over it for the compiler only (go build -overlay).
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var only = flag.String("only", "", "try only the mutants whose name matches this regular expression")

func run(ctx context.Context) error {
	flag.Parse()
	which, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("reading -only: %w", err)
	}
	dir, err := os.MkdirTemp("", "sluice-mutants-")
	if err != nil {
		return fmt.Errorf("making a folder for the mutants: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	own := func(i int) string { return filepath.Join(dir, strconv.Itoa(i)) }
	for i, m := range mutants { // all before the first is tried: a line that has changed is said at once
		if err := m.overlay(own(i)); err != nil {
			return err
		}
	}
	var survived []error
	for i, m := range mutants {
		if !which.MatchString(m.name) {
			continue
		}
		begun := time.Now()
		noticed, err := m.try(ctx, own(i))
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

// try runs the tests on a mutant, those that are likely to notice first, and answers the first violation that they found.
func (m mutant) try(ctx context.Context, dir string) (violation string, err error) {
	binary := filepath.Join(dir, "mutant.test")
	pkg := "./test/faults"
	if m.own {
		pkg = "./" + filepath.Dir(m.file)
	}
	out, err := exec.CommandContext(ctx, "go", "test", "-c", "-overlay", filepath.Join(dir, "overlay.json"), "-o", binary, pkg).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("trying the mutant of %s: it does not compile:\n%s", m.file, out)
	}
	for _, tests := range m.tests() {
		cmd := exec.CommandContext(ctx, binary, append(tests, "-test.failfast", "-test.timeout=0")...)
		cmd.Dir = pkg
		out, err = cmd.CombinedOutput()
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if err != nil {
			return m.first(string(out))
		}
	}
	return "", nil
}

// tests are what must notice, by the arguments of each run. The load is left out: it finds what is slow, and takes longest to find anything.
func (m mutant) tests() [][]string {
	if m.own {
		return [][]string{nil}
	}
	var runs [][]string
	for _, name := range []string{m.likely, "Interleaving", "Single", "Schedule", "Outage"} {
		if name != "" {
			runs = append(runs, []string{"-test.run", name, "-every", "1", "-orders", "1000", "-first"})
		}
	}
	return runs
}

// first is the first violation in a test's output. A mutant that does not compile proves nothing.
func (m mutant) first(out string) (string, error) {
	ran := strings.Contains(out, "--- FAIL: ")
	for line := range strings.Lines(out) {
		_, said, found := strings.Cut(line, ".go:")
		if _, violation, ok := strings.Cut(said, ": "); found && ok && ran {
			return strings.TrimSpace(violation), nil
		}
	}
	return "", fmt.Errorf("trying the mutant of %s: it does not run:\n%s", m.file, out)
}

// overlay writes the mutated file into a new folder, and the JSON overlay.json that puts it in the place of the real one.
func (m mutant) overlay(dir string) error {
	text, err := os.ReadFile(m.file)
	if err != nil {
		return fmt.Errorf("reading %s: run this from the root of the repository: %w", m.file, err)
	}
	if strings.Count(string(text), m.line) != 1 {
		return fmt.Errorf("mutating %s: the line to break is not there once:\n%s", m.file, m.line)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("writing mutant: %w", err)
	}
	mutated, overlay := filepath.Join(dir, "mutant.go"), filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(mutated, []byte(strings.Replace(string(text), m.line, m.to, 1)), 0o600); err != nil {
		return fmt.Errorf("writing mutant: %w", err)
	}
	real, err := filepath.Abs(m.file)
	if err != nil {
		return fmt.Errorf("mutating %s: %w", m.file, err)
	}
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {real: mutated}})
	if err != nil {
		return fmt.Errorf("writing overlay: %w", err)
	}
	if err := os.WriteFile(overlay, replace, 0o600); err != nil {
		return fmt.Errorf("writing overlay: %w", err)
	}
	return nil
}
