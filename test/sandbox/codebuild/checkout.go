package codebuild

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"sluice/test/sandbox/group"
)

// Checkout carries builds out on this machine: it clones a git repository into a folder of its own, and runs the commands of its
// buildspec.yml there with bash. Nothing of it is kept.
type Checkout struct {
	Repositories map[string]string // folders of git repositories, by the location that projects name
	Env          []string          // what the commands get besides: keys, AWS_ENDPOINT_URL
	Path         []string          // folders that come before PATH
}

// inherited is what the commands get from this process: tools and their caches, and nothing that could lead to a real account.
var inherited = []string{"HOME", "TMPDIR", "GOCACHE", "GOMODCACHE", "GOPATH", "GOROOT", "GOPROXY", "GOFLAGS", "GOTOOLCHAIN", "LANG"}

// Run fits Options.Run.
func (c Checkout) Run(ctx context.Context, j Job) Outcome {
	out, err := c.run(ctx, j)
	if err != nil {
		j.Print("[Container] " + err.Error())
		return Outcome{Phase: "DOWNLOAD_SOURCE", Failed: err.Error()}
	}
	return out
}

func (c Checkout) run(ctx context.Context, j Job) (Outcome, error) {
	repository := c.Repositories[j.Location]
	if repository == "" {
		return Outcome{}, fmt.Errorf("CLIENT_ERROR: repository %s not found", j.Location)
	}
	if !isCommit.MatchString(j.Commit) { // git would take it for an option
		return Outcome{}, fmt.Errorf("CLIENT_ERROR: %q is no commit", j.Commit)
	}
	scratch, err := os.MkdirTemp("", "sluice-build-")
	if err != nil {
		return Outcome{}, fmt.Errorf("making a folder for the build: %w", err)
	}
	defer os.RemoveAll(scratch)
	source := filepath.Join(scratch, "src")
	for _, args := range [][]string{
		{"clone", "--quiet", "--no-checkout", repository, source},
		{"-C", source, "checkout", "--quiet", "--detach", j.Commit},
	} {
		git := exec.CommandContext(ctx, "git", args...)
		git.Env = []string{"PATH=" + os.Getenv("PATH"), "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_SYSTEM=" + os.DevNull, "GIT_TERMINAL_PROMPT=0"}
		if said, err := git.CombinedOutput(); err != nil {
			return Outcome{}, fmt.Errorf("CLIENT_ERROR: git %s: %s: %w", strings.Join(args, " "), strings.TrimSpace(string(said)), err)
		}
	}
	s, err := readSpec(filepath.Join(source, "buildspec.yml"))
	if err != nil {
		return Outcome{}, err
	}
	return c.commands(ctx, j, s, source)
}

// commands runs the buildspec in a shell of its own, and ends with it all that it has started.
func (c Checkout) commands(ctx context.Context, j Job, s spec, folder string) (Outcome, error) {
	report, told, err := os.Pipe()
	if err != nil {
		return Outcome{}, fmt.Errorf("making a pipe: %w", err)
	}
	defer report.Close()
	cmd := exec.CommandContext(ctx, "bash", "-c", s.script())
	cmd.Dir, cmd.Env, cmd.ExtraFiles = folder, c.environment(j, s, folder), []*os.File{told}
	cmd.SysProcAttr = group.Attributes()
	cmd.Cancel = func() error { group.Kill(cmd.Process.Pid); return nil }
	cmd.WaitDelay = 5 * time.Second
	lines, written := io.Pipe()
	cmd.Stdout, cmd.Stderr = written, written
	printed := make(chan struct{})
	go func() {
		defer close(printed)
		for scan := bufio.NewScanner(lines); scan.Scan(); {
			j.Print(scan.Text())
		}
		_, _ = io.Copy(io.Discard, lines) // after a line that is too long
	}()
	err = cmd.Start()
	_ = told.Close()
	if err != nil {
		return Outcome{}, fmt.Errorf("starting bash: %w", err)
	}
	out := Outcome{Exported: map[string]string{}}
	done := out.read(report)
	err = cmd.Wait()
	_ = written.Close()
	<-printed
	switch {
	case err != nil && out.Failed == "" && !errors.Is(err, exec.ErrWaitDelay):
		out.Failed = err.Error()
	case !done && out.Failed == "":
		out.Failed = "A command ended the shell before the buildspec's end"
	}
	return out, nil
}

var isCommit = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._/-]*$`)

var failed = regexp.MustCompile(`^failed ([A-Z_]+) (\d+) (.*)$`)

// read takes what the script says of itself, and whether it came to its end. The first failure counts.
func (o *Outcome) read(report io.Reader) (done bool) {
	for scan := bufio.NewScanner(report); scan.Scan(); {
		if m := failed.FindStringSubmatch(scan.Text()); m != nil && o.Failed == "" {
			o.Phase, o.Failed = m[1], fmt.Sprintf("Error while executing command: %s. Reason: exit status %s", m[3], m[2])
		}
		if said, is := strings.CutPrefix(scan.Text(), "exported "); is {
			name, value, _ := strings.Cut(said, " ")
			o.Exported[name] = value
		}
		done = done || scan.Text() == "done"
	}
	return done
}

// environment is what the commands find in it (https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html).
func (c Checkout) environment(j Job, s spec, folder string) []string {
	env := append([]string{
		"PATH=" + strings.Join(append(append([]string(nil), c.Path...), os.Getenv("PATH")), string(os.PathListSeparator)),
		"CODEBUILD_BUILD_ID=" + j.ID, "CODEBUILD_BUILD_ARN=" + j.ARN, "CODEBUILD_SRC_DIR=" + folder, "CODEBUILD_SOURCE_VERSION=" + j.Commit,
		"CODEBUILD_RESOLVED_SOURCE_VERSION=" + j.Commit,
	}, c.Env...)
	for _, name := range inherited {
		if value, given := os.LookupEnv(name); given {
			env = append(env, name+"="+value)
		}
	}
	for name, value := range s.Env.Variables {
		if _, overridden := j.Env[name]; !overridden {
			env = append(env, name+"="+value)
		}
	}
	for name, value := range j.Env {
		env = append(env, name+"="+value)
	}
	return env
}
