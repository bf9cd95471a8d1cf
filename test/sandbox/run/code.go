package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// code is the folder in which the code of a service is: services/<service>, or what CODE says.
type code struct{ service, folder string }

func codeOf(service, folder string) code {
	if folder == "" {
		folder = filepath.Join("services", service)
	}
	return code{service, folder}
}

// A language is told by the file that is there.
type language struct {
	has     string
	handler string // as Lambda calls it
	tool    string // which runs or compiles it
	remedy  string // where the tool is missing
	program func(ctx context.Context, c code, l language) (map[string][]byte, error)
}

var languages = []language{
	{has: "bootstrap", handler: "bootstrap", program: folderProgram},
	{has: "main.go", handler: "bootstrap", tool: "go", remedy: "install Go from https://go.dev/dl", program: goProgram},
	{has: "lambda_function.py", handler: "lambda_function.lambda_handler", tool: "python3", remedy: "install Python 3", program: pythonProgram},
	{has: "app.py", handler: "app.lambda_handler", tool: "python3", remedy: "install Python 3", program: pythonProgram},
	{has: "index.mjs", handler: "index.handler", tool: "node", remedy: "install Node from https://nodejs.org", program: nodeProgram},
	{has: "index.js", handler: "index.handler", tool: "node", remedy: "install Node from https://nodejs.org", program: nodeProgram},
}

// there says whether the folder is.
func (c code) there() bool {
	info, err := os.Stat(c.folder)
	return err == nil && info.IsDir()
}

func (c code) absent() error {
	return fmt.Errorf("the code of %s is not in %s: put it there, or name another folder: CODE=folder SERVICE=%s make run", c.service, c.folder, c.service)
}

// language is what the code is written in; the error says what to do.
func (c code) language() (language, error) {
	if !c.there() {
		return language{}, c.absent()
	}
	var known []string
	for _, l := range languages {
		if _, err := os.Stat(filepath.Join(c.folder, l.has)); err != nil {
			known = append(known, l.has)
			continue
		}
		if l.tool != "" {
			if _, err := exec.LookPath(l.tool); err != nil {
				return l, fmt.Errorf("%s is written for %s, which is not on the PATH: %s, then try again", filepath.Join(c.folder, l.has), l.tool, l.remedy)
			}
		}
		return l, nil
	}
	return language{}, fmt.Errorf("%s has no function that this can run: put in one of %s", c.folder, strings.Join(known, ", "))
}

// build makes the deployment package. Each has a note of its own, so that the same code becomes a version again.
func (c code) build(ctx context.Context, note string) (zip []byte, handler string, err error) {
	l, err := c.language()
	if err != nil {
		return nil, "", err
	}
	files, err := l.program(ctx, c, l)
	if err != nil {
		return nil, "", err
	}
	files[".version"] = []byte(note)
	zip, err = pack(files)
	return zip, l.handler, err
}

// digest changes with every file.
func (c code) digest() string {
	sum := sha256.New()
	_ = c.each(func(name string, text []byte) { fmt.Fprintf(sum, "%s %d %s\n", name, len(text), text) }) // what cannot be read now is read at the next look
	return hex.EncodeToString(sum.Sum(nil))
}

// each reads the files of the folder, without hidden ones.
func (c code) each(f func(name string, text []byte)) error {
	return filepath.WalkDir(c.folder, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != c.folder && (strings.HasPrefix(d.Name(), ".") || d.Name() == "__pycache__"):
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case !d.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(c.folder, path)
		if err == nil {
			f(filepath.ToSlash(name), text)
		}
		return err
	})
}

func folderProgram(_ context.Context, c code, _ language) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := c.each(func(name string, text []byte) { files[name] = text })
	return files, err
}

func goProgram(ctx context.Context, c code, _ language) (map[string][]byte, error) {
	folder, err := os.MkdirTemp("", "sluice-own-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the program: %w", err)
	}
	defer os.RemoveAll(folder)
	out := filepath.Join(folder, "bootstrap")
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", "lambda.norpc", "-ldflags", "-s -w", "-o", out, ".")
	cmd.Dir = c.folder
	if said, err := cmd.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s does not compile", c.folder), errors.New(strings.TrimSpace(string(said))))
	}
	program, err := os.ReadFile(out)
	return map[string][]byte{"bootstrap": program}, err
}

var (
	//go:embed runtimes/python.py
	pythonRuntime []byte
	//go:embed runtimes/node.mjs
	nodeRuntime []byte
)

func pythonProgram(ctx context.Context, c code, l language) (map[string][]byte, error) {
	files, err := folderProgram(ctx, c, l)
	if err != nil {
		return nil, err
	}
	return withRuntime(ctx, files, "runtime.py", pythonRuntime, "-u", l.tool, "-c", "import sys; print(sys.executable)")
}

func nodeProgram(ctx context.Context, c code, l language) (map[string][]byte, error) {
	files, err := folderProgram(ctx, c, l)
	if err != nil {
		return nil, err
	}
	return withRuntime(ctx, files, "runtime.mjs", nodeRuntime, "--no-warnings", l.tool, "-p", "process.execPath")
}

// withRuntime adds the runtime that AWS would bring. which asks the interpreter where it is: a function does not have the PATH of the
// person at the keyboard.
func withRuntime(ctx context.Context, files map[string][]byte, name string, runtime []byte, flag string, which ...string) (map[string][]byte, error) {
	found, err := exec.CommandContext(ctx, which[0], which[1:]...).Output()
	if err != nil {
		return nil, fmt.Errorf("asking %s where it is: %w", which[0], err)
	}
	files["."+name] = runtime
	files["bootstrap"] = fmt.Appendf(nil, "#!/bin/sh\nexec '%s' %s \"$LAMBDA_TASK_ROOT/.%s\"\n", bytes.TrimSpace(found), flag, name)
	return files, nil
}
