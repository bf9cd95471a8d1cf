// Command judging simulates Sluice's and the peers' judging on the same traffic: make bench-judge.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
)

func main() {
	debug.SetGCPercent(800) // what is played is small and soon forgotten
	runs := flag.Int("runs", 1000, "good releases of each scenario that are simulated; bad ones are half as many")
	docs := flag.String("docs", "", "folder whose judging.md and judging.svg are written anew")
	flag.Parse()
	if err := run(*runs, *docs, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(runs int, docs string, out, progress io.Writer) error {
	if runs < 100 {
		return fmt.Errorf("with %d runs no share of 1 %% can be seen: -runs 100 is the least", runs)
	}
	if docs != "" { // said before minutes are played
		if err := placed(filepath.Join(docs, "judging.md")); err != nil {
			return err
		}
	}
	var results []result
	all, err := chapters()
	if err != nil {
		return err
	}
	for _, c := range all {
		results = append(results, simulate(c, runs, progress))
	}
	var beside []result
	for _, c := range canaryChapters() {
		beside = append(beside, simulate(c, runs, progress))
	}
	var text bytes.Buffer
	report(&text, results, runs)
	reportCanaries(&text, beside)
	if _, err := out.Write(text.Bytes()); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	if docs == "" {
		return nil
	}
	if err := paste(filepath.Join(docs, "judging.md"), text.String()); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(docs, "judging.svg"), []byte(plot(results)), 0o644); err != nil {
		return fmt.Errorf("writing the plot: %w", err)
	}
	return nil
}
