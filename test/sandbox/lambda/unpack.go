package lambda

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// unpack writes a version's code to a folder, once per code. It runs on the starting thread only.
func (p *pool) unpack(v *version) (dir string, err error) {
	name := strings.NewReplacer("/", "_", "+", "-", "=", "").Replace(*v.config.CodeSha256)
	if dir, ok := p.unpacked[name]; ok {
		return dir, nil
	}
	base, err := p.base()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(base, name)
	archive, err := zip.NewReader(bytes.NewReader(v.code), int64(len(v.code)))
	if err != nil {
		return "", fmt.Errorf("opening deployment package: %w", err)
	}
	for _, f := range archive.File {
		if err := extract(f, dir); err != nil {
			return "", fmt.Errorf("unpacking %s: %w", f.Name, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "bootstrap")); err != nil {
		return "", errors.New("Couldn't find valid bootstrap(s): [/var/task/bootstrap]") //nolint:staticcheck // AWS's words
	}
	p.unpacked[name] = dir
	return dir, nil
}

// base is the folder of all code, absolute because processes start inside it.
func (p *pool) base() (string, error) {
	if p.Dir != "" {
		return filepath.Abs(p.Dir)
	}
	if p.temporary == "" {
		dir, err := os.MkdirTemp("", "sluice-lambda-")
		if err != nil {
			return "", fmt.Errorf("making folder for code: %w", err)
		}
		p.temporary = dir
	}
	return p.temporary, nil
}

// extract writes one file of an archive; its name was checked when the code was uploaded.
func extract(f *zip.File, dir string) error {
	path := filepath.Join(dir, filepath.FromSlash(f.Name))
	if f.FileInfo().IsDir() {
		return os.MkdirAll(path, 0o755)
	}
	if !f.Mode().IsRegular() {
		return errors.New("only regular files are implemented")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	from, err := f.Open()
	if err != nil {
		return err
	}
	defer from.Close()
	// A folder that is kept from run to run may hold this very program, running: replace it instead of writing into it.
	_ = os.Remove(path)
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, f.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Close())
}

// startPatiently starts a program that was just written. Another goroutine that forks at the wrong moment holds the file
// open for writing a little longer, and Linux answers "text file busy" (https://go.dev/issue/22315).
func startPatiently(cmd *exec.Cmd) error {
	for delay := time.Millisecond; ; delay *= 2 {
		err := cmd.Start()
		if !errors.Is(err, syscall.ETXTBSY) || delay > 200*time.Millisecond {
			return err
		}
		time.Sleep(delay)
		again := *cmd
		*cmd = exec.Cmd{Path: again.Path, Args: again.Args, Dir: again.Dir, Env: again.Env, Stdout: again.Stdout, Stderr: again.Stderr, SysProcAttr: again.SysProcAttr}
	}
}
