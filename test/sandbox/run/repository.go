package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codebuild"
	cbtypes "github.com/aws/aws-sdk-go-v2/service/codebuild/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"sluice/test/sandbox/run/exhibit"
)

// location is how the CodeBuild project knows the repository, which is a bare one on this machine.
const location = "https://github.com/acme/checkout.git"

// repository is where the demo's code is.
type repository struct {
	place  place
	folder string // the clone of the person at the keyboard
	desk   string // the clone that the show's people commit in
	kept   bool   // it is of an earlier run
}

// hostCode makes the repository with its webhook, and the CodeBuild project that builds it.
func hostCode(ctx context.Context, s exhibit.Stage, p place) (*repository, error) {
	out, err := lambda.NewFromConfig(s.Person).GetFunctionUrlConfig(ctx, &lambda.GetFunctionUrlConfigInput{FunctionName: aws.String(stack + "-webhook")})
	if err != nil {
		return nil, err
	}
	address, err := url.Parse(aws.ToString(out.FunctionUrl))
	if err != nil {
		return nil, fmt.Errorf("reading the webhook's address: %w", err)
	}
	code, err := openRepository(ctx, p, s.Folder, hook{Endpoint: s.Sandbox.Endpoint() + "/github", Host: address.Host, Secret: webhookSecret})
	if err != nil {
		return nil, fmt.Errorf("making the demo's repository: %w", err)
	}
	_, err = s.Sandbox.CodeBuild.CreateProject(ctx, &codebuild.CreateProjectInput{
		Name: aws.String(service), ServiceRole: aws.String("arn:aws:iam::123456789012:role/build"),
		Source:      &cbtypes.ProjectSource{Type: cbtypes.SourceTypeGithub, Location: aws.String(location)},
		Artifacts:   &cbtypes.ProjectArtifacts{Type: cbtypes.ArtifactsTypeNoArtifacts},
		Environment: &cbtypes.ProjectEnvironment{Type: cbtypes.EnvironmentTypeLinuxContainer, ComputeType: cbtypes.ComputeTypeBuildGeneral1Small, Image: aws.String("aws/codebuild/standard:7.0")},
	})
	return code, err
}

// fill puts the demo service into the desk, as a module of its own with the versions of this one.
func (r *repository) fill() error {
	module, err := os.ReadFile("go.mod")
	if err != nil {
		return err
	}
	sums, err := os.ReadFile("go.sum")
	if err != nil {
		return err
	}
	sdk := regexp.MustCompile(`github\.com/aws/aws-lambda-go v\S+`).FindString(string(module))
	language := regexp.MustCompile(`(?m)^go \S+`).FindString(string(module))
	files := map[string][]byte{"go.mod": fmt.Appendf(nil, "module checkout\n\n%s\n\nrequire %s\n", language, sdk), "go.sum": sums}
	for _, name := range []string{"main.go", "buildspec.yml"} {
		if files[name], err = os.ReadFile(filepath.Join("test/sandbox/run/checkout", name)); err != nil {
			return err
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(r.desk, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

var failingLine = regexp.MustCompile(`(?m)^const failing = .*$`)

// push commits a change on top of what is on main, whoever has pushed that, and pushes it. said is what git answered.
func (r *repository) push(ctx context.Context, c exhibit.Change) (commit, said string, err error) {
	for _, args := range [][]string{{"fetch", "--quiet", "origin"}, {"reset", "--quiet", "--hard", "origin/main"}} {
		if _, err := r.git(ctx, r.desk, nil, args...); err != nil {
			return "", "", err
		}
	}
	return r.commit(ctx, c)
}

func (r *repository) commit(ctx context.Context, c exhibit.Change) (id, said string, err error) {
	file := filepath.Join(r.desk, "main.go")
	text, err := os.ReadFile(file)
	if err != nil {
		return "", "", err
	}
	if !failingLine.Match(text) {
		return "", "", errors.New(`main.go has no line "const failing = ..." any more, which the show's people change`)
	}
	line := fmt.Sprintf("const failing = %.1f // %s", c.Failing, c.Message)
	if parent, err := r.git(ctx, r.desk, nil, "rev-parse", "--short", "HEAD"); err == nil { // else the same show again would change nothing
		line += ", after " + strings.TrimSpace(parent)
	}
	if err := os.WriteFile(file, failingLine.ReplaceAll(text, []byte(line)), 0o644); err != nil {
		return "", "", err
	}
	who := []string{"GIT_AUTHOR_NAME=" + c.Author, "GIT_COMMITTER_NAME=" + c.Author, "GIT_AUTHOR_EMAIL=" + c.Author + "@example.com", "GIT_COMMITTER_EMAIL=" + c.Author + "@example.com"}
	for _, args := range [][]string{{"add", "--all"}, {"commit", "--quiet", "--no-gpg-sign", "--message", c.Message}, {"push", "--quiet", "origin", "HEAD:main"}, {"rev-parse", "HEAD"}} {
		out, err := r.git(ctx, r.desk, who, args...)
		switch {
		case err != nil:
			return "", "", err
		case args[0] == "push":
			said = out
		case args[0] == "rev-parse":
			id = strings.TrimSpace(out)
		}
	}
	return id, said, nil
}

// git runs git without the settings of whoever uses this machine.
func (r *repository) git(ctx context.Context, folder string, env []string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = folder
	cmd.Env = append(append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull, "GIT_TERMINAL_PROMPT=0"), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("git %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(out.String()))
	}
	return out.String(), nil
}
