package scenario

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscodebuild "github.com/aws/aws-sdk-go-v2/service/codebuild"
	"github.com/aws/aws-sdk-go-v2/service/codebuild/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/sandbox/codebuild"
)

// The repository and the CodeBuild project of stories with pushes.
const (
	Repository = "acme/checkout"
	Project    = "checkout"
)

// Pushed is Canary, released by pushes to main of the repository.
const Pushed = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"source":{"repository":"github/acme/checkout","build":{"codeBuild":"checkout","within":"30m"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":25,"bake":"10m"},{"weight":50,"bake":"10m"}]}},
	"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

// builders is how builds of a story go, by commit.
type builders struct {
	mu       sync.Mutex
	outcomes map[string]outcome
}

type outcome struct {
	takes time.Duration
	said  []string
	codebuild.Outcome
}

// Builds says how the build of a commit goes: it takes a while, and then there is a version; 0 is a failure.
func (w *World) Builds(commit string, takes time.Duration, version int, says ...string) {
	w.builders.mu.Lock()
	defer w.builders.mu.Unlock()
	b := outcome{takes: takes, said: says, Outcome: codebuild.Outcome{Exported: map[string]string{rollout.RevisionVariable: fmt.Sprint(version)}}}
	if version == 0 {
		b.Outcome = codebuild.Outcome{Phase: "BUILD", Failed: "Error while executing command: go test ./... Reason: exit status 1"}
	}
	w.builders.outcomes[commit] = b
}

// run is what CodeBuild does in a story.
func (w *World) run(ctx context.Context, j codebuild.Job) codebuild.Outcome {
	w.builders.mu.Lock()
	b, known := w.builders.outcomes[j.Commit]
	if !known {
		b, known = w.builders.outcomes[j.Project] // of a project that is started without a commit
	}
	w.builders.mu.Unlock()
	if !known {
		return codebuild.Outcome{Failed: "the story says nothing of commit " + j.Commit}
	}
	for _, line := range b.said {
		j.Print(line)
	}
	select {
	case <-ctx.Done():
	case <-time.After(b.takes):
	}
	return b.Outcome
}

// GivenProject makes the CodeBuild project.
func (w *World) GivenProject() { w.project(Project) }

func (w *World) project(name string) {
	w.T.Helper()
	_, err := w.Sandbox.CodeBuild.CreateProject(w.ctx, &awscodebuild.CreateProjectInput{
		Name: &name, ServiceRole: aws.String("arn:aws:iam::123456789012:role/build"),
		Source:      &types.ProjectSource{Type: types.SourceTypeGithub, Location: aws.String("https://github.com/" + Repository + ".git")},
		Artifacts:   &types.ProjectArtifacts{Type: types.ArtifactsTypeNoArtifacts},
		Environment: &types.ProjectEnvironment{Type: types.EnvironmentTypeLinuxContainer, ComputeType: types.ComputeTypeBuildGeneral1Small, Image: aws.String("aws/codebuild/standard:7.0")},
	})
	w.must(err)
}

// Commit is a commit's id that is easy to tell from others.
func Commit(n int) string { return fmt.Sprintf("%07x%033x", 0xc0ffee0+n, n) }

// Pushes tells the bus of a push to main, as the webhook does, and answers the id of the release that it makes.
func (w *World) Pushes(commit string, paths ...string) string {
	w.T.Helper()
	return w.Push(events.Push{
		Host: events.GitHub, Repository: Repository, Ref: "refs/heads/main", Commit: commit, Author: "ada", Pusher: "linus",
		Message: "Round down", Paths: paths, Delivery: "delivery-" + commit,
	})
}

// Push tells the bus of any push.
func (w *World) Push(p events.Push) string {
	w.T.Helper()
	w.put(events.CommitPushed, p)
	return w.lastIs(events.ReleaseID(w.service, p.Commit, p.Delivery))
}

// defineSource stores what is released from a source, as the stack does.
func (w *World) defineSource(name string) {
	w.T.Helper()
	_, err := w.Parameters.PutParameter(w.ctx, &ssm.PutParameterInput{
		Name: aws.String("/sluice/sandbox/sources/" + rollout.SourceKey(name)), Value: aws.String(`["checkout"]`), Type: ssmtypes.ParameterTypeString, Overwrite: aws.Bool(true),
	})
	w.must(err)
}
