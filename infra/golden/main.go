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
	"sluice/shared/kind"
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
	for _, id := range slices.Sorted(maps.Keys(stack.PatchFiles())) {
		if err := patch(templates["Sluice-"+string(stack.Sandbox)], id); err != nil {
			return fmt.Errorf("writing what differs with targets of kind %s: %w", id, err)
		}
		fmt.Println("wrote", stack.PatchFiles()[id])
	}
	return nil
}

// patch writes how the template of an engine whose targets are all of one kind differs from the golden template.
func patch(golden []byte, id kind.ID) error {
	template, err := stack.OfKind(".", stack.Sandbox, id)
	if err != nil {
		return err
	}
	differs, err := mergepatch.Between(golden, template)
	if err != nil {
		return err
	}
	return os.WriteFile(stack.PatchFiles()[id], differs, 0o644)
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
