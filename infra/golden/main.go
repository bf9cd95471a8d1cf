// Golden writes the golden templates anew, after a change of the stacks that is meant: `make golden`.
package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/aws/jsii-runtime-go"

	"sluice/infra/mergepatch"
	"sluice/infra/stack"
)

func main() {
	err := run()
	jsii.Close()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	templates, err := stack.Templates(".", stack.Sandbox)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(templates)) {
		file := stack.GoldenFiles[name]
		if err := write(file, templates[name]); err != nil {
			return fmt.Errorf("writing the golden template of %s: %w", name, err)
		}
		fmt.Println("wrote", file)
	}
	onMemory, err := stack.OnMemory(".", stack.Sandbox)
	if err != nil {
		return err
	}
	patch, err := mergepatch.Between(templates["Sluice-"+string(stack.Sandbox)], onMemory)
	if err == nil {
		err = os.WriteFile(stack.MemoryFile, patch, 0o644)
	}
	if err != nil {
		return fmt.Errorf("writing what differs on memory: %w", err)
	}
	fmt.Println("wrote", stack.MemoryFile)
	return nil
}

// write sorts and indents a template, so that people can read how it changed.
func write(file string, template []byte) error {
	var all map[string]any
	if err := json.Unmarshal(template, &all); err != nil {
		return err
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
