package codebuild_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	awscodebuild "github.com/aws/aws-sdk-go-v2/service/codebuild"
	"github.com/aws/aws-sdk-go-v2/service/codebuild/types"

	"sluice/test/sandbox"
	"sluice/test/sandbox/codebuild"
	"sluice/test/sandbox/sandboxtest"
)

// account is an AWS with one project, whose builds do what the test says.
type account struct {
	*awscodebuild.Client
	logs *cloudwatchlogs.Client
}

func in(t *testing.T, run func(context.Context, codebuild.Job) codebuild.Outcome, story func(t *testing.T, a account)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		box, err := sandbox.Boot(t.Context(), sandbox.Options{Build: run})
		if err != nil {
			t.Fatal(err)
		}
		defer box.Close()
		a := account{awscodebuild.NewFromConfig(box.Config("")), cloudwatchlogs.NewFromConfig(box.Config(""))}
		_, err = a.CreateProject(t.Context(), &awscodebuild.CreateProjectInput{
			Name: aws.String("checkout"), ServiceRole: aws.String("arn:aws:iam::123456789012:role/build"), TimeoutInMinutes: aws.Int32(5),
			Source:      &types.ProjectSource{Type: types.SourceTypeGithub, Location: aws.String("https://github.com/acme/checkout.git")},
			Artifacts:   &types.ProjectArtifacts{Type: types.ArtifactsTypeNoArtifacts},
			Environment: &types.ProjectEnvironment{Type: types.EnvironmentTypeLinuxContainer, ComputeType: types.ComputeTypeBuildGeneral1Small, Image: aws.String("aws/codebuild/standard:7.0")},
		})
		if err != nil {
			t.Fatal(err)
		}
		story(t, a)
	})
}

func (a account) start(t *testing.T, commit, token string) (types.Build, error) {
	t.Helper()
	out, err := a.StartBuild(t.Context(), &awscodebuild.StartBuildInput{ProjectName: aws.String("checkout"), SourceVersion: &commit, IdempotencyToken: &token})
	if err != nil {
		return types.Build{}, err
	}
	return *out.Build, nil
}

func (a account) build(t *testing.T, id *string) types.Build {
	t.Helper()
	out, err := a.BatchGetBuilds(t.Context(), &awscodebuild.BatchGetBuildsInput{Ids: []string{*id}})
	if err != nil || len(out.Builds) != 1 {
		t.Fatalf("%d builds, %v", len(out.Builds), err)
	}
	return out.Builds[0]
}

// takes is a build that takes a while and exports its commit.
func takes(d time.Duration) func(context.Context, codebuild.Job) codebuild.Outcome {
	return func(ctx context.Context, j codebuild.Job) codebuild.Outcome {
		j.Print("building " + j.Commit)
		select {
		case <-ctx.Done():
		case <-time.After(d):
		}
		return codebuild.Outcome{Exported: map[string]string{"COMMIT": j.Commit}}
	}
}

func TestTokenIsTheSameBuildForFiveMinutes(t *testing.T) {
	in(t, takes(time.Minute), func(t *testing.T, a account) {
		first, err := a.start(t, "c1", "release-1")
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(4 * time.Minute)
		if again, err := a.start(t, "c1", "release-1"); err != nil || *again.Id != *first.Id {
			t.Errorf("four minutes later: %v, %v; want build %s", aws.ToString(again.Id), err, *first.Id)
		}
		if _, err := a.start(t, "c2", "release-1"); sandboxtest.Code(err) != "InvalidInputException" {
			t.Errorf("the same token for another commit: %v", err)
		}
		time.Sleep(2 * time.Minute)
		if later, err := a.start(t, "c1", "release-1"); err != nil || *later.Id == *first.Id {
			t.Errorf("six minutes later: %v, %v; want a new build", aws.ToString(later.Id), err)
		}
	})
}

func TestBuildsEndAsTheirWorkDoes(t *testing.T) {
	for name, test := range map[string]struct {
		takes  time.Duration
		stop   bool
		status types.StatusType
		after  time.Duration
	}{
		"done":     {time.Minute, false, types.StatusTypeSucceeded, time.Minute},
		"too long": {time.Hour, false, types.StatusTypeTimedOut, 5 * time.Minute},
		"stopped":  {time.Hour, true, types.StatusTypeStopped, 0},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, takes(test.takes), func(t *testing.T, a account) {
				b, err := a.start(t, "c1", "t")
				if err != nil || b.BuildStatus != types.StatusTypeInProgress {
					t.Fatalf("started as %s, %v", b.BuildStatus, err)
				}
				if test.stop {
					if _, err := a.StopBuild(t.Context(), &awscodebuild.StopBuildInput{Id: b.Id}); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(test.takes + time.Minute)
				b = a.build(t, b.Id)
				if took := b.EndTime.Sub(*b.StartTime); b.BuildStatus != test.status || took.Round(time.Second) != test.after {
					t.Errorf("it ended %s after %v, want %s after %v", b.BuildStatus, took, test.status, test.after)
				}
				exported := test.status == types.StatusTypeSucceeded
				if (len(b.ExportedEnvironmentVariables) == 1) != exported {
					t.Errorf("it exports %v", b.ExportedEnvironmentVariables)
				}
				log, err := a.logs.GetLogEvents(t.Context(), &cloudwatchlogs.GetLogEventsInput{LogGroupName: b.Logs.GroupName, LogStreamName: b.Logs.StreamName, Limit: aws.Int32(1)})
				if err != nil || len(log.Events) != 1 || *log.Events[0].Message != "building c1" {
					t.Errorf("the end of its log is %v, %v", log, err)
				}
			})
		})
	}
}

// commits makes a repository with the given buildspec and answers its commit.
func commits(t *testing.T, buildspec string) (folder, commit string) {
	t.Helper()
	for _, tool := range []string{"git", "bash"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("SKIPPED: there is no " + tool)
		}
	}
	folder = t.TempDir()
	if buildspec != "" {
		if err := os.WriteFile(filepath.Join(folder, "buildspec.yml"), []byte(buildspec), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=ada", "-c", "user.email=ada@example.com", "commit", "-q", "--allow-empty", "--no-gpg-sign", "-m", "one"}, {"rev-parse", "HEAD"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir, cmd.Env = folder, append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
		commit = strings.TrimSpace(string(out))
	}
	return folder, commit
}

func TestBuildspecIsCarriedOutInACheckout(t *testing.T) {
	for name, test := range map[string]struct {
		buildspec, says, phase, failed string
		exported                       string
	}{
		"directories and variables carry over": {
			"version: 0.2\nenv: {exported-variables: [OUT], variables: {GREETING: hello}}\nphases: {install: {commands: ['mkdir sub; cd sub']}, build: {commands: ['OUT=\"$GREETING $RELEASE in $(basename $PWD)\"']}}",
			"Running command OUT=", "", "", "hello r1 in sub",
		},
		"what fails ends its phase, and post_build is told": {
			"version: 0.2\nphases: {build: {commands: ['exit_with() { return $1; }; exit_with 3', 'echo never']}, post_build: {commands: ['echo succeeding=$CODEBUILD_BUILD_SUCCEEDING']}}",
			"succeeding=0", "BUILD", "exit status 3", "",
		},
		"what fails before the build ends it": {
			"version: 0.2\nphases: {pre_build: {commands: ['false']}, build: {commands: ['echo never']}}", "Phase complete: PRE_BUILD", "PRE_BUILD", "Error while executing command: false", "",
		},
		"a command that ends the shell well": {
			"version: 0.2\nphases: {build: {commands: ['exit 0', 'echo never']}}", "Running command exit 0", "", "ended the shell", "",
		},
		"a quote that is not closed": {"version: 0.2\nphases: {build: {commands: [\"echo 'a\"]}}", "", "", "exit status", ""},
		"a failing finally":          {"version: 0.2\nphases: {build: {commands: ['true'], finally: ['false']}}", "Running command false", "BUILD", "Error while executing command: false", ""},
		"a child that stays behind":  {"version: 0.2\nphases: {build: {commands: ['sleep 30 >/dev/null 2>&1 &']}}", "Phase complete: BUILD", "", "", ""},
		"a phase that is misspelt":   {"version: 0.2\nphases: {post: {commands: ['echo never']}}", "Unknown phase post", "DOWNLOAD_SOURCE", "Unknown phase post", ""},
		"no buildspec":               {"", "YAML_FILE_ERROR", "DOWNLOAD_SOURCE", "no such file", ""},
		"unknown words":              {"version: 0.2\nartifacts: {files: [a]}\n", "YAML_FILE_ERROR", "DOWNLOAD_SOURCE", "artifacts", ""},
	} {
		t.Run(name, func(t *testing.T) {
			folder, commit := commits(t, test.buildspec)
			var said strings.Builder
			c := codebuild.Checkout{Repositories: map[string]string{"here": folder}}
			out := c.Run(t.Context(), codebuild.Job{Location: "here", Commit: commit, Env: map[string]string{"RELEASE": "r1"}, Print: func(line string) { said.WriteString(line + "\n") }})
			if out.Phase != test.phase || !strings.Contains(out.Failed, test.failed) || (out.Failed == "") != (test.failed == "") {
				t.Errorf("it failed in %q: %q; want %q: %q", out.Phase, out.Failed, test.phase, test.failed)
			}
			if !strings.Contains(said.String(), test.says) || strings.Contains(said.String(), "\nnever") {
				t.Errorf("it said\n%swant %q", said.String(), test.says)
			}
			if out.Exported["OUT"] != test.exported {
				t.Errorf("it exports %q, want %q", out.Exported["OUT"], test.exported)
			}
		})
	}
}

// A build that nobody waits for must not go on: neither its shell nor what that has started.
func TestCancelledBuildLeavesNothingRunning(t *testing.T) {
	folder, commit := commits(t, "version: 0.2\nphases: {build: {commands: ['sleep 600 & echo pid $!; wait']}}")
	ctx, cancel := context.WithCancel(t.Context())
	var pid string
	begun := time.Now()
	codebuild.Checkout{Repositories: map[string]string{"here": folder}}.Run(ctx, codebuild.Job{Location: "here", Commit: commit, Print: func(line string) {
		if number, is := strings.CutPrefix(line, "pid "); is {
			pid = number
			cancel()
		}
	}})
	if pid == "" || time.Since(begun) > time.Minute {
		t.Fatalf("it took %v; the child was %q", time.Since(begun), pid)
	}
	if text, err := os.ReadFile("/proc/" + pid + "/stat"); err == nil && !strings.Contains(string(text), ") Z ") {
		t.Errorf("its child still runs: %s", text)
	}
}
