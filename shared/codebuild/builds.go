// Package codebuild starts, reads and stops builds of CodeBuild: they make revisions of commits, or test releases.
package codebuild

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codebuild"
	"github.com/aws/aws-sdk-go-v2/service/codebuild/types"

	"sluice/events"
	"sluice/shared/builds"
)

type api interface {
	StartBuild(context.Context, *codebuild.StartBuildInput, ...func(*codebuild.Options)) (*codebuild.StartBuildOutput, error)
	BatchGetBuilds(context.Context, *codebuild.BatchGetBuildsInput, ...func(*codebuild.Options)) (*codebuild.BatchGetBuildsOutput, error)
	StopBuild(context.Context, *codebuild.StopBuildInput, ...func(*codebuild.Options)) (*codebuild.StopBuildOutput, error)
}

// Builds are the builds of CodeBuild's projects.
type Builds struct{ builds api }

// New opens CodeBuild.
func New(cfg aws.Config) *Builds { return &Builds{builds: codebuild.NewFromConfig(cfg)} }

// refused says whether CodeBuild will never do this: there is no such project, or it is set up differently.
func refused(err error) bool {
	var missing *types.ResourceNotFoundException
	var invalid *types.InvalidInputException
	return errors.As(err, &missing) || errors.As(err, &invalid)
}

// Start begins a build of a commit; if there is none, of what the project itself names. The same token names the same build for five minutes
// (https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html).
func (b *Builds) Start(ctx context.Context, o builds.Order) (builds.Build, error) {
	var given []types.EnvironmentVariable
	for _, name := range slices.Sorted(maps.Keys(o.Variables)) {
		given = append(given, types.EnvironmentVariable{Name: aws.String(name), Value: aws.String(o.Variables[name]), Type: types.EnvironmentVariableTypePlaintext})
	}
	in := &codebuild.StartBuildInput{ProjectName: &o.By.CodeBuild, IdempotencyToken: &o.Token, EnvironmentVariablesOverride: given}
	if o.Commit != "" {
		in.SourceVersion = &o.Commit
	}
	out, err := b.builds.StartBuild(ctx, in)
	if err != nil {
		err = fmt.Errorf("starting a build of %s: %w", o.By.CodeBuild, err)
		if refused(err) {
			err = &builds.RefusedError{Err: err}
		}
		return builds.Build{}, err
	}
	return read(*out.Build), nil
}

// Running says whether a build has not ended.
func (b *Builds) Running(ctx context.Context, arn string) (bool, error) {
	now, err := b.Build(ctx, arn)
	return now.Status == builds.Running, err
}

// Build reads a build.
func (b *Builds) Build(ctx context.Context, arn string) (builds.Build, error) {
	out, err := b.builds.BatchGetBuilds(ctx, &codebuild.BatchGetBuildsInput{Ids: []string{id(arn)}})
	if err != nil {
		return builds.Build{}, fmt.Errorf("reading build %s: %w", arn, err)
	}
	if len(out.Builds) == 0 { // CodeBuild forgets builds after a year, or with their project
		return builds.Build{Handle: arn, Status: builds.Failed, Why: "CodeBuild does not know it any more"}, nil
	}
	return read(out.Builds[0]), nil
}

// Stop ends a build that nobody waits for any more; it may have ended by itself.
func (b *Builds) Stop(ctx context.Context, arn string) error {
	_, err := b.builds.StopBuild(ctx, &codebuild.StopBuildInput{Id: aws.String(id(arn))})
	if err != nil && !refused(err) {
		return fmt.Errorf("stopping build %s: %w", arn, err)
	}
	return nil
}

// id is the name that CodeBuild's calls want: "project:1b2c...", the end of the ARN.
func id(arn string) string {
	_, after, found := strings.Cut(arn, ":build/")
	if !found {
		return arn
	}
	return after
}

func read(b types.Build) builds.Build {
	found := builds.Build{Handle: aws.ToString(b.Arn), Exported: map[string]string{}, Status: status(b), Why: why(b)}
	for _, v := range b.ExportedEnvironmentVariables {
		found.Exported[aws.ToString(v.Name)] = aws.ToString(v.Value)
	}
	if l := b.Logs; l != nil {
		found.Page, found.Group, found.Stream = aws.ToString(l.DeepLink), aws.ToString(l.GroupName), aws.ToString(l.StreamName)
	}
	return found
}

func status(b types.Build) builds.Status {
	switch b.BuildStatus {
	case types.StatusTypeInProgress, "":
		return builds.Running
	case types.StatusTypeSucceeded:
		return builds.Succeeded
	}
	return builds.Failed
}

// why is the first thing that failed: the phase and what CodeBuild says of it.
func why(b types.Build) string {
	for _, p := range b.Phases {
		if p.PhaseStatus == types.StatusTypeSucceeded || p.PhaseStatus == "" {
			continue
		}
		for _, c := range p.Contexts {
			if text := strings.TrimSuffix(events.Line(aws.ToString(c.Message)), "."); text != "" {
				return fmt.Sprintf("%s: %s", p.PhaseType, text)
			}
		}
	}
	return "CodeBuild says " + string(b.BuildStatus)
}
