package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codebuild"
	cbtypes "github.com/aws/aws-sdk-go-v2/service/codebuild/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// Where the demo's code is: the repository on the host, which is a bare one on this machine, and a clone to work in.
const (
	location = "https://github.com/acme/checkout.git"
	bare     = "checkout.git"
	clone    = "checkout"
	tools    = "tools"
)

// repository is the clone that the show's people commit in.
type repository struct{ folder string }

// A change is one commit of the show.
type change struct {
	author, message string
	failing         float64 // percent of requests
}

// hostCode makes the repository with its webhook, and the CodeBuild project that builds it.
func (w *world) hostCode(ctx context.Context, folder string) error {
	out, err := w.lambda.GetFunctionUrlConfig(ctx, &lambda.GetFunctionUrlConfigInput{FunctionName: aws.String(stack + "-webhook")})
	if err != nil {
		return err
	}
	address, err := url.Parse(aws.ToString(out.FunctionUrl))
	if err != nil {
		return fmt.Errorf("reading the webhook's address: %w", err)
	}
	if w.code, err = newRepository(ctx, folder, hook{Endpoint: w.endpoint + "/github", Host: address.Host, Secret: webhookSecret}); err != nil {
		return fmt.Errorf("making the demo's repository: %w", err)
	}
	_, err = w.sandbox.CodeBuild.CreateProject(ctx, &codebuild.CreateProjectInput{
		Name: aws.String(service), ServiceRole: aws.String("arn:aws:iam::123456789012:role/build"),
		Source:      &cbtypes.ProjectSource{Type: cbtypes.SourceTypeGithub, Location: aws.String(location)},
		Artifacts:   &cbtypes.ProjectArtifacts{Type: cbtypes.ArtifactsTypeNoArtifacts},
		Environment: &cbtypes.ProjectEnvironment{Type: cbtypes.EnvironmentTypeLinuxContainer, ComputeType: cbtypes.ComputeTypeBuildGeneral1Small, Image: aws.String("aws/codebuild/standard:7.0")},
	})
	return err
}

// newRepository makes a bare repository that calls the webhook, and a clone with the first commit in it. The clone is pushed before
// the webhook is there: what it holds serves already.
func newRepository(ctx context.Context, folder string, h hook) (*repository, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	r := &repository{folder: filepath.Join(folder, clone)}
	host := filepath.Join(folder, bare)
	for _, args := range [][]string{
		{"init", "--quiet", "--bare", "--initial-branch=main", host},
		{"clone", "--quiet", host, r.folder},
	} {
		if _, err := r.git(ctx, folder, nil, args...); err != nil {
			return nil, err
		}
	}
	if err := r.fill(); err != nil {
		return nil, err
	}
	if _, _, err := r.push(ctx, change{author: "grace", message: "Take payments"}); err != nil {
		return nil, err
	}
	settings, err := json.Marshal(h)
	if err == nil {
		err = os.WriteFile(filepath.Join(host, hookFile), settings, 0o600)
	}
	if err == nil {
		err = os.MkdirAll(filepath.Join(folder, tools), 0o755)
	}
	for _, link := range []string{filepath.Join(host, "hooks", "post-receive"), filepath.Join(folder, tools, "aws"), filepath.Join(folder, tools, "zip")} {
		if err == nil {
			err = os.Symlink(self, link)
		}
	}
	return r, err
}

// fill puts the demo service into the clone, as a module of its own with the versions of this one.
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
		if err := os.WriteFile(filepath.Join(r.folder, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

var failingLine = regexp.MustCompile(`(?m)^const failing = .*$`)

// push commits a change and pushes it. said is what git answered.
func (r *repository) push(ctx context.Context, c change) (commit, said string, err error) {
	file := filepath.Join(r.folder, "main.go")
	text, err := os.ReadFile(file)
	if err != nil {
		return "", "", err
	}
	line := "const failing = " + strconv.FormatFloat(c.failing, 'f', 1, 64) + " // " + c.message
	if err := os.WriteFile(file, failingLine.ReplaceAll(text, []byte(line)), 0o644); err != nil {
		return "", "", err
	}
	who := []string{"GIT_AUTHOR_NAME=" + c.author, "GIT_COMMITTER_NAME=" + c.author, "GIT_AUTHOR_EMAIL=" + c.author + "@example.com", "GIT_COMMITTER_EMAIL=" + c.author + "@example.com"}
	for _, args := range [][]string{{"add", "--all"}, {"commit", "--quiet", "--no-gpg-sign", "--message", c.message}, {"push", "--quiet", "origin", "HEAD:main"}, {"rev-parse", "HEAD"}} {
		out, err := r.git(ctx, r.folder, who, args...)
		switch {
		case err != nil:
			return "", "", err
		case args[0] == "push":
			said = out
		case args[0] == "rev-parse":
			commit = strings.TrimSpace(out)
		}
	}
	return commit, said, nil
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
