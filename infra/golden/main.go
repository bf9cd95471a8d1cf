// Golden writes the golden template anew, after a change of the stack that is meant: `make golden`.
package main

import (
	"fmt"
	"os"

	"github.com/aws/jsii-runtime-go"

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
	template, err := stack.Template(".", stack.Sandbox)
	if err != nil {
		return err
	}
	if err := os.WriteFile(stack.GoldenFile, template, 0o644); err != nil {
		return fmt.Errorf("writing the golden template: %w", err)
	}
	fmt.Println("wrote", stack.GoldenFile)
	return nil
}
