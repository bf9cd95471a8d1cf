package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// identify asks go what each program is made of: an id that changes with everything that is linked, by the program's file. It compiles the
// packages, and links nothing.
func identify(ctx context.Context, programs []program) (map[string]string, error) {
	byTags := map[string][]program{}
	for _, p := range programs {
		byTags[p.tags] = append(byTags[p.tags], p)
	}
	ids := map[string]string{}
	for tags, some := range byTags {
		byPackage, err := made(ctx, tags, some)
		if err != nil {
			return nil, err
		}
		for _, p := range some {
			ids[p.out] = byPackage[p.pkg]
		}
	}
	return ids, nil
}

// made asks go about programs that are compiled with the same tags: the ids by package.
func made(ctx context.Context, tags string, programs []program) (map[string]string, error) {
	arguments := []string{"list", "-export", "-tags", tags, "-f", "{{.ImportPath}} {{.BuildID}}"}
	for _, p := range programs {
		arguments = append(arguments, p.pkg)
	}
	cmd := exec.CommandContext(ctx, "go", arguments...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("compiling: %w\n%s", err, said.String())
	}
	ids := map[string]string{}
	for line := range strings.Lines(string(out)) {
		var path, id string
		_, _ = fmt.Sscan(line, &path, &id) // the format is our own
		ids["./"+strings.TrimPrefix(path, "sluice/")] = id
	}
	return ids, nil
}

// linked says whether a program is there, made of what has this id.
func (p program) linked(id string) bool {
	was, err := os.ReadFile(p.out + ".id")
	if err != nil || id == "" || string(was) != id {
		return false
	}
	_, err = os.Stat(p.out)
	return err == nil
}

// keepID remembers what a program is made of. Without that it is linked again, which does no harm.
func (p program) keepID(id string) { _ = os.WriteFile(p.out+".id", []byte(id), 0o644) }
