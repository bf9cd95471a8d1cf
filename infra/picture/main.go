// Picture draws the pictures of the documentation: `make picture`.
//
// docs/machine.svg is the state machine. Its states and arrows are the transition table of shared/rollout, which a test
// compares with infra/release.asl.json, so the picture cannot say anything that the machine does not do. Where a state stands
// and which way an arrow runs is chosen by hand in machine.go; a state or an edge that nobody has placed yet is an error.
//
// docs/overview.svg is the picture of the README: what wakes what, one release that climbs and one that is taken back.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"sluice/shared/rollout"
)

func main() {
	if err := run("docs"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(folder string) error {
	pictures, err := draw()
	if err != nil {
		return err
	}
	for _, p := range pictures {
		file := filepath.Join(folder, p.name)
		if err := os.WriteFile(file, []byte(p.svg), 0o644); err != nil {
			return fmt.Errorf("writing a picture: %w", err)
		}
		fmt.Println("wrote", file)
	}
	return nil
}

// A picture is a file of the folder docs.
type picture struct{ name, svg string }

// draw makes every picture.
func draw() ([]picture, error) {
	machine, err := drawMachine(rollout.Edges)
	if err != nil {
		return nil, fmt.Errorf("drawing the state machine: %w", err)
	}
	return []picture{{"machine.svg", machine}, {"overview.svg", drawOverview()}}, nil
}
