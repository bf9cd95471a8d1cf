// Build compiles the programs of an environment's engine for AWS: `make build`. A function that touches targets becomes one program for each kind of
// target that the environment's definitions name, so that no kind makes the functions of another larger or slower to start.
//
//	go run ./infra/build [-environment staging]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"

	"sluice/infra/definition"
	"sluice/infra/typed"
	"sluice/shared/kind"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], ".", os.Stderr, compile)
	stop()
	if err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string, root string, complaints io.Writer, compile func(context.Context, program) error) error {
	flags := flag.NewFlagSet("build", flag.ContinueOnError)
	flags.SetOutput(complaints)
	environment := flags.String("environment", "production", "whose definitions say which kinds of target there are")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if err := typed.Environment(*environment); err != nil {
		return err
	}
	services, err := definition.Load(os.DirFS(root), *environment)
	if err != nil {
		return err
	}
	if err := definition.OnAWS(services); err != nil {
		return err
	}
	folders, err := filepath.Glob(filepath.Join(root, "functions", "*", "lambda"))
	if err != nil {
		return err
	}
	for _, p := range programs(folders, definition.Kinds(services)) {
		if err := compile(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// A program is what one Lambda function of an engine runs.
type program struct {
	name   string // of the function: "guard", "guard-memory"
	folder string // of its main package
	tags   string
}

// programs are the programs of an engine whose targets are of these kinds.
func programs(folders []string, kinds []kind.ID) (all []program) {
	for _, folder := range folders {
		name := filepath.Base(filepath.Dir(folder))
		if !kind.Wanted(name, kinds) {
			continue
		}
		if !kind.Touches(name) {
			all = append(all, program{name, folder, common})
			continue
		}
		for _, id := range kinds {
			all = append(all, program{kind.Of(id).Function(name), folder, common + ",one," + string(id)})
		}
	}
	return all
}

// common is the build tag that Lambda's custom runtime needs. Everything is compiled with it here: with other tags the SDK would be compiled twice.
const common = "lambda.norpc"

// compile makes a program as it is deployed, without what would make a cold start longer.
func compile(ctx context.Context, p program) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-tags", p.tags, "-ldflags", "-s -w", "-o", filepath.Join("dist", p.name, "bootstrap"), "./"+p.folder)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=arm64")
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("compiling %s: %w\n%s", p.name, err, said)
	}
	return nil
}
