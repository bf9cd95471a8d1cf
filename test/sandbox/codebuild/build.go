package codebuild

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codebuild"
	"github.com/aws/aws-sdk-go-v2/service/codebuild/types"

	"sluice/test/sandbox/wire"
)

// A build is one run of a project.
type build struct {
	types.Build
	stop context.CancelCauseFunc
}

// StartBuild begins a build. The same token is the same build for five minutes; with another request it is refused.
func (s *Service) StartBuild(_ context.Context, in *codebuild.StartBuildInput) (*codebuild.StartBuildOutput, error) {
	if s.Run == nil {
		return nil, wire.NotImplemented("StartBuild in a sandbox without Options.Build")
	}
	if err := onlyWhatIsHere(in); err != nil {
		return nil, err
	}
	started, job, err := s.submit(in)
	if err != nil {
		return nil, err
	}
	if job != nil {
		s.tell(started)
		go job()
	}
	return &codebuild.StartBuildOutput{Build: started}, nil
}

// Complete is StartBuild that waits for the build's end, for a service that builds.
func (s *Service) Complete(in *codebuild.StartBuildInput) (*types.Build, error) {
	if s.Run == nil {
		return nil, wire.NotImplemented("StartBuild in a sandbox without Options.Build")
	}
	started, job, err := s.submit(in)
	if err != nil {
		return nil, err
	}
	s.tell(started)
	job()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.builds[*started.Id].copy(), nil
}

// submit finds the build that the token names, or makes one; job carries that out.
func (s *Service) submit(in *codebuild.StartBuildInput) (b *types.Build, job func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.projects[aws.ToString(in.ProjectName)]
	if p == nil {
		return nil, nil, missing(aws.ToString(in.ProjectName))
	}
	name := aws.ToString(in.IdempotencyToken)
	if known, found := p.tokens[name]; found && name != "" && time.Now().Before(known.until) {
		if !reflect.DeepEqual(known.request, in) {
			return nil, nil, invalid("The idempotency token has been used with other parameters.")
		}
		return s.builds[known.build].copy(), nil, nil
	}
	made, work := s.enter(p, in)
	p.tokens[name] = token{request: in, build: *made.Id, until: time.Now().Add(tokenLife)}
	return made.copy(), s.lead(made, work), nil
}

// onlyWhatIsHere refuses every other override: a build that leaves it out would be another build.
func onlyWhatIsHere(in *codebuild.StartBuildInput) error {
	v := reflect.ValueOf(*in)
	for i := range v.NumField() {
		switch f := v.Type().Field(i); f.Name {
		case "ProjectName", "SourceVersion", "IdempotencyToken", "EnvironmentVariablesOverride":
		default:
			if f.IsExported() && !v.Field(i).IsZero() {
				return wire.NotImplemented("StartBuild with " + f.Name)
			}
		}
	}
	for _, variable := range in.EnvironmentVariablesOverride {
		if variable.Type != "" && variable.Type != types.EnvironmentVariableTypePlaintext {
			return wire.NotImplemented("StartBuild with variables of type " + string(variable.Type))
		}
	}
	return nil
}

// enter makes the build's record and says what is to be done.
func (s *Service) enter(p *project, in *codebuild.StartBuildInput) (*build, Job) {
	p.count++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", *p.Name, p.count))
	stream := fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
	id, now, number := *p.Name+":"+stream, time.Now(), p.count
	commit := aws.ToString(in.SourceVersion)
	if commit == "" {
		commit = aws.ToString(p.SourceVersion)
	}
	environment := *p.Environment
	environment.EnvironmentVariables = slices.Concat(environment.EnvironmentVariables, in.EnvironmentVariablesOverride)
	group := "/aws/codebuild/" + *p.Name
	b := &build{Build: types.Build{
		Id: &id, Arn: aws.String(s.arn("build/" + id)), ProjectName: p.Name, BuildNumber: &number, BuildStatus: types.StatusTypeInProgress, CurrentPhase: aws.String("SUBMITTED"),
		SourceVersion: &commit, ResolvedSourceVersion: &commit, Source: p.Source, Environment: &environment, Artifacts: &types.BuildArtifacts{}, StartTime: &now,
		TimeoutInMinutes: p.TimeoutInMinutes, ServiceRole: p.ServiceRole, Initiator: aws.String("sluice"),
		Logs: &types.LogsLocation{GroupName: &group, StreamName: &stream, DeepLink: aws.String(fmt.Sprintf(
			"https://console.aws.amazon.com/cloudwatch/home?region=%s#logEvent:group=%s;stream=%s", s.Home.Region, group, stream))},
	}}
	s.builds[id], p.ids = b, append(p.ids, id)
	job := Job{
		Project: *p.Name, ID: id, ARN: *b.Arn, Location: aws.ToString(p.Source.Location), Commit: commit, Env: map[string]string{},
		Print: func(line string) { s.Write(group, stream, line) },
	}
	for _, variable := range environment.EnvironmentVariables {
		job.Env[aws.ToString(variable.Name)] = aws.ToString(variable.Value)
	}
	return b, job
}

// Why a build's work is cancelled.
var errStopped, errTimedOut = fmt.Errorf("stopped"), context.DeadlineExceeded

// lead is what carries a build out.
func (s *Service) lead(b *build, job Job) func() {
	ctx, stop := context.WithCancelCause(s.ctx)
	b.stop = stop
	ctx, cancel := context.WithTimeout(ctx, time.Duration(*b.TimeoutInMinutes)*time.Minute)
	return func() {
		defer cancel()
		out := s.Run(ctx, job)
		if s.ctx.Err() != nil { // the sandbox ends
			return
		}
		status := types.StatusTypeSucceeded
		switch {
		case context.Cause(ctx) == errStopped:
			status = types.StatusTypeStopped
		case ctx.Err() == errTimedOut:
			status = types.StatusTypeTimedOut
		case out.Failed != "":
			status = types.StatusTypeFailed
		}
		s.finish(b, status, out)
	}
}

// finish writes the end of a build and tells it. A phase that nobody names is the build itself.
func (s *Service) finish(b *build, status types.StatusType, out Outcome) {
	s.mu.Lock()
	now := time.Now()
	phase := types.BuildPhase{PhaseType: types.BuildPhaseType(out.Phase), PhaseStatus: status, StartTime: b.StartTime, EndTime: &now}
	if out.Phase == "" {
		phase.PhaseType = types.BuildPhaseTypeBuild
	}
	if out.Failed != "" {
		phase.Contexts = []types.PhaseContext{{StatusCode: aws.String("COMMAND_EXECUTION_ERROR"), Message: &out.Failed}}
	}
	b.Phases = []types.BuildPhase{phase, {PhaseType: types.BuildPhaseTypeCompleted, StartTime: &now}}
	b.BuildStatus, b.BuildComplete, b.EndTime, b.CurrentPhase = status, true, &now, aws.String("COMPLETED")
	if status == types.StatusTypeSucceeded {
		for _, name := range slices.Sorted(maps.Keys(out.Exported)) {
			b.ExportedEnvironmentVariables = append(b.ExportedEnvironmentVariables, types.ExportedEnvironmentVariable{Name: &name, Value: aws.String(out.Exported[name])})
		}
	}
	ended := b.copy()
	s.mu.Unlock()
	s.tell(ended)
}

func (b *build) copy() *types.Build {
	c := b.Build
	return &c
}

// BatchGetBuilds describes builds by id or ARN.
func (s *Service) BatchGetBuilds(_ context.Context, in *codebuild.BatchGetBuildsInput) (*codebuild.BatchGetBuildsOutput, error) {
	if len(in.Ids) == 0 || len(in.Ids) > 100 {
		return nil, invalid("Invalid number of build ids: between 1 and 100 are allowed")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &codebuild.BatchGetBuildsOutput{}
	for _, id := range in.Ids {
		if b := s.builds[strings.TrimPrefix(id, s.arn("build/"))]; b != nil {
			out.Builds = append(out.Builds, *b.copy())
		} else {
			out.BuildsNotFound = append(out.BuildsNotFound, id)
		}
	}
	return out, nil
}

// ListBuildsForProject lists the ids of a project's builds, newest first.
func (s *Service) ListBuildsForProject(_ context.Context, in *codebuild.ListBuildsForProjectInput) (*codebuild.ListBuildsForProjectOutput, error) {
	if in.NextToken != nil || in.SortOrder == types.SortOrderTypeAscending {
		return nil, wire.NotImplemented("ListBuildsForProject with nextToken or in ascending order")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.projects[aws.ToString(in.ProjectName)]
	if p == nil {
		return nil, missing(aws.ToString(in.ProjectName))
	}
	ids := slices.Clone(p.ids)
	slices.Reverse(ids)
	return &codebuild.ListBuildsForProjectOutput{Ids: ids}, nil
}

// StopBuild ends a build; one that has ended stays as it is.
func (s *Service) StopBuild(_ context.Context, in *codebuild.StopBuildInput) (*codebuild.StopBuildOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.builds[strings.TrimPrefix(aws.ToString(in.Id), s.arn("build/"))]
	if b == nil {
		return nil, &types.ResourceNotFoundException{Message: aws.String("Build cannot be found: " + aws.ToString(in.Id))}
	}
	if !b.BuildComplete {
		b.stop(errStopped)
	}
	return &codebuild.StopBuildOutput{Build: b.copy()}, nil
}
